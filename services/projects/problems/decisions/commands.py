"""What may be asked of a ProjectProblem (困难和问题), and what only the server knows of it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from services.projects.common.values import (
    Evidence,
    Line,
    MeetingId,
    ProblemId,
    ProjectId,
    ReportedBy,
    SeenVersion,
    ShortText,
)
from services.projects.problems.escalation import Rules
from services.projects.problems.facts import Level, ProblemKind
from shared.command import Given, command
from shared.values import Says, Text

_ID: dict[str, Any] = {"problem": "FZ-2013-017.1"}
Words = Annotated[Line, Text(min_length=1, max_length=1000)]
Department = Annotated[
    ShortText, Says(description="department that is to answer (责任单位)", example="福清市国土资源局")
]


@command(
    example={
        **_ID,
        "project": "FZ-2013-017",
        "kind": "land",
        "text": "用地指标未落实",
        "owner": "福清市国土资源局",
    }
)
class RaiseProblem:
    """A problem at a project."""

    problem: Annotated[
        ProblemId | None,
        Says(description="id of your choice; without it one is made from the Idempotency-Key"),
    ] = None
    project: ProjectId
    kind: Annotated[
        ProblemKind, Says(description="what is lacking: land 土地, environment 环境, funds 资金, …")
    ]
    text: Annotated[Words, Says(description="what the matter is", example="用地指标未落实")]
    level: Annotated[
        Level | None, Says(description="whose it is at first; without it that of the project's region")
    ] = None
    owner: Annotated[Department | None, Says(description="department that is to answer, if known")] = None
    due_on: Annotated[
        date | None, Says(description="day by which it is to be answered; without it by the level's rule")
    ] = None
    major: Annotated[
        Words | None, Says(description="why it is a 重大问题: it goes to the province at once")
    ] = None
    on: Annotated[date | None, Says(description="the day it came up; without it today")] = None
    confirmed: Annotated[
        bool,
        Says(
            description="true: another one than the open problem that is asked about, although it says the same"
        ),
    ] = False
    reported_by: ReportedBy = None


@command()
class ProblemEdit:
    """A change of a problem that others may change too."""

    problem: ProblemId
    version: SeenVersion = None


@command(example={**_ID, "owner": "福清市国土资源局", "due_on": "2013-03-20"})
class AssignProblem(ProblemEdit):
    """Who is to answer, and by when."""

    owner: Department
    due_on: Annotated[date, Says(description="day by which it is to be answered, that day included")]


@command(example={**_ID, "answer": "已列入3月份用地报批", "evidence": "融国土〔2013〕8号"})
class AnswerProblem(ProblemEdit):
    """What was done, or can be."""

    answer: Annotated[Words, Says(description="the answer", example="已列入3月份用地报批")]
    evidence: Evidence
    on: Annotated[date | None, Says(description="the day of the answer; without it today")] = None
    reported_by: ReportedBy = None


@command(example={**_ID, "reason": "涉及三个县的用地调整"})
class DeclareMajor(ProblemEdit):
    """Call it a 重大问题: it becomes the province's."""

    reason: Annotated[Words, Says(description="why it is one")]


@command(
    example={
        **_ID,
        "meeting": "2013-04-dispatch",
        "decision": "由省国土资源厅统筹安排用地指标",
        "owner": "省国土资源厅",
        "due_on": "2013-05-10",
    }
)
class DecideProblem(ProblemEdit):
    """A meeting's decision."""

    meeting: MeetingId
    decision: Annotated[Words, Says(description="who does what")]
    owner: Department
    due_on: Annotated[date, Says(description="day by which it is to be carried out")]


@command(example={**_ID, "resolution": "用地指标已下达", "evidence": "闽国土〔2013〕77号"})
class CloseProblem(ProblemEdit):
    """How it ended."""

    resolution: Annotated[Words, Says(description="what became of it")]
    evidence: Evidence
    on: Annotated[date | None, Says(description="the day it ended; without it today")] = None
    reported_by: ReportedBy = None


@command(example={**_ID, "reason": "指标被收回"})
class ReopenProblem(ProblemEdit):
    """It isn't solved after all."""

    reason: Annotated[Words, Says(description="why it is open again")]
    due_on: Annotated[date | None, Says(description="without it by the level's rule")] = None
    reported_by: ReportedBy = None


@command()
class EscalateOverdue:
    """What has waited too long goes to the level above by the rule; anything else stays as it is."""

    problem: ProblemId


ProblemChange = AssignProblem | AnswerProblem | DeclareMajor | CloseProblem | ReopenProblem
ProblemCommand = RaiseProblem | ProblemChange | DecideProblem | EscalateOverdue


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRules(Given):
    """The dated rules of escalation."""

    rules: Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAt:
    """What the project is at which a problem is raised. `level`: of its region."""

    region: str
    level: Level
    programmes: tuple[str, ...]
    stage: str
    planned_on: date
    enterprise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raising(ByRules):
    """The id of a problem that is raised, and its project."""

    problem: str
    at: RaisedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMeeting(Given):
    """The meeting at which a problem is decided, as far as the decision depends on it. `lists`: it is on its agenda."""

    held_on: date
    concluded: bool
    lists: bool
