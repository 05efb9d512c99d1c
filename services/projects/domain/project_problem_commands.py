"""The commands on a ProjectProblem (困难和问题). `today`: the Clock's day; `rules`: how it is escalated, dated."""

from dataclasses import dataclass
from datetime import date

from services.projects.domain.escalation import Level, Rules
from services.projects.domain.project_problem import ProblemKind


@dataclass(frozen=True, slots=True)
class RaisedAt:
    """What the project is at which a problem is raised."""

    project: str
    region: str
    programmes: tuple[str, ...]
    stage: str
    planned_on: date
    enterprise: str | None = None


@dataclass(frozen=True, slots=True)
class RaiseProblem:
    """Make a problem known. Without `due_on` the rules say by when; a `major` reason sends it to the province."""

    problem: str
    at: RaisedAt
    kind: ProblemKind
    text: str
    level: Level
    on: date
    raised_by: str
    today: date
    rules: Rules
    owner: str | None = None
    due_on: date | None = None
    major: str | None = None


@dataclass(frozen=True, slots=True)
class AssignProblem:
    """Name the owner department (责任单位) and its day."""

    problem: str
    owner: str
    due_on: date
    assigned_by: str
    today: date


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Say what was done, or can be."""

    problem: str
    answer: str
    evidence: str
    on: date
    answered_by: str
    today: date


@dataclass(frozen=True, slots=True)
class DeclareMajor:
    """Call it a 重大问题: the province's from now on (PM-10)."""

    problem: str
    reason: str
    today: date
    rules: Rules


@dataclass(frozen=True, slots=True)
class EscalateOverdue:
    """Escalation by rule: a problem that has waited too long goes to the level above; else nothing changes."""

    problem: str
    today: date
    rules: Rules


@dataclass(frozen=True, slots=True)
class Agenda:
    """The meeting at which a problem is decided, as far as the decision depends on it."""

    meeting: str
    level: Level
    held_on: date
    concluded: bool
    lists: bool


@dataclass(frozen=True, slots=True)
class DecideProblem:
    """The meeting's decision: who does what by when."""

    problem: str
    agenda: Agenda
    decision: str
    owner: str
    due_on: date
    today: date


@dataclass(frozen=True, slots=True)
class CloseProblem:
    """Say how it ended, with its evidence."""

    problem: str
    resolution: str
    evidence: str
    on: date
    closed_by: str
    today: date


@dataclass(frozen=True, slots=True)
class ReopenProblem:
    """It isn't solved after all. Without `due_on` the rules say by when."""

    problem: str
    reason: str
    reopened_by: str
    today: date
    rules: Rules
    due_on: date | None = None


ProblemCommand = (
    RaiseProblem
    | AssignProblem
    | AnswerProblem
    | DeclareMajor
    | EscalateOverdue
    | DecideProblem
    | CloseProblem
    | ReopenProblem
)
