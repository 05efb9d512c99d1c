"""The API's shapes of progress: what is asked and what is answered. Rounding happens here and only here.

Decimals are strings in JSON, so that they arrive as they were sent.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.progress.figure import Figure
from services.progress.live import RunningDay
from shared.rpc import Encoded

AnyDate = TypeVar("AnyDate", date, datetime)
REGION = Field(None, max_length=12, description="Region code.", examples=["350100"])
_POINTS = Decimal("0.01")
_DIGITS = {"CNY_1e8": Decimal("0.0001"), "percent": Decimal("0.01"), "tce_per_CNY_1e4": Decimal("0.001")}
_TCE = Decimal("0.001")


_FIRST_YEAR = 2000


def _in_our_time(moment: AnyDate) -> AnyDate:
    """Dates before there was anything to know are a slip, and near year 1 arithmetic on them fails."""
    if moment.year < _FIRST_YEAR:
        raise ValueError(f"nothing is recorded before {_FIRST_YEAR}")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_time)]


class View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Question(BaseModel):
    """What every query takes."""

    model_config = ConfigDict(extra="forbid")

    plan: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,60}$",
        description="Plan; without it the latest year's.",
        examples=["fujian-2013"],
    )
    as_of: Moment | None = Field(
        None,
        description="What was known at this past moment (by the time of recording); without it: now.",
        examples=["2013-06-30T23:59:59+08:00"],
    )
    at_least: dict[str, int] | None = Field(
        None,
        max_length=8,
        description="Positions that the answer must hold (read-your-writes); waits at most 2 s, then 503.",
        examples=[{"projects": 12}],
    )


class RuleRefView(View):
    rule: str = Field(description="Name of the rule.", examples=["pro_rata_line"])
    row: str = Field(description="Row of the plan that it carries out.", examples=["TR-6"])
    edition: str = Field(description="Edition of the rules.", examples=["fujian-2013/1"])


class CompletenessView(View):
    expected: int = Field(description="How many parts should be there by now.")
    received: int = Field(description="How many of those are there.")
    missing: list[str] = Field(description="What is missing, at most 50 named, e.g. region:month.")


class PaceView(View):
    """Until a growth figure can be known: the sum against the sum that the target requires."""

    cumulative: Decimal | None
    required: Decimal
    unit: str
    completion: Decimal | None = Field(description="Percent of the required sum.")
    pro_rata: Decimal | None = Field(description="序时进度, percent.")
    gap_points: Decimal | None
    light: str


class FigureView(View):
    """One figure beside its target. null means "not known"; missing is never zero."""

    id: str = Field(examples=["fujian-2013/TR-6a"])
    plan: str
    target: str = Field(description="Target of the plan.", examples=["TR-6a"])
    row: str = Field(description="Row of the plan that prints it.")
    programme: str
    name: str
    measure: str | None = Field(description="null: no measure yet.")
    region: str
    region_name: str
    level: str
    period: str
    status: str = Field(description="measured | no_data | no_measure_yet")
    reason: str = Field(description="Why there is no value, or why it is only a lower bound.")
    value: Decimal | None
    unit: str
    target_value: Decimal | None
    comparator: str
    metric_type: str
    completion: Decimal | None = Field(description="完成率, percent; for at_most targets target / value.")
    pro_rata: Decimal | None = Field(
        description="序时进度 at the as-of day, percent of the target: of the months that are due, or reported by all."
    )
    pro_rata_value: Decimal | None = Field(description="The same in the target's unit.")
    gap_points: Decimal | None = Field(
        description="Lead (+) or lag (-) of those months against their schedule, percentage points."
    )
    met: bool | None = Field(description="Target reached; null while that isn't settled.")
    light: str = Field(description="green | yellow | red | grey (not enough known)")
    rank: int | None = Field(description="Among cities, ties share a rank (1, 2, 2, 4).")
    rank_ties: int = Field(description="How many share the rank, itself included.")
    ranked: int = Field(description="How many are ranked.")
    rank_months: list[str] = Field(
        [], description="The months that ranks compare: due, or reported by all. The same for all peers."
    )
    rank_reason: str = Field("", description="Why there is no rank among the peers: what is missing.")
    completeness: CompletenessView | None
    lower_bound: bool = Field(description="Reports are missing: the value is at least this.")
    fresh_at: datetime | None = Field(description="Newest record in it, by the Clock.")
    as_of: datetime
    basis: str | None = Field(description="Conversion basis of energy (当量 equal, 等价 equivalent), X-4.")
    price_base: str | None
    simulated: bool = Field(description="Made from records under a simulated clock.")
    pace: PaceView | None = None
    base: dict[str, Any] | None = Field(None, description="Base of a rate with its vintage (X-24).")
    counts: dict[str, int | None] = Field(default_factory=dict)
    day: str | None = Field(None, description="The closed day a coverage is for.")
    rules: list[RuleRefView]


class PlanView(View):
    plan: str
    title: str
    year: int


class SourceView(View):
    position: int = Field(description="Last applied position of the source's log.")
    recorded_at: datetime | None = Field(description="When the source recorded it, by the Clock.")
    updated_at: datetime = Field(description="When it was applied, system time.")


class RunningDayView(View):
    """Provisional: today so far, from the running figures outside the log."""

    day: date
    tce_equal: Decimal | None = Field(description="By equal value (当量值).")
    tce_equivalent: Decimal | None = Field(description="By equivalent value (等价值).")
    enterprises: int = Field(description="Enterprises heard of today.")
    unknown: int = Field(description="Of them without a figure; they are not in the sums.")
    unknown_equivalent: int = Field(description="Of them without one by equivalent value; not in that sum.")
    present: int = Field(description="Intervals present.")
    expected: int = Field(description="Intervals expected so far.")
    last_reading_at: datetime | None = Field(description="Newest reading, time of the event.")
    sent_at: datetime = Field(description="When the newest of them was sent, system time.")
    provisional: bool = True


class ClosedDayView(View):
    day: date
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    enterprises: int
    unknown: int = Field(description="Of them without a figure; they are not in the sums.")
    unknown_equivalent: int = Field(description="Of them without one by equivalent value; not in that sum.")


class Fresh(View):
    """How fresh an answer is, on both clocks."""

    sources: dict[str, SourceView]
    last_reading_at: datetime | None = Field(description="Newest reading on the board, time of the event.")
    age_seconds: float | None = Field(description="System seconds since the newest thing on it arrived.")


# In answers about "now" the moment moves on with every question, and with it the age of what is on them.
_MOMENTS = re.compile(rb'("as_of":"[^"]{16})[^"]*"|("age_seconds":)([0-9]+)[^,}]*')


def answered(model: View) -> Encoded:
    """Written down, with a tag that is the same for as long as nothing else moves, but no longer than a minute."""
    data = Encoded.of(model).data
    return Encoded(data, hashlib.sha256(_MOMENTS.sub(_to_the_minute, data)).hexdigest()[:32])


def _to_the_minute(found: re.Match[bytes]) -> bytes:
    moment, age, seconds = found.groups()
    return moment or b"%b%d" % (age, int(seconds) // 60)


def round_value(value: Decimal | None, unit: str) -> Decimal | None:
    """As shown: 亿元 to four decimals (万元), percent to two, intensity to three, anything else as it is."""
    if value is None:
        return None
    quantum = _DIGITS.get(unit)
    return value if quantum is None else value.quantize(quantum, ROUND_HALF_UP)


def points(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_POINTS, ROUND_HALF_UP)


def plain(value: Decimal | None) -> Decimal | None:
    """The same number without an exponent: 7000000000, not 7E+9."""
    return None if value is None else Decimal(f"{value:f}")


def tce(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_TCE, ROUND_HALF_UP)


def figure_view(figure: Figure) -> FigureView:
    """A figure as it is shown."""
    completeness, pace = figure.completeness, figure.pace
    return FigureView(
        id=figure.id,
        plan=figure.plan,
        target=figure.target,
        row=figure.row,
        programme=figure.programme,
        name=figure.name,
        measure=figure.measure,
        region=figure.region,
        region_name=figure.region_name,
        level=figure.level,
        period=figure.period,
        status=figure.status.value,
        reason=figure.reason,
        value=round_value(figure.value, figure.unit),
        unit=figure.unit,
        target_value=figure.target_value,
        comparator=figure.comparator,
        metric_type=figure.metric_type,
        completion=points(figure.completion),
        pro_rata=points(figure.pro_rata),
        pro_rata_value=round_value(figure.pro_rata_value, figure.unit),
        gap_points=points(figure.gap_points),
        met=figure.met,
        light=figure.light.value,
        rank=figure.rank,
        rank_ties=figure.rank_ties,
        ranked=figure.ranked,
        rank_months=list(figure.rank_months),
        rank_reason=figure.rank_reason,
        completeness=None
        if completeness is None
        else CompletenessView(
            expected=completeness.expected,
            received=completeness.received,
            missing=list(completeness.missing[:50]),
        ),
        lower_bound=figure.lower_bound,
        fresh_at=figure.fresh_at,
        as_of=figure.as_of,
        basis=figure.basis,
        price_base=figure.price_base,
        simulated=figure.simulated,
        pace=None
        if pace is None
        else PaceView(
            cumulative=round_value(pace.cumulative, pace.unit),
            required=round_value(pace.required, pace.unit) or Decimal(0),
            unit=pace.unit,
            completion=points(pace.completion),
            pro_rata=points(pace.pro_rata),
            gap_points=points(pace.gap_points),
            light=pace.light.value,
        ),
        base=None if figure.base is None else dict(figure.base),
        counts=dict(figure.counts),
        day=figure.day,
        rules=[RuleRefView(rule=ref.rule, row=ref.row, edition=ref.edition) for ref in figure.rules],
    )


def running_view(running: RunningDay | None) -> RunningDayView | None:
    if running is None:
        return None
    return RunningDayView(
        day=running.day,
        tce_equal=tce(running.tce_equal),
        tce_equivalent=tce(running.tce_equivalent),
        enterprises=running.enterprises,
        unknown=running.unknown,
        unknown_equivalent=running.unknown_equivalent,
        present=running.present,
        expected=running.expected,
        last_reading_at=running.last_reading_at,
        sent_at=running.sent_at,
    )


def sources_view(applied: Mapping[str, Any]) -> dict[str, SourceView]:
    return {
        source: SourceView(position=each.position, recorded_at=each.recorded_at, updated_at=each.updated_at)
        for source, each in sorted(applied.items())
    }
