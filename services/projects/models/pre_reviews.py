"""Requests and answers about the joint pre-review (预审, PM-13b, PM-19)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Name,
    Note,
    ProjectId,
    RegionCode,
    ReportedBy,
    Request,
)

Department = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z_]{0,59}$"),
    Field(description="department, by its id in the plan", examples=["land_resources_department"]),
]


class OpenPreReview(Request):
    """A returned project is brought before the departments again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"project": "FZ-2013-017"}]})

    project: ProjectId
    on: date | None = Field(default=None, description="the day of it; without it today")


class GiveOpinion(Request):
    """A department's opinion in the open round."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "department": "land_resources_department",
                    "view": "agrees_with_conditions",
                    "reason": "用地指标落实后供地",
                    "evidence": "闽国土预审〔2013〕21号",
                }
            ]
        }
    )

    project: ProjectId
    department: Department
    view: Literal["agrees", "agrees_with_conditions", "objects"] = Field(
        description="what the department thinks of it"
    )
    reason: Note = Field(default="", description="the condition, or why it objects")
    evidence: Evidence
    on: date | None = Field(default=None, description="the day of the opinion; without it today")


class ConcludePreReview(Request):
    """The lead's conclusion of the open round."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"project": "FZ-2013-017", "result": "passed", "evidence": "闽发改预审〔2013〕9号"}]
        }
    )

    project: ProjectId
    result: Literal["passed", "returned"] = Field(
        description="passed: the project is pre-reviewed; returned: it may be brought again"
    )
    reason: Note = Field(default="", description="why; needed to return it, or to pass it over an objection")
    evidence: Evidence
    on: date | None = Field(default=None, description="the day of the conclusion; without it today")
    reported_by: ReportedBy


class ListPreReviews(Request):
    """Ask for rounds of pre-reviews; every filter narrows. In order of due day, project and round."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"standing": "overdue"}]})

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    department: Department | None = Field(default=None, description="that this department still owes")
    standing: Literal["open", "overdue", "passed", "returned"] | None = Field(
        default=None, description="overdue: open, and an opinion should have come before today"
    )
    limit: Limit
    cursor: Cursor


class PreReviewSummary(Answer):
    """A round of a pre-review."""

    project: str
    project_name: Name = None
    round: int
    region: str
    region_name: Name = None
    lead: str = Field(description="department that concludes")
    opened_on: date
    due_on: date = Field(description="last day for the opinions")
    departments: list[str]
    missing: list[str] = Field(description="departments without an opinion")
    standing: Literal["open", "overdue", "passed", "returned"]
    days_overdue: int | None = Field(description="days since the due day; null: not overdue")
    concluded_on: date | None
    reason: str | None = Field(description="of the conclusion")


class PreReviewPage(Answer):
    """A page of rounds."""

    items: list[PreReviewSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class OpinionView(Answer):
    """A department's opinion."""

    department: str
    view: Literal["agrees", "agrees_with_conditions", "objects"]
    on: date
    late: bool = Field(description="given after the due day")
    reason: str
    evidence: str


class PreReviewView(Answer):
    """The newest round of a project, with what was said."""

    project: str
    project_name: Name = None
    round: int
    region: str
    region_name: Name = None
    lead: str
    opened_on: date
    due_on: date
    departments: list[str]
    missing: list[str] = Field(description="departments without an opinion")
    overdue: list[str] = Field(description="those of them whose day has passed")
    opinions: list[OpinionView]
    result: Literal["passed", "returned"] | None = Field(description="null: not concluded")
    concluded_on: date | None
    reason: str | None


class GetPreReview(Request):
    """Ask for the newest round of a project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"project": "FZ-2013-017"}]})

    project: ProjectId
