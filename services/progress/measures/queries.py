"""The questions about figures: all of them or one, its history, and which targets have a measure.

Every answer is narrowed to what the actor may see (access.py), can be asked for a past moment (`as_of`), and can be
made to wait for what the caller has just written (`at_least`).
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pydantic import ConfigDict, Field

from services.progress.common.views import REGION, Day, Question, View, answered, points, round_value
from services.progress.measures.catalogue import sort_key
from services.progress.measures.figure import Figure
from services.progress.measures.store.asking import Answers, ask, one, visible
from services.progress.measures.store.read_model import Snapshot
from services.progress.measures.views import FigureView, Fresh, PlanView, figure_view, fresh, plan_view
from shared import lists
from shared.clock import CHINA, local_day
from shared.problems import bad_span
from shared.rpc import Call, Encoded

HISTORY_POINTS = 60


class FiguresQuestion(Question):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"region": "350100", "programme": "TR"}]}
    )

    region: str | None = REGION
    programme: str | None = Field(None, max_length=8, description="Programme of the plan.", examples=["TR"])
    target: str | None = Field(None, max_length=40, description="Target of the plan.", examples=["TR-6a"])
    measure: str | None = Field(None, max_length=60, examples=["tech_renovation_investment"])
    cursor: str | None = Field(None, max_length=400, description="next_cursor of the page before.")
    limit: int = Field(50, ge=1, le=200, description="Figures per page.")


class FigurePage(View):
    plan: PlanView | None
    as_of: datetime
    fresh: Fresh
    items: list[FigureView]
    next_cursor: str | None = Field(description="null: this is the last page.")


async def list_figures(service: Answers, call: Call, body: FiguresQuestion) -> Encoded:
    """All figures the actor may see, in the order of the plan; targets without a measure say so."""
    snapshot, scope = await ask(service, call.actor, body)
    found = [figure for figure in visible(snapshot, scope) if _fits(figure, body)]
    page = _page(found, body)
    return answered(
        FigurePage(
            plan=plan_view(snapshot.facts),
            as_of=snapshot.as_of,
            fresh=fresh(snapshot),
            items=[figure_view(figure) for figure in page.rows],
            next_cursor=page.next_cursor,
        )
    )


def _page(found: Sequence[Figure], asked: lists.Asked) -> lists.Page[Figure]:
    """A page of figures, which are in the order of the plan. Raises Problem for what is no cursor."""
    if asked.cursor:
        (after,) = lists.read(asked.cursor, str)
        found = [figure for figure in found if sort_key(figure.id) > sort_key(after)]
    return lists.cut(found, asked.limit, lambda figure: (figure.id,))


def _fits(figure: Figure, body: FiguresQuestion) -> bool:
    wanted = (body.region, body.programme, body.target, body.measure)
    actual = (figure.region, figure.programme, figure.target, figure.measure)
    return all(want is None or want == have for want, have in zip(wanted, actual, strict=True))


class FigureQuestion(Question):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"target": "TR-6a", "history": "month"}]}
    )

    target: str = Field(max_length=40, description="Target of the plan.", examples=["TR-6a"])
    region: str | None = REGION
    history: str | None = Field(
        None, pattern="^(month|week|day)$", description="Steps of the history; without it there is none."
    )
    history_from: Day | None = Field(None, description="First day; default: the plan year's first.")
    history_to: Day | None = Field(None, description="Last day; default: the as-of day.")


class HistoryPoint(View):
    """The figure as it was known at the end of a day."""

    as_of: datetime
    value: Decimal | None
    target_value: Decimal | None
    completion: Decimal | None
    pro_rata: Decimal | None
    gap_points: Decimal | None
    light: str
    rank: int | None


class OneFigure(View):
    figure: FigureView
    fresh: Fresh
    history: list[HistoryPoint] = Field(description=f"At most {HISTORY_POINTS} points, the latest.")


async def get_figure(service: Answers, call: Call, body: FigureQuestion) -> Encoded:
    """A figure and, if asked for, how it stood at the end of past days by what was known then."""
    snapshot, scope = await ask(service, call.actor, body)
    figure = one(snapshot, scope, body.target, body.region)
    moments = _moments(snapshot, body)
    past = await service.model.history(moments, figure.plan, body.target, body.region)
    history = [_point(each) for each in past]
    return answered(OneFigure(figure=figure_view(figure), fresh=fresh(snapshot), history=history))


def _moments(snapshot: Snapshot, body: FigureQuestion) -> list[datetime]:
    """The ends of the days asked for, in the plan's time, none after the snapshot; the latest ones."""
    if body.history is None:
        return []
    year = snapshot.facts.plan.year if snapshot.facts.plan else snapshot.day.year
    first = body.history_from or date(year, 1, 1)
    last = min(body.history_to or snapshot.day, snapshot.day)
    if first > last:
        if body.history_from is not None:
            raise bad_span(f"{last} is before {first}.", "history_from", "Give an earlier day.")
        return []
    days: list[date] = []
    day = last
    while day >= first and len(days) < HISTORY_POINTS:
        days.append(day)
        match body.history:
            case "month":
                day = day.replace(day=1) - timedelta(days=1)
            case "week":
                day -= timedelta(days=7)
            case _:
                day -= timedelta(days=1)
    ends = [datetime.combine(each, time.max, CHINA) for each in reversed(days)]
    return [min(end, snapshot.as_of) for end in ends if local_day(end) <= snapshot.day]


