"""Energy as rows of lists."""

from datetime import datetime

from pydantic import Field

from services.energy.common.models import Answer, Figure
from shared.naming import Name


class EnterprisePeriod(Answer):
    """One period of one carrier. Missing is empty, never zero."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    carrier: str
    carrier_name: Name = None
    unit: str
    native: Figure | None
    spread: Figure
    present: int
    expected: int
    completeness: Figure | None
    parked: Figure = Field(description="energy that counts nowhere until somebody has looked at it")
    parked_intervals: int
    tce_equal: Figure | None
    tce_equivalent: Figure | None
    revision: int | None = Field(description="of the day's published figure; empty: not published, or no day")
    published_at: datetime | None = Field(description="when the newest of its days' figures was published")


class EnterprisePeriods(Answer):
    """A page: whole periods, about a quarter of days or a year of months."""

    items: list[EnterprisePeriod]
    next_cursor: str | None
    as_of: datetime = Field(description="the sums are what was known at this moment")


class MeterRow(Answer):
    """One period of a meter, in the carrier's unit."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    native: Figure | None
    unit: str
    spread: Figure
    present: int
    expected: int
    completeness: Figure | None
    parked: Figure = Field(description="energy that counts nowhere until somebody has looked at it")
    parked_intervals: int


class MeterRows(Answer):
    """A page: whole periods."""

    items: list[MeterRow]
    next_cursor: str | None
    as_of: datetime


class Reading(Answer):
    """A reading: a register's value, or the quantity of the interval that ends at `at`; in the meter's unit, before
    its ratio."""

    at: datetime
    value: Figure | None = Field(description="empty: voided")
    unit: str
    old_values: list[str] = Field(description="what it superseded, the oldest first; empty text: a void")


class Readings(Answer):
    """A page of readings, by time."""

    items: list[Reading]
    next_cursor: str | None
    archived_until: datetime | None = Field(
        description="readings up to here come from the archive's files, and don't change any more"
    )
