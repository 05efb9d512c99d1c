"""Requests and answers about problems of projects (困难和问题, PM-9, PM-10)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from services.projects.common.values import MeetingId, ProblemId
from services.projects.domain.escalation import Level
from services.projects.domain.project_problem import ProblemKind
from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Line,
    Name,
    ProjectId,
    RegionCode,
    ReportedBy,
    Request,
    SeenVersion,
    ShortText,
    Version,
)

Text = Annotated[Line, Field(min_length=1, max_length=1000)]
Department = Annotated[
    ShortText, Field(description="department that is to answer (责任单位)", examples=["福清市国土资源局"])
]
Standing = Literal["waiting", "answered", "decided", "closed"]
_ID: dict[str, Any] = {"problem": "FZ-2013-017.1"}


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class RaiseProblem(Request):
    """A problem at a project."""

    model_config = _example(
        **_ID, project="FZ-2013-017", kind="land", text="用地指标未落实", owner="福清市国土资源局"
    )

    problem: ProblemId | None = Field(
        default=None, description="id of your choice; without it one is made from the Idempotency-Key"
    )
    project: ProjectId
    kind: ProblemKind = Field(description="what is lacking: land 土地, environment 环境, funds 资金, …")
    text: Text = Field(description="what the matter is", examples=["用地指标未落实"])
    level: Level | None = Field(
        default=None, description="whose it is at first; without it that of the project's region"
    )
    owner: Department | None = Field(default=None, description="department that is to answer, if known")
    due_on: date | None = Field(
        default=None, description="day by which it is to be answered; without it by the level's rule"
    )
    major: Text | None = Field(
        default=None, description="why it is a 重大问题: it goes to the province at once"
    )
    on: date | None = Field(default=None, description="the day it came up; without it today")
    confirmed: bool = Field(
        default=False,
        description="true: another one than the open problem that is asked about, although it says the same",
    )
    reported_by: ReportedBy


class ProblemEdit(Request):
    """A change of a problem that others may change too."""

    problem: ProblemId
    version: SeenVersion


class AssignProblem(ProblemEdit):
    """Who is to answer, and by when."""

    model_config = _example(**_ID, owner="福清市国土资源局", due_on="2013-03-20")

    owner: Department
    due_on: date = Field(description="day by which it is to be answered, that day included")


class AnswerProblem(ProblemEdit):
    """What was done, or can be."""

    model_config = _example(**_ID, answer="已列入3月份用地报批", evidence="融国土〔2013〕8号")

    answer: Text = Field(description="the answer", examples=["已列入3月份用地报批"])
    evidence: Evidence
    on: date | None = Field(default=None, description="the day of the answer; without it today")
    reported_by: ReportedBy


class DeclareMajor(ProblemEdit):
    """Call it a 重大问题: it becomes the province's."""

    model_config = _example(**_ID, reason="涉及三个县的用地调整")

    reason: Text = Field(description="why it is one")


class DecideProblem(ProblemEdit):
    """A meeting's decision."""

    model_config = _example(
        **_ID,
        meeting="2013-04-dispatch",
        decision="由省国土资源厅统筹安排用地指标",
        owner="省国土资源厅",
        due_on="2013-05-10",
    )

    meeting: MeetingId
    decision: Text = Field(description="who does what")
    owner: Department
    due_on: date = Field(description="day by which it is to be carried out")


class CloseProblem(ProblemEdit):
    """How it ended."""

    model_config = _example(**_ID, resolution="用地指标已下达", evidence="闽国土〔2013〕77号")

    resolution: Text = Field(description="what became of it")
    evidence: Evidence
    on: date | None = Field(default=None, description="the day it ended; without it today")
    reported_by: ReportedBy


class ReopenProblem(ProblemEdit):
    """It isn't solved after all."""

    model_config = _example(**_ID, reason="指标被收回")

    reason: Text = Field(description="why it is open again")
    due_on: date | None = Field(default=None, description="without it by the level's rule")
    reported_by: ReportedBy


class GetProblem(Request):
    """Ask for one problem."""

    model_config = _example(**_ID)

    problem: ProblemId


class ListProblems(Request):
    """Ask for problems; every filter narrows. In order of the day they are due."""

    model_config = _example(region="350100", level="province", overdue=True)

    region: RegionCode | None = Field(default=None, description="of projects in this region and under it")
    project: ProjectId | None = Field(default=None, description="of this project")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise's projects")
    programme: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="of this programme")
    kind: ProblemKind | None = Field(default=None, description="of this kind")
    level: Level | None = Field(default=None, description="standing at this level")
    standing: Standing | None = Field(default=None, description="in this state")
    open: bool | None = Field(default=None, description="true: all that isn't closed; false: closed")
    overdue: bool | None = Field(default=None, description="true: waiting or decided, and past its day")
    major: bool | None = Field(default=None, description="true: 重大问题 only")
    meeting: MeetingId | None = Field(default=None, description="on the agenda of this meeting")
    limit: Limit
    cursor: Cursor


class ProblemSummary(Answer):
    """A problem as a list shows it."""

    problem: str
    project: str
    project_name: Name = None
    region: str
    region_name: Name = None
    enterprise: str | None
    enterprise_name: Name = None
    programmes: list[str]
    kind: ProblemKind
    text: str
    level: Level = Field(description="whose it is now")
    owner: str | None = Field(description="department that is to answer or to carry out; null: none named")
    standing: Standing
    major: bool
    overdue: bool = Field(description="waiting or decided, and past its day by the Clock")
    raised_on: date
    due_on: date
    last_on: date = Field(description="day of the last that is known of it")
    escalations: int = Field(description="how often it went to a higher level")
    answer: str | None
    meeting: str | None = Field(description="that decided it")
    decision: str | None
    resolution: str | None
    version: Version = None


class ProblemStep(Answer):
    """One fact of its history."""

    event: str = Field(description="name of the event", examples=["ProblemEscalated"])
    on: date
    level: Level
    text: str = Field(description="what was raised, answered, decided …, in words")
    by: str | None = Field(description="who, or which department; null: the rule")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    position: int = Field(description="position of the event in the log of this service")


class ProblemView(ProblemSummary):
    """A problem with its history."""

    history: list[ProblemStep]


class ProblemCounts(Answer):
    """How many problems the filters match, by how they stand."""

    waiting: int
    answered: int
    decided: int
    closed: int
    overdue: int
    major: int


class ProblemPage(Answer):
    """A page of problems."""

    items: list[ProblemSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    counts: ProblemCounts | None = Field(description="of all pages; with the first page only")
