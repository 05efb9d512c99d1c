"""Authorisation in this service, and the roles that its routes admit.

The gateway checks roles and named regions first; the check here is the authoritative one.
province, ops, system: everything. city: decomposes its own targets and revises the parts (TR-7), reports
statistics for itself and the regions below it. county and enterprise: read only. Everybody reads the
province's targets and statistics, and the list of regions.
"""

from typing import Any

from sqlalchemy import Select

from services.assessment.common.region import PROVINCE
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import Problem, forbidden
from shared.unknown_region import check_region

EVERYONE = ("province", "city", "county", "enterprise", "ops")
GOVERNMENT = ("province", "city", "county", "ops")
REPORTERS = ("province", "city")
OF_PROVINCE = ("province",)
OF_CITY = ("city",)
OPERATORS = ("ops",)
PUBLISHERS = ("province", "ops")
"""Roles by name, as routes want them."""

ALL = frozenset({"province", "ops", "system"})
_SOME = frozenset({"city", "county", "enterprise"})


def visible_regions(actor: Actor, tree: AreaTree) -> list[str] | None:
    """The codes whose targets and statistics the actor may read; None: all."""
    if actor.role in ALL:
        return None
    provinces = [area.code for area in tree.all() if area.level == PROVINCE]
    if actor.role in _SOME and actor.area:
        return sorted({*provinces, actor.area, *tree.covered_by(actor.area)})
    return provinces


def sees(actor: Actor) -> str | None:
    """The one city whose scores the actor may see, "" if none; None: those of all cities."""
    if actor.role in ALL:
        return None
    return (actor.area if actor.role == "city" else None) or ""


def check_read(actor: Actor, tree: AreaTree, region: str) -> None:
    """Raises Problem 403 for a named region outside the actor's scope, 422 for an unknown one."""
    check_region(tree, region)
    visible = visible_regions(actor, tree)
    if visible is not None and region not in visible:
        raise forbidden(f"Region {region} is not under {actor.area}, which your token is for.")


def within(
    statement: Select[Any], column: Any, actor: Actor, tree: AreaTree, named: str | None
) -> Select[Any]:
    """The statement narrowed to the actor's scope and to a `named` region. Raises as `check_read` for the latter."""
    if named is not None:
        check_read(actor, tree, named)
    visible = visible_regions(actor, tree)
    return statement if visible is None else statement.where(column.in_(visible))


def check_plan_write(actor: Actor) -> None:
    """Only the province writes plans, and the targets of the province and of cities. Raises Problem 403."""
    if actor.role not in ALL:
        raise forbidden(f"This is decided by the province; your role is {actor.role}.")


def check_decompose(actor: Actor, region: str) -> None:
    """Only a city decomposes its own targets and revises the parts (TR-7). Raises Problem 403."""
    if actor.role in ALL or (actor.role == "city" and actor.area == region):
        return
    raise not_yours(actor, f"Targets of {region} are broken down to counties by {region} itself.")


def not_yours(actor: Actor, rule: str) -> Problem:
    """403 that says the rule, and who the actor is."""
    area = f" for {actor.area}" if actor.area else ""
    return forbidden(f"{rule} Your role is {actor.role}{area}.")
