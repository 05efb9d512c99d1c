"""Measure (措施): something that a government has promised to do, and how it is followed up.

Relocation renovation (TR-23c), one industry one policy (TR-23b), the twelve measures (TR-23a), and the plan's
other promises without a figure. A measure names a tag; the projects that carry it are those that it has reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.projects.domain.checks import not_in_future
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class MeasureOpened:
    """A measure is promised: which rows of the plan it carries out, who owns it, and by when."""

    measure: str
    kind: str
    name: str
    region: str
    rows: tuple[str, ...]
    owner: str
    due_on: date
    source: str
    opened_on: date
    tag: str | None = None
    industries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureFollowedUp:
    """What was done for it on a day (跟踪落实), and what shows it."""

    measure: str
    region: str
    on: date
    text: str
    evidence: str
    reported_by: str


@dataclass(frozen=True, slots=True)
class MeasureCompleted:
    """It is done: `evidence` is the document issued, the meeting's record, …"""

    measure: str
    region: str
    on: date
    evidence: str
    reported_by: str
    late: bool


@dataclass(frozen=True, slots=True)
class MeasureReopened:
    """It turned out not to be done."""

    measure: str
    region: str
    on: date
    reason: str
    reported_by: str
    due_on: date


MeasureEvent = MeasureOpened | MeasureFollowedUp | MeasureCompleted | MeasureReopened


@dataclass(frozen=True, slots=True)
class NoMeasure:
    """No such measure yet."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with what was done for it; `completed` is None while it is open."""

    opened: MeasureOpened
    due_on: date
    follow_ups: tuple[MeasureFollowedUp, ...] = ()
    completed: MeasureCompleted | None = None
    last_on: date | None = None


MeasureState = NoMeasure | Measure
INITIAL: MeasureState = NoMeasure()


@dataclass(frozen=True, slots=True)
class OpenMeasure:
    """Promise something."""

    measure: str
    kind: str
    name: str
    region: str
    rows: tuple[str, ...]
    owner: str
    due_on: date
    source: str
    today: date
    tag: str | None = None
    industries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUpMeasure:
    """Say what was done for it."""

    measure: str
    on: date
    text: str
    evidence: str
    reported_by: str
    today: date


@dataclass(frozen=True, slots=True)
class CompleteMeasure:
    """Say that it is done, by what."""

    measure: str
    on: date
    evidence: str
    reported_by: str
    today: date


@dataclass(frozen=True, slots=True)
class ReopenMeasure:
    """It is not done after all; with a new day, or the old one."""

    measure: str
    on: date
    reason: str
    reported_by: str
    today: date
    due_on: date | None = None


MeasureCommand = OpenMeasure | FollowUpMeasure | CompleteMeasure | ReopenMeasure


def decide(command: MeasureCommand, state: MeasureState) -> Sequence[MeasureEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (OpenMeasure(), NoMeasure()):
            return [_opened(command)]
        case (OpenMeasure(), Measure()):
            if replace(_opened(command), opened_on=state.opened.opened_on) == state.opened:
                return []
            raise Refused(
                f"There is a measure {command.measure!r} already, with other content.",
                code="exists",
                status=409,
                where="measure",
                remedy="Use another id.",
            )
        case (FollowUpMeasure(), Measure()):
            return _followed_up(command, state)
        case (CompleteMeasure(), Measure()):
            return _completed(command, state)
        case (ReopenMeasure(), Measure()):
            return [_reopened(command, state)]
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no measure {command.measure!r}.",
                code="not-found",
                status=404,
                where="measure",
                remedy="Open the measure first, or check its id.",
            )


def evolve(state: MeasureState, event: MeasureEvent) -> MeasureState:
    """The state after a stored fact."""
    match event:
        case MeasureOpened():
            return Measure(event, event.due_on)
        case MeasureFollowedUp():
            known = _known(state)
            return replace(known, follow_ups=(*known.follow_ups, event), last_on=event.on)
        case MeasureCompleted():
            return replace(_known(state), completed=event, last_on=event.on)
        case MeasureReopened():
            return replace(_known(state), completed=None, due_on=event.due_on, last_on=event.on)
        case _:
            assert_never(event)


def _opened(command: OpenMeasure) -> MeasureOpened:
    return MeasureOpened(
        command.measure,
        command.kind,
        command.name,
        command.region,
        command.rows,
        command.owner,
        command.due_on,
        command.source,
        command.today,
        command.tag,
        command.industries,
    )


def _followed_up(command: FollowUpMeasure, state: Measure) -> Sequence[MeasureEvent]:
    event = MeasureFollowedUp(
        command.measure,
        state.opened.region,
        command.on,
        command.text,
        command.evidence,
        command.reported_by,
    )
    if any(replace(each, reported_by=event.reported_by) == event for each in state.follow_ups):
        return []
    _check(command.on, command.today, state)
    return [event]


def _completed(command: CompleteMeasure, state: Measure) -> Sequence[MeasureEvent]:
    if (done := state.completed) is not None:
        if (done.on, done.evidence) == (command.on, command.evidence):
            return []
        raise Refused(
            f"The measure was completed on {done.on} ({done.evidence}).",
            code="completed",
            status=409,
            where="measure",
            remedy="Reopen it first, if that was wrong.",
        )
    _check(command.on, command.today, state)
    late = command.on > state.due_on
    region = state.opened.region
    return [
        MeasureCompleted(command.measure, region, command.on, command.evidence, command.reported_by, late)
    ]


def _reopened(command: ReopenMeasure, state: Measure) -> MeasureReopened:
    if state.completed is None:
        raise Refused("The measure is open.", code="open", status=409, where="measure")
    not_in_future(command.on, command.today)
    return MeasureReopened(
        command.measure,
        state.opened.region,
        command.on,
        command.reason,
        command.reported_by,
        command.due_on or state.due_on,
    )


def _check(on: date, today: date, state: Measure) -> None:
    not_in_future(on, today)
    if state.completed is not None:
        raise Refused(
            f"The measure was completed on {state.completed.on}.",
            code="completed",
            status=409,
            where="measure",
            remedy="Reopen it first, if that was wrong.",
        )


def _known(state: MeasureState) -> Measure:
    if not isinstance(state, Measure):
        raise TypeError("a measure's history starts with MeasureOpened")
    return state
