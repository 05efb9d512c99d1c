"""Meeting (调度会, 推进会): takes the problems of its level as its agenda, decides them, and is concluded.

Two kinds work on the same list of problems: the dispatch meeting (项目调度会, PM-10) on what was escalated, and
the meeting on concentrated starts (集中开工投产项目推进会, TR-10) on land, environment and funds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from services.projects.domain.escalation import Level
from services.projects.domain.project_problem import ProblemKind
from services.projects.domain.refusal import Refused


class MeetingKind(StrEnum):
    """What sort of meeting."""

    DISPATCH = "dispatch"
    STARTS = "starts"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One problem on an agenda, with its project."""

    problem: str
    project: str


@dataclass(frozen=True, slots=True)
class MeetingConvened:
    """A meeting is called for a day, by the government of `region`. Without `kinds` it takes every kind."""

    meeting: str
    kind: MeetingKind
    name: str
    region: str
    level: Level
    held_on: date
    kinds: tuple[ProblemKind, ...]
    convened_on: date
    convened_by: str


@dataclass(frozen=True, slots=True)
class MeetingAgendaFixed:
    """The agenda, as a whole; a later one replaces it."""

    meeting: str
    region: str
    items: tuple[AgendaItem, ...]
    projects: int
    on: date


@dataclass(frozen=True, slots=True)
class MeetingConcluded:
    """It is over: how many of its problems it decided, and which it left. `evidence`: its minutes."""

    meeting: str
    region: str
    held_on: date
    decided: int
    left: tuple[str, ...]
    evidence: str
    on: date


MeetingEvent = MeetingConvened | MeetingAgendaFixed | MeetingConcluded


@dataclass(frozen=True, slots=True)
class ConveneMeeting:
    """Call a meeting."""

    meeting: str
    kind: MeetingKind
    name: str
    region: str
    level: Level
    held_on: date
    kinds: tuple[ProblemKind, ...]
    convened_by: str
    today: date


@dataclass(frozen=True, slots=True)
class FixAgenda:
    """Take these problems as the agenda."""

    meeting: str
    items: tuple[AgendaItem, ...]
    today: date


@dataclass(frozen=True, slots=True)
class ConcludeMeeting:
    """Say that it is over. `decided` are the problems that it decided, as their own histories say."""

    meeting: str
    decided: frozenset[str]
    evidence: str
    today: date


MeetingCommand = ConveneMeeting | FixAgenda | ConcludeMeeting


@dataclass(frozen=True, slots=True)
class NotConvened:
    """No such meeting yet."""


@dataclass(frozen=True, slots=True)
class Convened:
    """Called; `items` is None until the agenda is fixed."""

    convened: MeetingConvened
    items: tuple[AgendaItem, ...] | None = None


@dataclass(frozen=True, slots=True)
class Concluded:
    """Over."""

    convened: MeetingConvened
    items: tuple[AgendaItem, ...]
    concluded: MeetingConcluded


MeetingState = NotConvened | Convened | Concluded
INITIAL: MeetingState = NotConvened()


def decide(command: MeetingCommand, state: MeetingState) -> Sequence[MeetingEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (ConveneMeeting(), NotConvened()):
            return [_convened(command)]
        case (ConveneMeeting(), Convened() | Concluded()):
            return _convened_again(command, state)
        case (FixAgenda(), Convened()):
            if command.items == state.items:
                return []
            if not command.items:
                raise Refused(
                    "There is no problem for this agenda.",
                    code="empty-agenda",
                    where="problems",
                    remedy="Escalate problems to the meeting's level, or name them.",
                )
            projects = len({item.project for item in command.items})
            region = state.convened.region
            return [MeetingAgendaFixed(command.meeting, region, command.items, projects, command.today)]
        case (ConcludeMeeting(), Convened(convened, items)) if items is not None:
            return [_concluded(command, convened, items)]
        case (ConcludeMeeting(), Concluded()) if state.concluded.evidence == command.evidence:
            return []
        case (_, NotConvened()):
            raise Refused(
                f"There is no meeting {command.meeting!r}.",
                code="not-found",
                status=404,
                where="meeting",
                remedy="Convene it first, or check its id.",
            )
        case (_, Concluded(concluded=over)):
            raise Refused(
                f"The meeting was concluded on {over.on} ({over.evidence}): {over.decided} of its problems decided, "
                f"{len(over.left)} left.",
                code="wrong-state",
                status=409,
                where="meeting",
                remedy="Convene another one for what it left.",
            )
        case _:
            raise Refused(
                f"{type(command).__name__} doesn't fit: the meeting is without an agenda.",
                code="wrong-state",
                status=409,
                where="meeting",
                remedy="Fix its agenda first.",
            )


def evolve(state: MeetingState, event: MeetingEvent) -> MeetingState:
    """The state after a stored fact."""
    match event:
        case MeetingConvened():
            return Convened(event)
        case MeetingAgendaFixed():
            return replace(_open(state), items=event.items)
        case MeetingConcluded():
            known = _open(state)
            return Concluded(known.convened, known.items or (), event)
        case _:
            assert_never(event)


def _convened(command: ConveneMeeting) -> MeetingConvened:
    if command.held_on < command.today:
        raise Refused(
            f"{command.held_on} is over; today is {command.today}.",
            code="past-date",
            where="held_on",
            remedy="Convene it for today or a day to come.",
        )
    return MeetingConvened(
        command.meeting,
        command.kind,
        command.name,
        command.region,
        command.level,
        command.held_on,
        tuple(sorted(set(command.kinds))),
        command.today,
        command.convened_by,
    )


def _convened_again(command: ConveneMeeting, state: Convened | Concluded) -> list[MeetingEvent]:
    known = state.convened
    again = (command.kind, command.name, command.region, command.held_on, tuple(sorted(set(command.kinds))))
    if again == (known.kind, known.name, known.region, known.held_on, known.kinds):
        return []
    raise Refused(
        f"A meeting {command.meeting!r} is convened already, with other content.",
        code="exists",
        status=409,
        where="meeting",
        remedy="Another meeting needs an id of its own.",
    )


def _concluded(
    command: ConcludeMeeting, convened: MeetingConvened, items: tuple[AgendaItem, ...]
) -> MeetingConcluded:
    if command.today < convened.held_on:
        raise Refused(
            f"The meeting is held on {convened.held_on}; today is {command.today}.",
            code="future-date",
            where="meeting",
            remedy="Conclude it when it has been held.",
        )
    left = tuple(item.problem for item in items if item.problem not in command.decided)
    return MeetingConcluded(
        command.meeting,
        convened.region,
        convened.held_on,
        len(items) - len(left),
        left,
        command.evidence,
        command.today,
    )


def _open(state: MeetingState) -> Convened:
    if not isinstance(state, Convened):
        raise TypeError("a meeting's history starts with MeetingConvened and ends with MeetingConcluded")
    return state
