"""Figures as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, Field
from sqlalchemy import JSON, Column, Integer, Table, Text

from services.assessment.common.tables import metadata
from services.assessment.statistics.decisions import Known, ReportStatistic
from services.assessment.statistics.facts import (
    Indicator,
    NotReported,
    Reported,
    StatisticEvent,
    StatisticState,
)
from shared.feature import Done
from shared.kept import Kept, only
from shared.naming import Name
from shared.problems import not_found


class StatisticRow(BaseModel):
    """A figure as it counts now."""

    indicator: str
    region: str
    region_name: Name = None
    period: str
    value: Decimal
    unit: str
    price_base: str | None
    basis: str | None
    source: str
    reported_on: date
    provisional: bool
    vintage_count: Annotated[int, Field(description="How many figures there were, this one included.")]


class VintageView(BaseModel):
    """One figure as it was reported."""

    value: Decimal
    source: str
    reported_on: date
    provisional: bool
    reason: str | None


class StatisticView(BaseModel):
    """A figure with all its vintages, oldest first."""

    indicator: str
    region: str
    region_name: Name = None
    period: str
    value: Decimal
    unit: str
    price_base: str | None
    basis: str | None
    source: str
    reported_on: date
    provisional: bool
    vintages: list[VintageView]


class IndicatorView(BaseModel):
    """What may be reported, in which unit, price base and standard-coal basis, and for which time."""

    indicator: str
    name: str
    term: str
    unit: str
    price_base: str | None
    basis: str | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str


TABLE = Table(
    "statistic",
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("vintages", Integer),
    Column("figure", JSON),  # position of the newest event
)


def row(state: Reported) -> Mapping[str, Any]:
    """A figure as a row of its list."""
    current = state.current
    return {
        "indicator": current.indicator,
        "region": current.region,
        "period": current.period,
        "vintages": len(state.earlier) + 1,
        "figure": msgspec.to_builtins(current),
    }


KEPT: Kept[StatisticState, Reported] = Kept(TABLE, only(Reported), row)


def listed(figure: Mapping[str, Any], vintages: int) -> StatisticRow:
    """A figure in a list, from what its newest event says."""
    return StatisticRow(**figure, vintage_count=vintages)


def view(indicator: Indicator, region: str, period: str, state: StatisticState) -> StatisticView:
    """A figure with its vintages, oldest first. Raises Problem 404 where nothing was reported."""
    if isinstance(state, NotReported):
        name = f"{indicator.indicator} of {region} for {period}"
        raise not_found("statistic", name, remedy="It has not been reported: missing, not zero.")
    current = state.current
    return StatisticView(
        indicator=indicator.indicator,
        region=region,
        period=period,
        value=current.value,
        unit=indicator.unit,
        price_base=indicator.price_base,
        basis=indicator.basis,
        source=current.source,
        reported_on=current.reported_on,
        provisional=current.provisional,
        vintages=[_vintage(each) for each in (*state.earlier, current)],
    )


def answer(done: Done[StatisticState, ReportStatistic]) -> StatisticView:
    """The answer to a report or a revision."""
    if not isinstance(done.given, Known):
        raise TypeError("a figure is decided on with its indicator known")
    return view(done.given.indicator, done.command.region, done.command.period, done.state)


def _vintage(event: StatisticEvent) -> VintageView:
    return VintageView(
        value=event.value,
        source=event.source,
        reported_on=event.reported_on,
        provisional=event.provisional,
        reason=getattr(event, "reason", None),
    )
