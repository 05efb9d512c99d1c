"""Requests and answers about projects (项目): what is known of them, and lists of them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.domain.investor import FocusSector, InvestorCategory, InvestorKind
from services.projects.domain.stages import Stage
from services.projects.models.base import (
    Answer,
    Cursor,
    Limit,
    Money,
    Name,
    ProjectId,
    RegionCode,
    RegisterCode,
    ReportedBy,
    Request,
    SeenVersion,
    ShortText,
)
from services.projects.models.energy_savings import EnergySavingView
from services.projects.models.registers import (
    RegisterMembership,
    RegisterStay,
)
from services.projects.models.steps import (
    PastStepIn,
    StepView,
)

TagCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9_]{1,40}$"),
    Field(description="programme tag, as loaded with the plan", examples=["ei_led"]),
]
DepartmentCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z_]{1,60}$"),
    Field(
        description="department, as the rule `investor_departments` names it",
        examples=["economic_trade_commission"],
    ),
]
ProgrammeCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="programme", examples=["TR"])
]


class InvestorIn(Request):
    """Who brings the money of a matched project (三维对接)."""

    kind: InvestorKind = Field(description="central_soe 央企, private 民企, foreign 外资")
    name: ShortText = Field(description="name of the investing enterprise", examples=["示例集团"])
    categories: list[InvestorCategory] = Field(
        default=[], max_length=7, description="what it is known as; several are possible (PM-1, PM-8)"
    )
    origin: str | None = Field(
        default=None,
        pattern=r"^(\d{6}|[A-Z]{2})$",
        description="its province (GB/T 2260) or country (ISO 3166); null: not known",
        examples=["330000"],
    )


class RegisterProject(Request):
    """A project (项目) to be known: a renovation, or one matched with an investor."""

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
    tags: list[TagCode] = Field(
        default=[], max_length=30, description="what it counts for in its programmes, once each (X-9)"
    )
    investor: InvestorIn | None = Field(
        default=None, description="who invests, for a matched project (三维对接): it then needs its contract"
    )
    focus_sector: FocusSector | None = Field(
        default=None, description="sector that matching looks for (PM-7)"
    )
    bank_loan: Money | None = Field(default=None, description="bank loan (银行贷款) planned, CNY (yuan)")
    history: list[PastStepIn] = Field(
        default=[], max_length=20, description="the steps it took before, in order, each with its evidence"
    )
    confirmed: bool = Field(
        default=False, description="the amounts are right although they look unusual (see confirm-amount)"
    )
    planned_on: date | None = Field(default=None, description="day of its planning (策划); without it today")
    evidence: str = Field(default="", max_length=200, description="reference of the document behind it")
    reported_by: ReportedBy


Removable = Literal["enterprise", "enterprise_name", "investor", "focus_sector", "bank_loan"]


class ChangeProject(Request):
    """What is known of a project changes. A field left out stays as it is; `remove` names what is to go."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "version": 1,
                    "total_investment": "125000000",
                    "reason": "概算调整",
                }
            ]
        }
    )

    project: ProjectId
    version: SeenVersion
    reason: ShortText = Field(description="why it changes")
    name: ShortText | None = Field(default=None, description="name (项目名称)")
    industry: str | None = Field(
        default=None, pattern=r"^[A-Z]?\d{2,4}$", description="industry, GB/T 4754 code", examples=["2822"]
    )
    total_investment: Money | None = Field(default=None, gt=0, description="total investment, CNY (yuan)")
    equipment_investment: Money | None = Field(default=None, description="equipment part, CNY (yuan)")
    bank_loan: Money | None = Field(default=None, description="bank loan planned, CNY (yuan)")
    enterprise: ProjectId | None = Field(default=None, description="enterprise id")
    enterprise_name: ShortText | None = Field(default=None, description="enterprise name")
    programmes: list[ProgrammeCode] | None = Field(
        default=None, min_length=1, max_length=10, description="all programmes it belongs to"
    )
    tags: list[TagCode] | None = Field(default=None, max_length=30, description="all tags it carries")
    investor: InvestorIn | None = Field(default=None, description="who invests")
    focus_sector: FocusSector | None = Field(
        default=None, description="sector that matching looks for (PM-7)"
    )
    remove: list[Removable] = Field(
        default=[], max_length=5, description="what the project has not, after all", examples=[["bank_loan"]]
    )
    since: date | None = Field(
        default=None,
        description="the day from which it is so; without it today. Figures are judged in their own period: what was so"
        " in December, and is said in January, needs its day",
        examples=["2013-12-20"],
    )
    confirmed: bool = Field(
        default=False, description="the amount is right although it looks unusual (see confirm-amount)"
    )
    reported_by: ReportedBy


