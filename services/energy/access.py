"""Authorisation in this service, a role and its area asked of the tree of areas, and the roles that routes admit."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.regions import Region
from services.energy.enterprises.views import TABLE as ENTERPRISE
from services.energy.plan.views import REGION
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.unknown_region import check_region

EVERYONE = ("province", "city", "county", "enterprise", "ops")
KEEPERS = ("province", "city", "county")
"""Roles of governments that keep the registry."""
DECIDERS = ("province", "city", "county", "ops")
HOLDERS = ("province", "city", "county", "enterprise")
"""Roles that hold the credentials of an enterprise's devices."""
PROVINCE = ("province",)
PLANNERS = ("province", "ops")
"""Roles that load plans."""

WHOLE_PROVINCE = frozenset({"province", "ops", "system"})
_ADMINISTRATION = frozenset({"province", "city", "county", "ops", "system"})

SEEN = """
    AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
    AND (CAST(:own AS text) IS NULL OR e.enterprise = :own)
    AND (CAST(:enterprise AS text) IS NULL OR e.enterprise = :enterprise)
"""
"""What a list shows of things that belong to enterprises (table `enterprise` as e): those that the asker may see."""

_ENTERPRISE = select(ENTERPRISE).where(ENTERPRISE.c.enterprise == bindparam("enterprise"))


async def area_tree(conn: AsyncConnection) -> AreaTree:
    """The tree of all loaded regions, with their dated relations."""
    return AreaTree.read((await conn.execute(select(REGION))).mappings())


async def find_region(conn: AsyncConnection, code: str) -> Region | None:
    """A region as decisions see it; None if no plan has it."""
    row = (await conn.execute(select(REGION).where(REGION.c.code == code))).one_or_none()
    if row is None:
        return None
    return Region(row.code, row.name, row.level, row.administered, row.valid_from, row.valid_to)


async def seen_regions(conn: AsyncConnection, actor: Actor, within: str | None = None) -> list[str] | None:
    """The codes whose enterprises the actor may see, further narrowed to `within`; None means no limit.

    An enterprise's own view isn't by region: see `seen_enterprise`. Raises Problem 403 for a role or an area
    that may see nothing here.
    """
    own = None if actor.role in WHOLE_PROVINCE else actor.area
    if own is None and actor.role not in WHOLE_PROVINCE and actor.role != "enterprise":
        raise forbidden(f"The role {actor.role!r} without an area sees no enterprises.")
    if own is None and within is None:
        return None
    tree = await area_tree(conn)
    check_region(tree, within)
    if own is None:
        return tree.covered_by(within or "")
    if within is not None and not tree.covers(own, within):
        raise forbidden(f"Region {within} lies outside your area {own}.")
    return tree.covered_by(within or own)


async def may_manage(conn: AsyncConnection, actor: Actor, region: str) -> None:
    """Whether the actor administers what lies in `region`. Raises Problem 403 otherwise."""
    if actor.role not in _ADMINISTRATION:
        raise forbidden(f"The role {actor.role!r} doesn't keep the registry.")
    if actor.role in WHOLE_PROVINCE:
        return
    tree = await area_tree(conn)
    if actor.area is None or not tree.covers(actor.area, region):
        raise forbidden(f"Region {region} lies outside your area {actor.area}.")


async def visible(
    conn: AsyncConnection, actor: Actor, within: str | None
) -> tuple[str | None, list[str] | None]:
    """The actor's limits as (own enterprise, regions); None means no limit of that kind."""
    own = (actor.organisation or "") if actor.role == "enterprise" else None
    return own, await seen_regions(conn, actor, within)


async def seen_enterprise(conn: AsyncConnection, actor: Actor, enterprise: str) -> Any:
    """The enterprise's row, if the actor may see it. 404 if it isn't there, and the same if it isn't theirs."""
    row = (await conn.execute(_ENTERPRISE, {"enterprise": enterprise})).one_or_none()
    if row is None:
        raise not_found("enterprise", enterprise)
    await _check_seen(conn, actor, enterprise, row.region)
    return row


async def seen(conn: AsyncConnection, actor: Actor, enterprise: str | None = None) -> dict[str, Any]:
    """The parameters of `SEEN`; `enterprise`: this one only. Raises Problem 403 for who may see nothing here."""
    own, regions = await visible(conn, actor, None)
    return {"own": own, "regions": regions, "enterprise": enterprise}


async def managed_enterprise(
    conn: AsyncConnection, actor: Actor, enterprise: str, *, own: bool = False
) -> Any:
    """The enterprise's row, if the actor may change what belongs to it; `own`: the enterprise itself may too."""
    row = await seen_enterprise(conn, actor, enterprise)
    if actor.role == "enterprise" and own:
        return row
    await may_manage(conn, actor, row.region)
    return row


async def check_managed(conn: AsyncConnection, actor: Actor, enterprise: str, region: str) -> None:
    """Whether the actor may change an enterprise that lies in `region`. Raises as `managed_enterprise`."""
    await _check_seen(conn, actor, enterprise, region)
    await may_manage(conn, actor, region)


def province_only(actor: Actor, what: str) -> None:
    """Raises Problem 403 for everybody but the province, operations and the system itself."""
    if actor.role not in WHOLE_PROVINCE:
        raise forbidden(f"{what} is the province's: your role is {actor.role!r}.")


async def _check_seen(conn: AsyncConnection, actor: Actor, enterprise: str, region: str) -> None:
    if not await _sees(conn, actor, enterprise, region):
        raise not_found("enterprise", enterprise)


async def _sees(conn: AsyncConnection, actor: Actor, enterprise: str, region: str) -> bool:
    if actor.role in WHOLE_PROVINCE:
        return True
    if actor.role == "enterprise":
        return actor.organisation is not None and actor.organisation == enterprise
    if actor.role not in _ADMINISTRATION or actor.area is None:
        return False
    return (await area_tree(conn)).covers(actor.area, region)
