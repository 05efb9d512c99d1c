"""Requests and answers about the reserve library (技改项目储备库): TR-13, TR-15, TR-16, TR-18."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.domain.reserve import Action
from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Money,
    Name,
    Note,
    ProjectId,
    RegionCode,
    RegisterCode,
    ReportedBy,
    Request,
    SeenVersion,
)

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Standing = Literal["updated", "owed"]


class UpdateReserve(Request):
    """A quarter's look at a project in the reserve library."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "register": "reserve_city",
                    "action": "promoted",
                    "on": "2013-06-20",
                    "reason": "用地、环评已落实",
                }
            ]
        }
    )

    project: ProjectId
    register_: RegisterCode = Field(
        alias="register", description="the tier that it stands in", examples=["reserve_city"]
    )
    version: SeenVersion
    action: Action = Field(
        description="confirmed 确认, changed 变更, dropped 退出, promoted 升级 to the tier above"
    )
    on: date | None = Field(default=None, description="day of the update; null: today")
    reason: Note = Field(default="", description="needed for anything but confirmed")
    reported_by: ReportedBy


class AnswerPart(Request):
    """One criterion of a screening."""

    criterion: Word = Field(examples=["supported_field"])
    met: bool
    evidence: Evidence


class ScreenProject(Request):
    """Screen a reserve project for a special fund (筛选)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "scheme": "national_special_fund",
                    "answers": [
                        {"criterion": "supported_field", "met": True, "evidence": "专项支持重点目录第3类"},
                        {
                            "criterion": "permits_complete",
                            "met": True,
                            "evidence": "闽发改备〔2013〕A01017号",
                        },
                        {"criterion": "own_funds", "met": False, "evidence": "资金证明不足30%"},
                    ],
                }
            ]
        }
    )

    project: ProjectId
    scheme: Word = Field(
        description="the fund it is screened for; the plan's rules say how",
        examples=["national_special_fund"],
    )
    answers: list[AnswerPart] = Field(min_length=1, max_length=30)
    on: date | None = Field(default=None, description="day of the screening; null: today")
    note: Note = Field(default="", description="in words")


class ReserveSummaryRequest(Request):
    """Ask how a tier of the library stands."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"register": "reserve_provincial", "region": "350100"}]}
    )

    register_: RegisterCode = Field(
        alias="register", default="reserve_provincial", description="the tier, as a register"
    )
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    on: date | None = Field(default=None, description="as it stood on this day; null: today")


class ListReserve(ReserveSummaryRequest):
    """Ask for the projects of a tier; every filter narrows. In order of their ids."""

    stage: Word | None = Field(default=None, description="where the project stands")
    industry: str | None = Field(
        default=None, pattern=r"^\d{2,4}$", description="industry, the first digits of its code"
    )
    standing: Standing | None = Field(default=None, description="updated in the quarter of the day, or owed")
    limit: Limit
    cursor: Cursor


class ReserveGroup(Answer):
    """Projects of one kind."""

    key: str = Field(examples=["2822"])
    projects: int
    total_investment: Money


class CountyReserve(Answer):
    """A county-level unit against what each should have."""

    region: str
    region_name: Name = None
    name: str
    projects: int
    total_investment: Money
    short_by: int = Field(description="projects that are missing; 0: enough")


class ReserveSummary(Answer):
    """How a tier stands: against the library's total, county by county, and by industry and stage."""

    register_: str = Field(alias="register")
    on: date
    quarter: str = Field(description="of that day", examples=["2013-Q2"])
    projects: int
    total_investment: Money
    library_total: Money = Field(description="what the highest tier should add up to (TR-15), yuan")
    per_county: int = Field(description="projects of the highest tier that each county should have (TR-16)")
    counties_short: int = Field(description="counties that have fewer")
    updated: int = Field(description="looked at in the quarter")
    owed: int = Field(description="not looked at yet in the quarter")
    counties: list[CountyReserve]
    industries: list[ReserveGroup] = Field(description="by the first two digits of the industry's code")
    stages: list[ReserveGroup]


class ReserveEntry(Answer):
    """A project in the library."""

    project: str
    name: str
    region: str
    region_name: Name = None
    industry: str
    stage: str
    total_investment: Money
    register_: str = Field(alias="register")
    since: date
    standing: Standing = Field(description="whether it was looked at in the quarter of the day")
    last_quarter: str | None
    last_action: Action | None
    last_on: date | None
    recommended_for: list[str] = Field(description="schemes that its newest screening recommends it for")
    version: int = Field(
        description="counts the looks at it in this tier, as of now: send it along with yours", examples=[1]
    )


class ListReserveDrops(Request):
    """Ask what was taken out of the library; every filter narrows. In order of day, project and tier."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by_rule": True, "first_on": "2014-01-01", "last_on": "2014-01-31"}]}
    )

    register_: RegisterCode | None = Field(alias="register", default=None, description="of this tier only")
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    first_on: date | None = Field(default=None, description="on this day or later")
    last_on: date | None = Field(default=None, description="on this day or before")
    by_rule: bool | None = Field(
        default=None, description="true: by the rule for silence (连续未更新); false: by who keeps them"
    )
    limit: Limit
    cursor: Cursor


class ReserveDrop(Answer):
    """A stay that a look has ended."""

    project: str
    name: str
    region: str
    region_name: Name = None
    register_: str = Field(alias="register")
    on: date
    total_investment: Money = Field(description="the project's on that day, CNY (yuan)")
    reason: str
    by_rule: bool = Field(description="by the rule for silence, not by who keeps it")


class ReserveDropPage(Answer):
    """A page of what was taken out."""

    items: list[ReserveDrop]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int = Field(description="of all that the filters leave")


class ReservePage(Answer):
    """A page of the library."""

    items: list[ReserveEntry]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    total_investment: Money = Field(description="of all that the filters leave, yuan")
