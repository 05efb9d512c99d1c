"""The board: the province and its cities, each with investment, energy intensity and online monitoring."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from services.progress.access import Scope
from services.progress.board.live import LiveEnergy
from services.progress.board.views import ClosedDayView, RunningDayView, running_view
from services.progress.common.views import View, answered, tce
from services.progress.measures.facts import GROWTH, INTENSITY, INVESTMENT, ONLINE, Facts, total
from services.progress.measures.figure import Figure
from services.progress.measures.store.read_model import Snapshot
from services.progress.measures.views import FigureView, Fresh, PlanView, figure_view, fresh, plan_view
from shared.rpc import Encoded

_MOST_KEPT = 256


class BoardRow(View):
    """One region. A part is null where the plan has no target for it."""

    region: str = Field(examples=["350100"])
    name: str = Field(examples=["福州市"])
    level: str
    investment: FigureView | None = Field(description="技改投资: TR-1, TR-6.")
    growth: FigureView | None = Field(description="TR-2; the province only.")
    intensity: FigureView | None = Field(description="单位GDP能耗: EN-3; cities only.")
    monitoring: FigureView | None = Field(description="重点用能企业在线监测: EN-14.")
    key_users: int | None = Field(description="Enterprises from 10,000 tce a year on, by the year's list.")
    online_closed_day: int | None = Field(description="Of them online on the latest closed day.")
    online_now: int | None = Field(description="Of them heard of now.")
    energy_today: RunningDayView | None = Field(description="Provisional; null in the past.")
    energy_closed_day: ClosedDayView | None = Field(description="All metered enterprises, latest closed day.")


class Board(View):
    plan: PlanView | None = Field(description="null: no plan is published.")
    as_of: datetime
    version: int = Field(description="Version of the read-model.")
    last_change: str = Field(description="Resume the stream of changes from here.", examples=["v1:42"])
    simulated: bool = Field(description="Something on it was recorded under a simulated clock.")
    fresh: Fresh
    rows: list[BoardRow]


class Boards:
    """A cache of encoded boards: thousands of readers ask for the same one."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, ...], tuple[Snapshot, int, Encoded]] = {}

    def get(self, snapshot: Snapshot, live: LiveEnergy, scope: Scope) -> Encoded:
        """The rows that the actor may see; built again when the state or a running figure has changed since."""
        shown = tuple(regions(snapshot, scope))
        before, taken, encoded = self._last.get(shown, (None, 0, None))
        if encoded is None or before is not snapshot or taken != live.taken:
            taken = live.taken
            encoded = answered(board(snapshot, live, shown))
            if len(self._last) >= _MOST_KEPT:
                self._last.clear()
            self._last[shown] = (snapshot, taken, encoded)
        return encoded


def regions(snapshot: Snapshot, scope: Scope) -> list[str]:
    """The regions with a row that the actor may see, the province first, then the cities by code."""
    facts = snapshot.facts
    province = facts.province()
    codes = ([province] if province else []) + facts.cities(snapshot.day)
    return [code for code in codes if scope.sees_figure(code, _level(facts, code))]


def board(snapshot: Snapshot, live: LiveEnergy, shown: Sequence[str]) -> Board:
    """A row for each of these regions."""
    rows = [_row(snapshot, live, code) for code in shown]
    running = [row.energy_today for row in rows if row.energy_today is not None]
    return Board(
        plan=plan_view(snapshot.facts),
        as_of=snapshot.as_of,
        version=snapshot.version,
        last_change=f"v{snapshot.version}:{snapshot.seq}",
        simulated=any(figure.simulated for figure in snapshot.figures),
        fresh=fresh(
            snapshot,
            [each.sent_at for each in running],
            [each.last_reading_at for each in running if each.last_reading_at],
        ),
        rows=rows,
    )


def _row(snapshot: Snapshot, live: LiveEnergy, code: str) -> BoardRow:
    facts = snapshot.facts
    monitoring = _of(snapshot, ONLINE, code)
    counts = monitoring.counts if monitoring else {}
    # Running figures have no past: the stream holds only the last.
    running = None if snapshot.past else live.running(snapshot.day, facts.areas, code)
    return BoardRow(
        region=code,
        name=facts.region_name(code),
        level=_level(facts, code),
        investment=_view(_of(snapshot, INVESTMENT, code)),
        growth=_view(_of(snapshot, GROWTH, code)),
        intensity=_view(_of(snapshot, INTENSITY, code)),
        monitoring=_view(monitoring),
        key_users=counts.get("designated"),
        online_closed_day=counts.get("online_closed_day"),
        online_now=counts.get("online_now"),
        energy_today=running_view(running),
        energy_closed_day=_closed_day(facts, code),
    )


def _of(snapshot: Snapshot, measure: str, code: str) -> Figure | None:
    return next((f for f in snapshot.figures if f.measure == measure and f.region == code), None)


def _view(figure: Figure | None) -> FigureView | None:
    return None if figure is None else figure_view(figure)


def _closed_day(facts: Facts, code: str) -> ClosedDayView | None:
    parts = [part for region, part in facts.day_energy.items() if facts.areas.covers(code, region)]
    if facts.closed_day is None or not parts:
        return None
    return ClosedDayView(
        day=facts.closed_day,
        tce_equal=tce(total(part.tce_equal for part in parts)),
        tce_equivalent=tce(total(part.tce_equivalent for part in parts)),
        enterprises=sum(part.enterprises for part in parts),
        unknown=sum(part.unknown for part in parts),
        unknown_equivalent=sum(part.unknown_equivalent for part in parts),
    )


def _level(facts: Facts, code: str) -> str:
    area = facts.areas.get(code)
    return area.level if area else ""
