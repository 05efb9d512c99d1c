"""A figure: one measured value beside its target, with all that a reader needs to trust or doubt it.

Values are exact here; rounding happens where a figure is shown (views). Only EN-3 is rounded before it is
judged, because the plan and the statistics know it with three decimals only (X-20).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.progress.common.rules import RuleRef
from services.progress.measures.facts import Facts, Target


class Light(StrEnum):
    """红绿灯. Grey: not enough is known for a colour, and that is not the same as red."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


class Status(StrEnum):
    MEASURED = "measured"
    NO_DATA = "no_data"  # there is a measure, and nothing to measure with yet
    NO_MEASURE_YET = "no_measure_yet"


@dataclass(frozen=True, slots=True)
class Completeness:
    """What should be there, what is, and what is missing (identifiers a person can act on)."""

    expected: int
    received: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How a growth target goes on before the year is complete: the sum against the sum that it requires."""

    cumulative: Decimal | None
    required: Decimal
    unit: str
    completion: Decimal | None
    pro_rata: Decimal | None
    gap_points: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class Monthly:
    """What a figure is made of month by month: the months that are due, and the value of each that is reported."""

    due: tuple[str, ...]
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. Percentages and points are in percent, not fractions; None means "not known", never zero."""

    id: str
    plan: str
    target: str
    row: str
    programme: str
    name: str
    measure: str | None
    region: str
    region_name: str
    level: str
    period: str
    status: Status
    unit: str
    target_value: Decimal | None
    comparator: str
    metric_type: str
    as_of: datetime
    value: Decimal | None = None
    reason: str = ""
    completion: Decimal | None = None
    pro_rata: Decimal | None = None
    pro_rata_value: Decimal | None = None
    gap_points: Decimal | None = None
    met: bool | None = None
    light: Light = Light.GREY
    rank: int | None = None
    ranked: int = 0
    rank_ties: int = 0
    rank_months: tuple[str, ...] = ()
    rank_reason: str = ""
    monthly: Monthly | None = None
    completeness: Completeness | None = None
    lower_bound: bool = False
    fresh_at: datetime | None = None
    basis: str | None = None
    price_base: str | None = None
    simulated: bool = False
    pace: Pace | None = None
    base: Mapping[str, Any] | None = None
    counts: Mapping[str, int | None] = field(default_factory=dict)
    day: str | None = None
    rules: tuple[RuleRef, ...] = ()


def figure_id(target: Target, region: str | None = None) -> str:
    """`fujian-2013/TR-6a`; a target read region by region: `fujian-2013/EN-14@350100`."""
    own = f"{target.plan}/{target.target}"
    return own if region is None or region == target.region else f"{own}@{region}"


def blank(target: Target, facts: Facts, as_of: datetime, region: str | None = None) -> Figure:
    """A figure of `target` in which nothing is measured yet."""
    code = region or target.region
    area = facts.areas.get(code)
    return Figure(
        id=figure_id(target, code),
        plan=target.plan,
        target=target.target,
        row=target.row,
        programme=target.programme,
        name=target.name,
        measure=target.measure,
        region=code,
        region_name=facts.region_name(code),
        level=area.level if area else target.level,
        period=target.period,
        status=Status.NO_MEASURE_YET if target.measure is None else Status.NO_DATA,
        unit=target.unit,
        target_value=target.value,
        comparator=target.comparator,
        metric_type=target.metric_type,
        as_of=as_of,
        reason="no measure yet" if target.measure is None else "",
        basis=target.basis,
        price_base=target.price_base,
        simulated=target.simulated,
    )
