"""How a project stands, folded from the projects service's events: what is counted, and since which day.

A project is one row per event in the read-model, each with the whole standing after it; what it counts for
is said by `marks`, from which its entries are made (`entries.py`). What may change without being wrong before (tags,
investor, industry, amount, registers) is kept with its days, because a figure is judged in its own period.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from services.progress.measures.mark_names import (
    BUILT,
    IN_COHORT,
    KNOWN,
    LISTED,
    SAVING_EXPECTED,
    SAVING_VERIFIED,
    TAGGED,
    TRACKED,
    UNDERWAY,
    reached,
)
from services.progress.projection import project_events
from services.progress.projection.spans import day_before
from shared.consumer import Poison

_ENDS = ("accepted", "tracking_ended", "terminated", "formally_ended")
"""验收, 退出跟踪, 终止, 正式终止: after the first of them a project is followed no longer."""


class Step(msgspec.Struct, frozen=True):
    """A stage reached on a day."""

    stage: str
    on: date
    amount: Decimal | None = None


class Saving(msgspec.Struct, frozen=True):
    """A saving stated on a day, tce a year."""

    on: date
    tce: Decimal


class State(msgspec.Struct, frozen=True):
    """What a project is from a day on: tags, investor, industry … None: since ever."""

    since: date | None
    investment: Decimal | None
    traits: dict[str, Any] = {}


class Closed(msgspec.Struct, frozen=True):
    """Its place in a cohort that was closed: for ever, whatever is corrected afterwards (X-8)."""

    on: date
    investor_kind: str
    amount: Decimal | None = None


class Standing(msgspec.Struct, frozen=True):
    """A project after an event. `states` in order of their days: what a tally may ask for, and when it was so."""

    project: str
    region: str
    registered_on: date
    states: list[State]
    registers: list[project_events.Membership] = []
    steps: list[Step] = []
    savings: dict[str, Saving] = {}
    """By mark: the saving stated last."""
    cohorts: dict[str, Closed] = {}
    """By the closed cohort's name."""
    late: list[str] = []
    """Cohorts that were closed before the project's contract was known: the project belongs to none of them."""

    @property
    def now(self) -> State:
        """The state by the latest event about it."""
        return self.states[-1]


def fold(
    before: Standing | None, event: project_events.ProjectEvent, closed: Collection[str] = frozenset()
) -> Standing:
    """The standing after an event, `closed` being the cohorts that are closed by then.

    Raises Poison for an event of a project that was never registered.
    """
    after = _fold(before, event)
    if closed and (cohort := _cohort(after)) in closed and cohort not in {*after.cohorts, *after.late}:
        return replace(after, late=[*after.late, cohort])
    return after


def member_of(
    before: Standing, cohort: str, kind: str, contracted_on: date, amount: Decimal | None
) -> Standing:
    """The standing of a member of a cohort that is closed."""
    return replace(before, cohorts={**before.cohorts, cohort: Closed(contracted_on, kind, amount)})


def _cohort(standing: Standing) -> str | None:
    """The cohort that its contract and its investor would put it into, e.g. "private:2013"."""
    signed = _first(standing).get("contract_signed")
    kind = (standing.now.traits.get("investor") or {}).get("kind")
    return None if signed is None or kind is None else f"{kind}:{signed.on.year}"


def _first(standing: Standing) -> dict[str, Step]:
    """The first step at each stage."""
    first: dict[str, Step] = {}
    for step in standing.steps:
        if step.stage not in first or step.on < first[step.stage].on:
            first[step.stage] = step
    return first


def _fold(before: Standing | None, event: project_events.ProjectEvent) -> Standing:
    if isinstance(event, project_events.ProjectRegistered):
        return Standing(
            project=event.project,
            region=event.region,
            registered_on=event.registered_on,
            # A project's attributes at its registration hold for all days before it, too: a late registration changes
            # none.
            states=[State(None, event.total_investment, _traits(event))],
            registers=event.registers,
            steps=[Step("planned", event.planned_on)],
        )
    if before is None:
        raise Poison(f"{type(event).__name__} of project {event.project!r}, which was never registered")
    match event:
        case project_events.ProjectChanged():
            return replace(before, states=_changed(before.states, event))
        case project_events.ProjectStageReached():
            return replace(before, steps=[*before.steps, Step(event.stage, event.on, event.amount)])
        case project_events.ProjectStageCorrected():
            right = (
                [] if event.stage is None or event.on is None else [Step(event.stage, event.on, event.amount)]
            )
            index = event.step - 1
            return replace(before, steps=[*before.steps[:index], *right, *before.steps[index + 1 :]])
        case project_events.EnergySavingVerified():
            return replace(before, savings={**before.savings, SAVING_VERIFIED: Saving(event.on, event.tce)})
        case project_events.EnergySavingExpected():
            return replace(before, savings={**before.savings, SAVING_EXPECTED: Saving(event.on, event.tce)})
        case project_events.RegisterJoined():
            joined = project_events.Membership(event.register, event.valid_from)
            return replace(before, registers=[*before.registers, joined])
        case project_events.RegisterLeft():
            left = (event.register, event.valid_from)
            return replace(
                before,
                registers=[
                    replace(each, valid_to=event.valid_to)
                    if (each.register, each.valid_from) == left
                    else each
                    for each in before.registers
                ],
            )
        case _:
            raise Poison(f"{type(event).__name__} is read, but nothing says what it makes of a project")


