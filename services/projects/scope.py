"""Authorisation in this service. The gateway checks roles and named regions first; this check is authoritative.

province: reads all, registers projects anywhere, reports for no city. city: its own region. county: its own
projects. enterprise: reads its own projects. ops and system: read all, load plans, report nothing.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from services.projects.problems.facts import Level
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import Problem, forbidden
from shared.unknown_region import check_region

_READS_ALL = frozenset({"province", "ops", "system"})
_LOADS_PLANS = frozenset({"province", "ops", "system"})
_RANK = {"nation": 0, "province": 0, "city": 1, "prefecture": 1, "county": 2}


def visible_regions(actor: Actor, tree: AreaTree) -> list[str] | None:
    """The codes whose projects the actor may see; None: all."""
    if actor.role in _READS_ALL:
        return None
    if actor.role in ("city", "county") and actor.area:
        return tree.covered_by(actor.area) or [actor.area]
    return []


def may_see_project(actor: Actor, tree: AreaTree, region: str, enterprise: str | None) -> bool:
    """Whether a project of that region and enterprise is the actor's to see."""
    if actor.role == "enterprise":
        return enterprise is not None and enterprise == actor.organisation
    regions = visible_regions(actor, tree)
    return regions is None or region in regions


def check_project_write(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government of a project's region, or one above it, changes the project. Raises Problem 403."""
    if actor.role == "province":
        return
    if actor.role in ("city", "county") and actor.area and tree.covers(actor.area, region):
        return
    if actor.role in ("city", "county"):
        raise forbidden(f"Projects in {region} are not kept by {actor.area}.")
    raise forbidden(f"Projects are kept by county, city and province; your role is {actor.role}.")


def check_register(actor: Actor, register: str, level: str) -> None:
    """Only governments at a register's level or above change it: no city adds to the province's list (X-22)."""
    if _RANK.get(actor.role, 9) > _RANK.get(level, 0):
        raise forbidden(f"The register {register} is kept at the level {level}; your role is {actor.role}.")


def check_fund_open(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that owns a fund's money, or one above it, opens the fund. Raises Problem 403."""
    if actor.role == "province" or (actor.area and tree.covers(actor.area, region)):
        return
    raise forbidden(f"The funds of {region} are not entered by {actor.area}.")


def check_measure_write(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that promised a measure, or one above it, changes it. Raises Problem 403."""
    if actor.role == "province" or (actor.area and tree.covers(actor.area, region)):
        return
    raise forbidden(f"The measures of {region} are not kept by {actor.area}.")


def check_fund_write(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that owns a fund's money decides on it, and none above it (TR-21). Raises Problem 403."""
    area = tree.get(region)
    provincial = area is not None and area.level == "province"
    if not (provincial if actor.role == "province" else actor.area == region):
        raise forbidden(f"The fund is {region}'s; your token is for {actor.area or actor.role}.")


def check_fund_read(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that owns a fund's money, or one above it, reads its ledger. Raises Problem 403."""
    if actor.role in _READS_ALL or (actor.area and tree.covers(actor.area, region)):
        return
    raise forbidden(f"The ledger is {region}'s; your token is for {actor.area}.")


def check_report_write(actor: Actor, region: str) -> None:
    """Only a city itself files its reports. Raises Problem 403."""
    if actor.role == "city" and actor.area == region:
        return
    raise forbidden(
        f"Only {region} itself reports for {region}.",
        remedy="Use a token of the role city with that area.",
    )


def check_reporting_month(actor: Actor) -> None:
    """Only the province closes and reopens the months of the cities' reports. Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province closes and reopens reporting months; your role is {actor.role}.")


def report_regions(actor: Actor) -> str | None:
    """The one city whose reports the actor may read; None: all. Raises Problem 403 if the actor may read none."""
    if actor.role in _READS_ALL:
        return None
    if actor.role == "city" and actor.area:
        return actor.area
    raise forbidden(f"Monthly reports are read by their city and the province; your role is {actor.role}.")


def check_report_lines(actor: Actor) -> None:
    """Only governments read the lines of reports, each those of its own projects. Raises Problem 403."""
    if actor.role not in _READS_ALL | {"city", "county"}:
        raise forbidden(f"Monthly reports are read by governments; your role is {actor.role}.")


def check_load_plan(actor: Actor) -> None:
    """Raises Problem 403."""
    if actor.role not in _LOADS_PLANS:
        raise forbidden(f"Plans are loaded by province or ops; your role is {actor.role}.")


def not_your_region(actor: Actor, region: str) -> Problem:
    """403 for a filter that names a region outside the actor's scope."""
    return forbidden(f"Region {region} is not under {actor.area}, which your token is for.")


def asked_regions(actor: Actor, tree: AreaTree, region: str) -> list[str]:
    """The codes that a filter by `region` includes: the region and those below it.

    Raises Problem 422 for an unknown code (an empty list would look like a city without projects), and 403 for a region
    outside the actor's scope.
    """
    check_region(tree, region)
    visible = visible_regions(actor, tree)
    if visible and region not in visible:
        raise not_your_region(actor, region)
    return tree.covered_by(region)


def level_of(tree: AreaTree, region: str) -> Level:
    """The level of a region; a zone (实验区) counts as a city."""
    area = tree.get(region)
    match area.level if area else "":
        case "county":
            return Level.COUNTY
        case "province" | "nation":
            return Level.PROVINCE
        case _:
            return Level.CITY


def check_level(actor: Actor, level: Level) -> None:
    """Only the level that has a problem, or one above, may act on it. Raises Problem 403."""
    if _RANK.get(actor.role, 9) > _RANK[level]:
        raise forbidden(f"The problem stands with the {level}; your role is {actor.role}.")


def check_meeting_write(actor: Actor, region: str) -> None:
    """Only a region's own government runs its meetings: the province its own, a city its own. Raises Problem 403."""
    if actor.role == "province" or (actor.role == "city" and actor.area == region):
        return
    raise forbidden(f"Meetings of {region} are called by {region} itself or the province.")


def meeting_regions(actor: Actor, tree: AreaTree) -> list[str] | None:
    """The regions whose meetings the actor may read: its own, those below and those above; None: all."""
    own = visible_regions(actor, tree)
    if own is None or not actor.area:
        return own
    return [*own, *(area.code for area in tree.all() if tree.covers(area.code, actor.area))]


def check_duty_write(actor: Actor, region: str, level: str) -> None:
    """Only a region's own government hands in what the region owes. Raises Problem 403."""
    if actor.role == "province" and level == "province":
        return
    if actor.role in ("city", "county") and actor.area == region:
        return
    raise forbidden(f"Only {region} itself hands in what {region} owes.")


def check_duty_waiver(actor: Actor, region: str, level: str) -> None:
    """Only the province waives duties, and never its own. Raises Problem 403."""
    if actor.role == "province" and level != "province":
        return
    raise forbidden(f"What {region} owes is waived by the government that it reports to.")


def check_pre_review(actor: Actor) -> None:
    """The departments of the joint pre-review are the province's (PM-19). Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"Departments of the province pre-review projects; your role is {actor.role}.")


def check_saving_verification(actor: Actor) -> None:
    """Only the province verifies savings, not the government that keeps the project (EN-15b). Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province has savings verified; your role is {actor.role}.")


def check_signing_audit(actor: Actor) -> None:
    """The signing list is audited by the provincial office (PM-15). Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province audits the signing list; your role is {actor.role}.")


def may_see_listing(actor: Actor, tree: AreaTree, row: Any) -> bool:
    """Whether a need or offer (a row with meeting, side, region, enterprise) is the actor's to see.

    Everybody sees offers, but only governments those of investors; a need is visible to its region and enterprise.
    """
    if actor.role == "enterprise":
        own = row.enterprise is not None and row.enterprise == actor.organisation
        return bool(own or (row.side == "offer" and row.meeting != "investment"))
    if actor.role in ("city", "county") and row.side == "offer":
        return True
    regions = visible_regions(actor, tree)
    return regions is None or row.region in regions


def visible_listings(actor: Actor, tree: AreaTree, table: Any) -> list[ColumnElement[bool]]:
    """`may_see_listing` as conditions on the columns of the table `listing`."""
    if actor.role == "enterprise":
        public = and_(table.side == "offer", table.meeting != "investment")
        return [or_(table.enterprise == (actor.organisation or ""), public)]
    regions = visible_regions(actor, tree)
    return [] if regions is None else [or_(table.side == "offer", table.region.in_(regions))]


def check_listing_write(actor: Actor, tree: AreaTree, region: str, enterprise: str | None) -> None:
    """Only the government of a listing's region, or its own enterprise, changes the listing."""
    if actor.role == "enterprise":
        if enterprise is None or enterprise != actor.organisation:
            raise forbidden(f"Your token is for enterprise {actor.organisation}, not for {enterprise!r}.")
        return
    check_project_write(actor, tree, region)


def check_close_cohort(actor: Actor) -> None:
    """A contract year is closed for the whole province. Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province closes cohorts; your role is {actor.role}.")


def check_import(actor: Actor) -> None:
    """Only governments that keep projects import files; each row is authorised separately. Raises Problem 403."""
    if actor.role not in ("province", "city", "county"):
        raise forbidden(f"Spreadsheets are imported by county, city and province; your role is {actor.role}.")


def check_document_write(actor: Actor) -> None:
    """Bulletins and dispatches are the province's. Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(
            f"Documents are drafted, reviewed and issued by the province; your role is {actor.role}."
        )


def sees_unissued_documents(actor: Actor) -> bool:
    """Whether the actor may read drafts; all governments read issued documents. Raises Problem 403."""
    if actor.role == "enterprise":
        raise forbidden("Bulletins and dispatches are for governments; your role is enterprise.")
    return actor.role in _READS_ALL
