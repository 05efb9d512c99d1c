"""The regions of this service's table, and the tree that answers which region covers which."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import tables
from services.assessment.domain.region import Region, RegionRelation
from shared.areas import AreaTree


async def regions(conn: AsyncConnection) -> list[Region]:
    """Every region of the published plans, by code."""
    rows = await conn.execute(select(tables.region).order_by(tables.region.c.code))
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
