"""Operations on online monitoring (能耗在线监测, EN-14): who counts as online on a day, which feed is silent."""

from datetime import date, datetime

from pydantic import Field

from services.energy.api.base import (
    Answer,
    Cursor,
    Day,
    Figure,
    Limit,
    RegionCode,
    Request,
    Serving,
    example,
    ops,
)
from services.energy.app import monitoring_queries
from shared.rpc import Call


class GetCoverage(Request):
    """Coverage of online monitoring on a day."""

    model_config = example(region="350100", day="2013-01-15")

    region: RegionCode | None = None
    day: Day | None = Field(default=None, description="none: yesterday, the last closed day")
    cursor: Cursor
    limit: Limit


class CoveredUser(Answer):
    """A key user's verdict of the day. `online` is null while the day isn't judged."""

    enterprise: str
    name: str
    region: str
    tce: Figure
    online: bool | None
    reason: str | None = Field(description="same_day_data, no_same_day_data, or same_day_data_processed_late")
    silent_since: datetime | None


class Coverage(Answer):
    """How many of the list in force on that day were online, and each of them, a page at a time."""

    day: date
    list_year: int
    basis: str
    key_users: int
    online: int
    not_online: int
    not_judged: int
    items: list[CoveredUser]
    next_cursor: str | None


@ops.query(
    "coverage", request=GetCoverage, response=Coverage, summary="Coverage of online monitoring on a day"
)
async def coverage(call: Call, body: GetCoverage) -> Coverage:
    """A day is online only if its real-time data arrived on that very day; a later backfill makes the figures
    complete and never makes the day online (G-10)."""
    return Coverage.model_validate(
        await monitoring_queries.coverage(
            Serving.energy, call.actor, body.region, body.day, body.cursor, body.limit
        )
    )