def _changed(states: Sequence[State], event: project_events.ProjectChanged) -> list[State]:
    """The states with what is new of the event in force from its day on, also in those that begin later."""
    since, said = event.since or event.changed_on, _traits(event)
    names = event.changed or [*said, "total_investment"]
    new = {name: value for name, value in said.items() if name in names}

    def anew(state: State) -> State:
        amount = event.total_investment if "total_investment" in names else state.investment
        return State(state.since, amount, {**state.traits, **new})

    before = [each for each in states if each.since is None or each.since < since]
    later = [each for each in states if each.since is not None and each.since >= since]
    if not later or later[0].since != since:
        later.insert(0, replace(before[-1], since=since))
    return [*before, *map(anew, later)]


def _traits(event: project_events.ProjectRegistered | project_events.ProjectChanged) -> dict[str, Any]:
    return {
        "programmes": event.programmes,
        "tags": event.tags,
        "investor": event.investor,
        "industry": event.industry,
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """That a thing counts for `measure` since `day`, until `until` (None: still), with an amount in `unit`.

    `amount` None: the investment of its state on the day that is asked for. `states`: what the thing was when;
    `member_until`: the last day on which it was one of those that a filter may find.
    """

    measure: str
    key: str
    region: str
    day: date
    until: date | None
    amount: Decimal | None
    detail: Mapping[str, Any]
    unit: str = "CNY"
    states: Sequence[State] = (State(None, None),)
    reached: Mapping[str, date] = field(default_factory=dict)
    member_until: date | None = None


def marks(standing: Standing, tags: Collection[str] = ()) -> Iterator[Mark]:
    """What a project counts for as it stands: its first day at each stage, and the spans it is something.

    `tags`: those whose being given counts. The detail carries what the project is by the last word on it, for whoever
    looks at the evidence.
    """
    first = _first(standing)
    days = {stage: step.on for stage, step in first.items()}
    detail = {
        **standing.now.traits,
        "project": standing.project,
        "registers": sorted({each.register for each in standing.registers if each.valid_to is None}),
        "reached": {stage: day.isoformat() for stage, day in days.items()},
    }

    def mark(measure: str, day: date, until: date | None = None, amount: Decimal | None = None) -> Mark:
        return Mark(
            measure,
            standing.project,
            standing.region,
            day,
            until,
            amount,
            detail,
            "CNY",
            standing.states,
            days,
        )

    for stage, step in first.items():
        yield mark(reached(stage), step.on, amount=step.amount)
    over = min((days[stage] for stage in _ENDS if stage in days), default=None)
    yield mark(KNOWN, standing.registered_on, days.get("terminated"))
    yield mark(TRACKED, standing.registered_on, over)
    if "started" in days:
        yield mark(UNDERWAY, days["started"], over)
    if "producing" in days:
        yield mark(BUILT, days["producing"], over)
    yield from _in_cohorts(standing, first, mark)
    for name, saving in standing.savings.items():
        yield dataclass_replace(mark(name, saving.on, amount=saving.tce), unit="tce")
    for each in standing.registers:
        key = f"{standing.project}:{each.register}:{each.valid_from}"
        listed = mark(LISTED, each.valid_from, each.valid_to)
        yield dataclass_replace(listed, key=key, detail={**detail, "register": each.register})
    for tag in sorted(tags):
        for since, until in _tagged(standing, tag):
            given = mark(TAGGED, since, until)
            yield dataclass_replace(
                given, key=f"{standing.project}:{tag}:{since}", detail={**detail, "tag": tag}
            )


def _in_cohorts(standing: Standing, first: Mapping[str, Step], mark: Callable[..., Mark]) -> Iterator[Mark]:
    """合同项目: in the cohort of its contract's year until it is formally ended, in a closed one whatever it is now."""
    ended = first.get("formally_ended")
    until = None if ended is None else day_before(ended.on)
    signed = first.get("contract_signed")
    for cohort, closed in standing.cohorts.items():
        member = mark(IN_COHORT, closed.on, amount=closed.amount)
        kind = [State(None, None, {"investor": {"kind": closed.investor_kind}})]
        key = f"{standing.project}:{cohort}"
        yield dataclass_replace(member, key=key, states=kind, member_until=until)
    if signed is not None and _cohort(standing) not in {*standing.cohorts, *standing.late}:
        member = mark(IN_COHORT, signed.on, amount=signed.amount)
        yield dataclass_replace(member, member_until=until)


def _tagged(standing: Standing, tag: str) -> list[tuple[date, date | None]]:
    """The spans in which it had a tag; one that it was registered with was given on that day."""
    found: list[tuple[date, date | None]] = []
    had = False
    for state in standing.states:
        has = tag in state.traits.get("tags", ())
        since = state.since or standing.registered_on
        if has and not had:
            found.append((since, None))
        elif had and not has:
            found[-1] = (found[-1][0], day_before(since))
        had = has
    return found


def differences(before: Sequence[Mark], after: Sequence[Mark]) -> Iterator[tuple[Mark, bool]]:
    """The marks that an event sets or takes away (False), so that only what it says is written."""
    old = {(mark.measure, mark.key): mark for mark in before}
    new = {(mark.measure, mark.key): mark for mark in after}
    for key, mark in new.items():
        if old.get(key) != mark:
            yield mark, True
    for key, mark in old.items():
        if key not in new:
            yield mark, False
