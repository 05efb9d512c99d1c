"""Regions as answers, and as rows of the one map that all plans share."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from pydantic import BaseModel
from sqlalchemy import JSON, Boolean, Column, Date, Table, Text, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.common.records import members
from services.assessment.common.region import Region
from services.assessment.common.tables import metadata


class RelationView(BaseModel):
    """A dated relation beside the tree."""

    kind: str
    to: str
    valid_from: date | None
    valid_to: date | None


class RegionView(BaseModel):
    """A region with its dates."""

    code: str
    name: str
    level: str
    parent: str | None
    administered: bool
    valid_from: date | None
    valid_to: date | None
    relations: list[RelationView]


TABLE = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("plan", Text),
    Column("name", Text),
    Column("level", Text),
    Column("parent", Text),
    Column("administered", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("relations", JSON),
)


async def replace_map(conn: AsyncConnection, plan: str, regions: Iterable[Region]) -> None:
    """Put the regions of a plan in the place of the map that there was."""
    await conn.execute(delete(TABLE))
    await conn.execute(insert(TABLE), [_row(plan, region) for region in regions])


def _row(plan: str, region: Region) -> Mapping[str, Any]:
    return {**members(region), "plan": plan, "relations": msgspec.to_builtins(region.relations)}


def view(region: Region) -> RegionView:
    """A region as it is answered."""
    return RegionView(**msgspec.to_builtins(region))
