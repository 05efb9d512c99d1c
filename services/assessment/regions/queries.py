"""The regions in force: as features ask for them, and as everybody may read them."""

from datetime import date
from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.common.models import Cursor, NextCursor, Request
from services.assessment.common.region import Region, RegionRelation
from services.assessment.common.values import Level, RegionCode
from services.assessment.regions.views import TABLE, RegionView, view
from shared import lists
from shared.areas import AreaTree
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import unknown_region


class ListRegions(Request):
    """Regions by code; every filter is optional."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"level": "prefecture", "on": "2013-06-30"}]})
    level: Level | None = None
    parent: RegionCode | None = None
    on: Annotated[date | None, Field(description="Only codes that are valid on that day (X-19).")] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000, description="Regions per page.")] = 1000


class GetRegion(Request):
    """One region."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100"}]})
    region: RegionCode


class RegionPage(BaseModel):
    """One page of regions."""

    items: list[RegionView]
    next_cursor: NextCursor


async def regions(conn: AsyncConnection) -> list[Region]:
    """Every region in force, by code."""
    rows = await conn.execute(select(TABLE).order_by(TABLE.c.code))
    return [
        Region(
            row.code,
            row.name,
            row.level,
            row.parent,
            row.administered,
            row.valid_from,
            row.valid_to,
            msgspec.convert(row.relations, tuple[RegionRelation, ...]),
        )
        for row in rows
    ]


async def area_tree(conn: AsyncConnection) -> AreaTree:
    """The tree of all regions; a dated relation of either kind counts as coverage (X-19)."""
    return AreaTree.of(await regions(conn))


async def list_regions(service: Service, call: Call, body: ListRegions) -> RegionPage:
    """Regions with their dates and relations; every role may read them."""
    async with service.snapshots.connect() as conn:
        known = await regions(conn)
    found = [
        region
        for region in known
        if (body.level is None or region.level == body.level)
        and (body.parent is None or region.parent == body.parent)
        and (body.on is None or region.exists_between(body.on, body.on))
    ]
    page = lists.among(found, body, lambda region: (region.code,), str)
    return RegionPage(items=[view(region) for region in page.rows], next_cursor=page.next_cursor)


async def get_region(service: Service, call: Call, body: GetRegion) -> RegionView:
    """One region by its code."""
    async with service.snapshots.connect() as conn:
        known = await regions(conn)
    for region in known:
        if region.code == body.region:
            return view(region)
    raise not_found("region", body.region, remedy=unknown_region(AreaTree.of(known), body.region).remedy)
