"""Requests and answers about projects: with `models_reports` and `models_plan` the public contract.

The gateway builds its API from these. Money is CNY in yuan, as a JSON number or a decimal string; answers
give it as a string with two decimals, so that nothing is lost on the way.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from services.projects.domain.stages import Stage

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def _two_decimals(value: Decimal) -> str:
    return f"{value:.2f}"


def plain(value: Decimal) -> Decimal:
    """The same number without an exponent, so that events say 1000 and not 1E+3."""
    return Decimal(f"{value:f}")


ProjectId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="project id: letters, digits, dot, dash, underscore", examples=["FZ-2013-017"]),
]
RegionCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]{1,12}$"),
    Field(description="region code (GB/T 2260, or the plan's own key)", examples=["350181"]),
]
RegisterCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9_]{1,40}$"),
    Field(description="register of projects, as loaded with the plan", examples=["city_key"]),
]
Month = Annotated[
    str,
    StringConstraints(pattern=r"^(19|20)\d{2}-(0[1-9]|1[0-2])$"),
    Field(description="month, YYYY-MM", examples=["2013-02"]),
]
Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=18, decimal_places=2, description="CNY (yuan)"),
    AfterValidator(plain),
    PlainSerializer(_two_decimals, return_type=str),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
ShortText = Annotated[Line, Field(min_length=1, max_length=200)]
Note = Annotated[Line, Field(max_length=1000)]
Evidence = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=200,
        description="what shows it: a document's number or reference, not its content",
        examples=["闽发改备〔2013〕A01017号"],
    ),
]
ReportedBy = Annotated[
    str | None,
    Field(
        default=None,
        max_length=100,
        description="office that reported it; without it the token's subject",
        examples=["福清市经贸局"],
    ),
]
Limit = Annotated[int, Field(default=50, ge=1, le=200, description="items on a page")]
Cursor = Annotated[
    str | None,
    Field(default=None, max_length=300, description="`next_cursor` of the page before; none: the first page"),
]


class Request(BaseModel):
    """Strict at the door: a field that isn't known is an error, so that a misspelt one can't pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(
        frozen=True, serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )


class RegisterMembership(Request):
    """A stay in a register, both days included."""

    register_: RegisterCode = Field(alias="register")
    valid_from: date = Field(description="first day in it", examples=["2013-02-01"])
    valid_to: date | None = Field(default=None, description="last day in it; null: still in it")


class RegisterProject(Request):
    """A technology renovation project (技改项目) to be known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "name": "年产20万吨差别化纤维技改项目",
                    "region": "350181",
                    "enterprise": "E-0042",
                    "industry": "2822",
                    "total_investment": "120000000",
                    "equipment_investment": "83500000",
                    "programmes": ["TR"],
                    "registers": [{"register": "city_key", "valid_from": "2013-01-15"}],
                    "planned_on": "2013-01-10",
                    "evidence": "榕经贸技改〔2013〕12号",
                }
            ]
        }
    )

    project: ProjectId | None = Field(
        default=None, description="id of your choice; without it one is made from the Idempotency-Key"
    )
    name: ShortText = Field(description="name (项目名称)")
    region: RegionCode = Field(description="county or city it lies in")
    industry: str = Field(
        pattern=r"^[A-Z]?\d{2,4}$", description="industry, GB/T 4754 code", examples=["2822", "C2822"]
    )
    total_investment: Money = Field(gt=0, description="total investment (总投资), CNY (yuan)")
    equipment_investment: Money = Field(description="equipment part of it (设备投资), CNY (yuan)")
    enterprise: ProjectId | None = Field(default=None, description="enterprise id, if registered")
    enterprise_name: ShortText | None = Field(default=None, description="enterprise name")
    programmes: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]] = Field(
        default=["TR"],
        min_length=1,
        max_length=10,
        description="the plan's programmes that it belongs to (X-9)",
    )
    registers: list[RegisterMembership] = Field(
        default=[], max_length=20, description="registers it stands in, with dates (X-22)"
    )
    planned_on: date | None = Field(default=None, description="day of its planning (策划); without it today")
    evidence: str = Field(default="", max_length=200, description="reference of the document behind it")
    reported_by: ReportedBy


class ReachStage(Request):
    """A step that the project has taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "stage": "filed",
                    "on": "2013-01-20",
                    "evidence": "闽发改备〔2013〕A01017号",
                }
            ]
        }
    )

    project: ProjectId
    stage: Stage = Field(
        description="filed 备案 or approved 核准, started 开工, partly_producing 部分投产, producing 投产, "
        "accepted 验收; suspended 停滞, resumed 复工, terminated 终止"
    )
    on: date = Field(description="the day it happened")
    evidence: Evidence
    note: Note = Field(default="", description="in words; the reason, when suspended or terminated")
    reported_by: ReportedBy


