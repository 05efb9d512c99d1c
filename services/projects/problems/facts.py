"""What is known of a ProjectProblem (困难和问题, PM-9): what keeps a project from going on, whose it is, how it ends.

The word Problem alone is kept for HTTP's problem+json.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal, assert_never


class Level(StrEnum):
    """Whose problem it is: county (县), city (设区市) or province (省)."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


class ProblemKind(StrEnum):
    """What is lacking. Land, environment and funds are what the meeting of TR-10 is about."""

    LAND = "land"
    ENVIRONMENT = "environment"
    FUNDS = "funds"
    PERMITS = "permits"
    POWER = "power"
    WATER = "water"
    LABOUR = "labour"
    TRANSPORT = "transport"
    TECHNOLOGY = "technology"
    MARKET = "market"
    OTHER = "other"


Cause = Literal["overdue", "major"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRaised:
    """A problem of a project is known, at `level`, to be answered by `due_on`.

    `region` and `programmes` are the project's, `stage` where it stood: 对接, 建设 or 投产 (PM-9).
    """

    problem: str
    project: str
    region: str
    programmes: tuple[str, ...]
    stage: str
    kind: ProblemKind
    text: str
    level: Level
    due_on: date
    raised_on: date
    raised_by: str
    owner: str | None = None
    enterprise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemAssigned:
    """`owner` (责任单位) is to answer by `due_on`."""

    problem: str
    project: str
    region: str
    level: Level
    owner: str
    due_on: date
    on: date
    assigned_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemAnswered:
    """What was done or can be done about it, with its evidence."""

    problem: str
    project: str
    region: str
    level: Level
    answer: str
    evidence: str
    on: date
    answered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemEscalated:
    """It goes from one level to a higher one, which has until `due_on`: overdue, or a 重大问题."""

    problem: str
    project: str
    region: str
    from_level: Level
    to_level: Level
    cause: Cause
    reason: str
    due_on: date
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDecided:
    """A meeting decided who does what by when."""

    problem: str
    project: str
    region: str
    level: Level
    meeting: str
    decision: str
    owner: str
    due_on: date
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemClosed:
    """It is solved, or gone. `days_open`: from the day it was raised."""

    problem: str
    project: str
    region: str
    level: Level
    resolution: str
    evidence: str
    on: date
    closed_by: str
    days_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReopened:
    """It was closed and isn't solved: the same level has it again, until `due_on`."""

    problem: str
    project: str
    region: str
    level: Level
    reason: str
    due_on: date
    on: date
    reopened_by: str


ProblemEvent = (
    ProblemRaised
    | ProblemAssigned
    | ProblemAnswered
    | ProblemEscalated
    | ProblemDecided
    | ProblemClosed
    | ProblemReopened
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known in every state. `last_on`: day of the last fact; answer, decision: the last."""

    raised: ProblemRaised
    level: Level
    owner: str | None
    due_on: date
    last_on: date
    major: bool = False
    escalations: int = 0
    answer: str | None = None
    meeting: str | None = None
    decision: str | None = None
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class NotRaised:
    """No such problem yet."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for an answer of its level."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Answered:
    """Has an answer; not closed yet."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Decided:
    """A meeting decided; to be carried out by the subject's `due_on`."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Closed:
    """Solved, or gone."""

    subject: Subject


Known = Waiting | Answered | Decided | Closed
ProblemState = NotRaised | Known
INITIAL: ProblemState = NotRaised()


def stream(problem: str) -> str:
    """The stream of one problem of a project."""
    return f"problem:{problem}"


def standing(state: Known) -> Literal["waiting", "answered", "decided", "closed"]:
    """The state's name, for lists."""
    match state:
        case Waiting():
            return "waiting"
        case Answered():
            return "answered"
        case Decided():
            return "decided"
        case Closed():
            return "closed"


def evolve(state: ProblemState, event: ProblemEvent) -> ProblemState:
    """The state after a stored fact."""
    if isinstance(event, ProblemRaised):
        return Waiting(Subject(event, event.level, event.owner, event.due_on, event.raised_on))
    if isinstance(state, NotRaised):
        raise TypeError("a problem's history starts with ProblemRaised")
    subject = replace(state.subject, last_on=event.on)
    match event:
        case ProblemAssigned():
            return Waiting(replace(subject, owner=event.owner, due_on=event.due_on))
        case ProblemAnswered():
            return Answered(replace(subject, answer=event.answer))
        case ProblemEscalated():
            return Waiting(
                replace(
                    subject,
                    level=event.to_level,
                    owner=None,
                    due_on=event.due_on,
                    major=subject.major or event.cause == "major",
                    escalations=subject.escalations + 1,
                )
            )
        case ProblemDecided():
            return Decided(
                replace(
                    subject,
                    owner=event.owner,
                    due_on=event.due_on,
                    meeting=event.meeting,
                    decision=event.decision,
                )
            )
        case ProblemClosed():
            return Closed(replace(subject, resolution=event.resolution))
        case ProblemReopened():
            return Waiting(replace(subject, due_on=event.due_on, resolution=None))
        case _:
            assert_never(event)
