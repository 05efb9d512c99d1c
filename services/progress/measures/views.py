"""A figure as it is answered, and the moment that it is of."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from services.progress.common.views import View, points, round_value
from services.progress.measures.facts import Facts
from services.progress.measures.figure import Figure
from services.progress.measures.store.read_model import Snapshot


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


class Fresh(View):
    """How fresh an answer is, on both clocks."""

    sources: dict[str, SourceView]
    last_reading_at: datetime | None = Field(description="Newest reading on the board, time of the event.")
    age_seconds: float | None = Field(description="System seconds since the newest thing on it arrived.")


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


def sources_view(applied: Mapping[str, Any]) -> dict[str, SourceView]:
    return {
        source: SourceView(position=each.position, recorded_at=each.recorded_at, updated_at=each.updated_at)
        for source, each in sorted(applied.items())
    }


def plan_view(facts: Facts) -> PlanView | None:
    plan = facts.plan
    return None if plan is None else PlanView(plan=plan.plan, title=plan.title, year=plan.year)


def fresh(snapshot: Snapshot, sent: Iterable[datetime] = (), read: Iterable[datetime] = ()) -> Fresh:
    """Freshness by the Clock (what was measured) and by the system's time (how long it has been here).

    `sent`, `read`: of running figures, when they were sent by the system's time, and their newest readings.
    """
    arrived = [*sent, *(each.updated_at for each in snapshot.applied.values())]
    age = (datetime.now(UTC) - max(arrived)).total_seconds() if arrived else None
    return Fresh(
        sources=sources_view(snapshot.applied),
        last_reading_at=max(read, default=None),
        age_seconds=None if age is None else round(max(age, 0.0), 3),
    )
