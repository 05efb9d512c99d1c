"""Sums as answers."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from pydantic import Field

from services.energy.common.models import Answer, Figure
from services.energy.common.totals import completeness
from services.energy.readings import sums
from services.energy.sums.periods import label
from shared.naming import Name


class CoefficientUsed(Answer):
    """What standard coal was made with: kgce per unit, its edition, and whether it is provisional."""

    basis: str
    value: Figure
    edition: str
    provisional: bool


class Tce(Answer):
    """Standard coal in tce by the bases that were asked for; null where it isn't known."""

    equal: Figure | None = None
    equivalent: Figure | None = None


class Period(Answer):
    """One hour, day or month. Missing is null, never zero; `spread` is the part of `native` that comes from
    intervals over missing slots; `present` of `expected` slots have energy that a reading tells. `parked` is energy of
    intervals that end in the period and count nowhere until somebody has looked at them."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    native: Figure | None
    spread: Figure
    parked: Figure
    parked_intervals: int
    present: int
    expected: int
    completeness: Figure | None
    tce: Tce
    coefficients: list[int] = Field(description="places in the carrier's list of coefficients")


class CarrierEnergy(Answer):
    """One carrier; quantities in `unit`."""

    carrier: str
    carrier_name: Name = None
    unit: str
    coefficients: list[CoefficientUsed]
    periods: list[Period]


class EnterpriseEnergyAnswer(Answer):
    """Whole-plant real-time sums by carrier."""

    enterprise: str
    enterprise_name: Name = None
    grain: str
    basis: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    carriers: list[CarrierEnergy]
    as_of: datetime = Field(description="the sums are what was known at this moment")


class MeterPeriod(Answer):
    """One hour, day, month or year of a meter, in the carrier's unit."""

    period: str = Field(description="in China's days: 2013, 2013-01, 2013-01-15, 2013-01-15T08:00")
    start: datetime
    native: Figure | None
    spread: Figure
    parked: Figure
    parked_intervals: int
    present: int
    expected: int
    completeness: Figure | None


class MeterEnergyAnswer(Answer):
    """A meter's sums."""

    meter: str
    enterprise: str
    enterprise_name: Name = None
    carrier: str
    carrier_name: Name = None
    unit: str
    grain: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    periods: list[MeterPeriod]
    as_of: datetime = Field(description="the sums are what was known at this moment")


class Live(Answer):
    """Provisional: the day isn't over. `expected` counts the slots due by now."""

    enterprise: str
    enterprise_name: Name = None
    region: str
    region_name: Name = None
    day: date
    tce: Tce
    present: int
    expected: int
    last_reading_at: datetime | None
    last_received_at: datetime | None
    carriers: list[CarrierEnergy]
    provisional: Literal[True] = True


def carriers(figures: Iterable[sums.Sum], basis: str, grain: str) -> list[CarrierEnergy]:
    """Sums by carrier, each with the coefficients that its standard coal by this basis was made with."""
    return [_carrier(carrier, list(part), basis, grain) for carrier, part in groupby(figures, key=_of)]


def _of(figure: sums.Sum) -> str:
    return figure.carrier


def _carrier(carrier: str, periods: Sequence[sums.Sum], basis: str, grain: str) -> CarrierEnergy:
    used = [
        one
        for one in dict.fromkeys(each for period in periods for each in period.coefficients)
        if basis in (one.basis, "both")
    ]
    return CarrierEnergy(
        carrier=carrier,
        unit=periods[0].unit,
        coefficients=[
            CoefficientUsed(
                basis=one.basis, value=one.value, edition=one.edition, provisional=one.provisional
            )
            for one in used
        ],
        periods=[_period(one, used, basis, grain) for one in periods],
    )


def _period(one: sums.Sum, used: Sequence[sums.PinnedCoefficient], basis: str, grain: str) -> Period:
    return Period(
        period=label(one.start, grain),
        start=one.start,
        native=one.native,
        spread=one.spread,
        parked=one.parked,
        parked_intervals=one.parked_intervals,
        present=one.present,
        expected=one.expected,
        completeness=completeness(one.present, one.expected),
        tce=Tce(
            equal=one.tce_equal if basis in ("equal", "both") else None,
            equivalent=one.tce_equivalent if basis in ("equivalent", "both") else None,
        ),
        coefficients=[place for place, each in enumerate(used) if each in one.coefficients],
    )
