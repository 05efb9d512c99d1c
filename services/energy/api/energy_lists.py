"""Energy as lists: any span, page by page, as CSV or XLSX through the gateway's export; a meter's raw readings."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from services.energy.api.base import (
    Answer,
    Cursor,
    Day,
    EnterpriseId,
    Figure,
    Limit,
    MeterId,
    Request,
    Serving,
    StatisticType,
    ops,
)
from services.energy.api.sums import Grain
from services.energy.app import energy_lists, raw_readings
from shared.rpc import Call


def _example(**fields: Any) -> ConfigDict:
    """`from` is a word of the language, so the field has another name in the code."""
    return ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        json_schema_extra={"examples": [{"from": "2013-01-01", "to": "2013-12-31", **fields}]},
    )


First = Annotated[Day, Field(alias="from", description="first day")]
Last = Annotated[Day, Field(alias="to", description="last day")]


class ListEnterpriseEnergy(Request):
    """Energy of one enterprise, from the first to the last day, however far apart; months and years whole."""

    model_config = _example(enterprise="E-0042", grain="month")

    enterprise: EnterpriseId
    grain: Grain = "day"
    first: First
    last: Last
    cursor: Cursor


class EnterprisePeriod(Answer):
    """One period of one carrier. Missing is empty, never zero."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    carrier: str
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


@ops.query(
    "list-enterprise-energy",
    request=ListEnterpriseEnergy,
    response=EnterprisePeriods,
    summary="List an enterprise's energy by hour, day, month or year",
)
async def list_enterprise_energy(call: Call, body: ListEnterpriseEnergy) -> EnterprisePeriods:
    """The figures of enterprise-energy as rows, for spreadsheets."""
    return EnterprisePeriods.model_validate(
        await energy_lists.enterprise_periods(
            Serving.energy, call.actor, body.enterprise, body.grain, body.first, body.last, body.cursor
        )
    )


class ListMeterEnergy(Request):
    """Energy of one meter, from the first to the last day, however far apart."""

    model_config = _example(meter="E-0042-EL1", grain="day")

    meter: MeterId
    grain: Grain = "day"
    statistic_type: StatisticType = 0
    first: First
    last: Last
    cursor: Cursor


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


@ops.query(
    "list-meter-energy",
    request=ListMeterEnergy,
    response=MeterRows,
    summary="List a meter's energy by hour, day, month or year",
)
async def list_meter_energy(call: Call, body: ListMeterEnergy) -> MeterRows:
    """The figures of meter-energy as rows, for spreadsheets."""
    return MeterRows.model_validate(
        await energy_lists.meter_periods(
            Serving.energy,
            call.actor,
            body.meter,
            body.grain,
            body.statistic_type,
            body.first,
            body.last,
            body.cursor,
        )
    )


class ListReadings(Request):
    """A meter's readings as they came, from the first to the last day."""

    model_config = _example(meter="E-0042-EL1")

    meter: MeterId
    statistic_type: StatisticType = 0
    first: First
    last: Last
    cursor: Cursor
    limit: Limit


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


@ops.query("list-readings", request=ListReadings, response=Readings, summary="List a meter's raw readings")
async def list_readings(call: Call, body: ListReadings) -> Readings:
    """With the values that corrections and re-sends replaced: nothing that was received is gone. Archived months
    too, as long as their files are within reach."""
    return Readings.model_validate(
        await raw_readings.readings(
            Serving.energy,
            call.actor,
            body.meter,
            body.statistic_type,
            body.first,
            body.last,
            body.cursor,
            body.limit,
        )
    )
