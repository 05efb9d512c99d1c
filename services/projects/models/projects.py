"""Requests and answers about projects (项目), their stages and registers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.domain.stages import Stage
from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Money,
    Note,
    ProjectId,
    RegionCode,
    RegisterCode,
    ReportedBy,
    Request,
    ShortText,
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
