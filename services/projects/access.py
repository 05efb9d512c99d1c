"""Authorisation in this service, and the roles that its routes admit.

The gateway checks roles and named regions first; this check is authoritative. What only one feature asks stands with
that feature's commands and queries.

province: reads all, registers projects anywhere, reports for no city. city: its own region. county: its own
projects. enterprise: reads its own projects. ops and system: read all, load plans, report nothing.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false

from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import Problem, forbidden
from shared.unknown_region import check_region

EVERYONE = ("province", "city", "county", "enterprise", "ops")
GOVERNMENT = ("province", "city", "county", "ops")
KEEPERS = ("province", "city", "county")
"""Roles of governments that maintain their own projects and reports."""
CALLERS = ("province", "city")
"""Roles of governments that call meetings."""
PROVINCE = ("province",)
CITY = ("city",)

READS_ALL = frozenset({"province", "ops", "system"})
RANK = {"nation": 0, "province": 0, "city": 1, "prefecture": 1, "county": 2}
"""How high a government stands, by its role or level; 0 is the highest."""
_LOADS_PLANS = frozenset({"province", "ops", "system"})


def visible_regions(actor: Actor, tree: AreaTree) -> list[str] | None:
    """The codes whose projects the actor may see; None: all."""
    if actor.role in READS_ALL:
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


def check_meeting_write(actor: Actor, region: str) -> None:
    """Only a region's own government runs its meetings: the province its own, a city its own. Raises Problem 403."""
    if actor.role == "province" or (actor.role == "city" and actor.area == region):
        return
    raise forbidden(f"Meetings of {region} are called by {region} itself or the province.")


def conditions(
    actor: Actor, tree: AreaTree, table: Any, region: str | None = None
) -> Sequence[ColumnElement[bool]]:
    """What narrows a list to what its reader may see: conditions on the columns `region` and `enterprise` of `table`.

    `region` narrows the list to that region and those below it. Raises Problem 422 for an
    unknown region, 403 for one outside the actor's scope.
    """
    found: list[ColumnElement[bool]] = []
    regions = visible_regions(actor, tree)
    if actor.role == "enterprise":
        found.append(table.enterprise == actor.organisation if actor.organisation else false())
    elif regions is not None:
        found.append(table.region.in_(regions))
    if region:
        found.append(table.region.in_(asked_regions(actor, tree, region)))
    return found