class GetProject(Request):
    """Ask for one project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"project": "FZ-2013-017"}]})

    project: ProjectId


class ListProjects(Request):
    """Ask for projects; every filter narrows."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"region": "350100", "stage": "started", "limit": 50}]}
    )

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    stage: (
        Literal[
            "planned",
            "pre_reported",
            "pre_reviewed",
            "negotiating",
            "intent_signed",
            "agreement_signed",
            "contract_signed",
            "filed",
            "approved",
            "started",
            "partly_producing",
            "producing",
            "accepted",
            "suspended",
            "terminated",
            "tracking_ended",
            "formally_ended",
        ]
        | None
    ) = Field(default=None, description="where the project stands")
    register_: RegisterCode | None = Field(default=None, alias="register", description="in this register")
    on: date | None = Field(default=None, description="day for `register`; without it today")
    programme: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="in this programme")
    tag: TagCode | None = Field(default=None, description="that counts for this")
    investor_kind: InvestorKind | None = Field(default=None, description="matched with this kind of investor")
    department: DepartmentCode | None = Field(
        default=None, description="whose kind of investor is this department's (PM-17)"
    )
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    focus_sector: FocusSector | None = Field(default=None, description="in this sector of matching (PM-7)")
    investor_origin: RegionCode | None = Field(
        default=None, description="whose investor comes from this province"
    )
    industry: str | None = Field(
        default=None, pattern=r"^[A-Z]?\d{1,4}$", description="whose industry code begins so"
    )
    investment_from: Money | None = Field(default=None, description="total investment from, CNY (yuan)")
    investment_to: Money | None = Field(default=None, description="total investment up to, CNY (yuan)")
    equipment_from: Money | None = Field(default=None, description="equipment part from, CNY (yuan)")
    equipment_to: Money | None = Field(default=None, description="equipment part up to, CNY (yuan)")
    loan_from: Money | None = Field(
        default=None, description="bank loan planned from, CNY (yuan); only where one is known"
    )
    loan_to: Money | None = Field(
        default=None, description="bank loan planned up to, CNY (yuan); only where one is known"
    )
    stage_from: date | None = Field(default=None, description="where it stands since this day or later")
    stage_to: date | None = Field(default=None, description="where it stands since this day or before")
    open_problem: bool | None = Field(default=None, description="true: with a problem that isn't closed")
    sort: Literal[
        "project",
        "name",
        "region",
        "enterprise",
        "enterprise_name",
        "industry",
        "total_investment",
        "equipment_investment",
        "programmes",
        "tags",
        "investor",
        "focus_sector",
        "bank_loan",
        "version",
        "stage",
        "stage_on",
        "registered_on",
    ] = Field(
        default="project",
        description="in order of this column; stages in that of a project's life, what isn't known before all else",
    )
    descending: bool = Field(default=False, description="from the last to the first")
    text: ShortText | None = Field(default=None, description="part of its name or its enterprise's")
    limit: Limit
    cursor: Cursor


class InvestorView(Answer):
    """Who invests."""

    kind: InvestorKind
    name: str
    categories: list[InvestorCategory]
    origin: str | None
    eastern: bool = Field(
        description="from one of the eastern provinces, by the rule when it was recorded (PM-7)"
    )
    department: str | None = Field(
        description="whose project it is, by the rule in force today (PM-17); null: no rule says"
    )


class ProjectSummary(Answer):
    """A project as a list shows it."""

    project: str
    name: str
    region: str
    region_name: Name = None
    enterprise: str | None
    enterprise_name: str | None
    industry: str
    total_investment: Money
    equipment_investment: Money
    programmes: list[str]
    tags: list[str]
    investor: InvestorView | None
    focus_sector: FocusSector | None
    bank_loan: Money | None
    version: int = Field(description="counts what was known of it; a change names the one it was made on")
    steps_version: int = Field(
        description="counts its steps reported and corrected; the next step, or a correction, names the one it was "
        "made on"
    )
    stage: Stage = Field(description="where it stands")
    stage_on: date = Field(description="since when")
    registered_on: date


class ProjectView(ProjectSummary):
    """A project with its history."""

    planned_on: date
    energy_saving: EnergySavingView = Field(description="what it saves in a year (EN-15b)")
    registers: list[RegisterStay]
    steps: list[StepView]


class ProjectTotals(Answer):
    """What all projects that the filters match sum up to."""

    projects: int = Field(description="how many")
    total_investment: Money = Field(description="CNY (yuan)")
    equipment_investment: Money = Field(description="CNY (yuan)")
    bank_loan: Money = Field(description="CNY (yuan), of those of which it is known")


class ProjectPage(Answer):
    """A page of projects."""

    items: list[ProjectSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    totals: ProjectTotals | None = Field(description="of all pages; with the first page only")