class CorrectStage(Request):
    """A step that was reported wrongly."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "step": 2,
                    "stage": "approved",
                    "on": "2013-01-21",
                    "evidence": "闽发改核〔2013〕7号",
                    "reason": "it was approved, not filed",
                }
            ]
        }
    )

    project: ProjectId
    step: int = Field(ge=1, le=1000, description="number of the wrong step, as the project lists it")
    reason: ShortText = Field(description="why it is corrected")
    stage: Stage | None = Field(default=None, description="what was true; null: the step never was")
    on: date | None = Field(default=None, description="the right day; null: as it was")
    evidence: Evidence | None = Field(default=None, description="the right evidence; null: as it was")
    reported_by: ReportedBy


class JoinRegister(Request):
    """The project comes into a register."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"project": "FZ-2013-017", "register": "provincial_key", "on": "2013-03-01"}]
        }
    )

    project: ProjectId
    register_: RegisterCode = Field(alias="register")
    on: date = Field(description="first day in it")


class LeaveRegister(Request):
    """The project goes out of a register."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "register": "city_key",
                    "on": "2013-09-30",
                    "reason": "given up by the owner",
                }
            ]
        }
    )

    project: ProjectId
    register_: RegisterCode = Field(alias="register")
    on: date = Field(description="last day in it")
    reason: ShortText = Field(description="why it leaves")


class GetProject(Request):
    """Ask for one project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"project": "FZ-2013-017"}]})

    project: ProjectId


class ListProjects(Request):
    """Ask for projects; every filter narrows. In order of their ids."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"region": "350100", "stage": "started", "limit": 50}]}
    )

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    stage: (
        Literal[
            "planned",
            "filed",
            "approved",
            "started",
            "partly_producing",
            "producing",
            "accepted",
            "suspended",
            "terminated",
        ]
        | None
    ) = Field(default=None, description="where the project stands")
    register_: RegisterCode | None = Field(default=None, alias="register", description="in this register")
    on: date | None = Field(default=None, description="day for `register`; without it today")
    programme: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="in this programme")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    text: ShortText | None = Field(default=None, description="part of its name or its enterprise's")
    limit: Limit
    cursor: Cursor


class RegisterStay(Answer):
    """A stay in a register, both days included."""

    register_: str = Field(alias="register")
    valid_from: date
    valid_to: date | None


class StepView(Answer):
    """A step taken."""

    step: int = Field(description="its number, for a correction")
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    note: str


class ProjectSummary(Answer):
    """A project as a list shows it."""

    project: str
    name: str
    region: str
    enterprise: str | None
    enterprise_name: str | None
    industry: str
    total_investment: Money
    equipment_investment: Money
    programmes: list[str]
    stage: Stage = Field(description="where it stands")
    stage_on: date = Field(description="since when")
    registered_on: date


class ProjectView(ProjectSummary):
    """A project with its history."""

    planned_on: date
    registers: list[RegisterStay]
    steps: list[StepView]


class ProjectPage(Answer):
    """A page of projects."""

    items: list[ProjectSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
