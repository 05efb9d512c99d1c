"""Requests and answers about regions."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.assessment.models import Cursor, Level, NextCursor, RegionCode, Request


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


class RegionPage(BaseModel):
    """One page of regions."""

    items: list[RegionView]
    next_cursor: NextCursor
