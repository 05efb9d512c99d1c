"""What is known of a meeting: who called it for which day, its agenda, and that it is over."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from services.projects.problems.facts import Level, ProblemKind


class MeetingKind(StrEnum):
    """What sort of meeting."""

    DISPATCH = "dispatch"
    STARTS = "starts"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One problem on an agenda, with its project."""

    problem: str
    project: str


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAgendaFixed:
    """The agenda, as a whole; a later one replaces it."""

    meeting: str
    region: str
    items: tuple[AgendaItem, ...]
    projects: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
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


def stream(meeting: str) -> str:
    """The stream of one meeting."""
    return f"meeting:{meeting}"


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


def _open(state: MeetingState) -> Convened:
    if not isinstance(state, Convened):
        raise TypeError("a meeting's history starts with MeetingConvened and ends with MeetingConcluded")
    return state