def _point(figure: Figure) -> HistoryPoint:
    return HistoryPoint(
        as_of=figure.as_of,
        value=round_value(figure.value, figure.unit),
        target_value=figure.target_value,
        completion=points(figure.completion),
        pro_rata=points(figure.pro_rata),
        gap_points=points(figure.gap_points),
        light=figure.light.value,
        rank=figure.rank,
    )


class StatusQuestion(Question):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"programme": "EN"}]})

    programme: str | None = Field(None, max_length=8, description="Programme of the plan.", examples=["EN"])
    cursor: str | None = Field(None, max_length=400, description="next_cursor of the page before.")
    limit: int = Field(100, ge=1, le=400, description="Targets per page.")


class TargetStatus(View):
    figure: str = Field(description="Id of the figure.", examples=["fujian-2013/TR-3"])
    target: str
    row: str
    programme: str
    name: str
    region: str
    period: str
    target_value: Decimal | None
    unit: str
    measure: str | None
    status: str = Field(description="measured | no_data | no_measure_yet")
    reason: str


class TargetStatusPage(View):
    plan: PlanView | None
    as_of: datetime
    totals: dict[str, int] = Field(description="How many of all that are visible have which status.")
    items: list[TargetStatus]
    next_cursor: str | None = Field(description="null: this is the last page.")


async def list_targets_status(service: Answers, call: Call, body: StatusQuestion) -> Encoded:
    """Every target of the plan: measured, without data so far, or without a measure in this release."""
    snapshot, scope = await ask(service, call.actor, body)
    found = [f for f in visible(snapshot, scope) if body.programme in (None, f.programme)]
    totals = {"measured": 0, "no_data": 0, "no_measure_yet": 0}
    for figure in found:
        totals[figure.status.value] += 1
    page = _page(found, body)
    return answered(
        TargetStatusPage(
            plan=plan_view(snapshot.facts),
            as_of=snapshot.as_of,
            totals=totals,
            items=[_status(figure) for figure in page.rows],
            next_cursor=page.next_cursor,
        )
    )


def _status(figure: Figure) -> TargetStatus:
    return TargetStatus(
        figure=figure.id,
        target=figure.target,
        row=figure.row,
        programme=figure.programme,
        name=figure.name,
        region=figure.region,
        period=figure.period,
        target_value=figure.target_value,
        unit=figure.unit,
        measure=figure.measure,
        status=figure.status.value,
        reason=figure.reason,
    )
