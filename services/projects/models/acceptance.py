"""Requests and answers about the acceptance of a register's built projects (验收, TR-14)."""

from datetime import date

from pydantic import ConfigDict, Field

from services.projects.domain.stages import Stage
from services.projects.models.base import (
    Answer,
    Cursor,
    Limit,
    Money,
    Name,
    RegionCode,
    RegisterCode,
    Request,
)


class RegisterAcceptance(Request):
    """Ask how a register's projects stand with their acceptance; those built and not accepted are listed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"register": "national_plan"}]})

    register_: RegisterCode = Field(alias="register")
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    limit: Limit
    cursor: Cursor


class AwaitingAcceptance(Answer):
    """A project that is built and not accepted."""

    project: str
    name: str
    region: str
    region_name: Name = None
    total_investment: Money
    stage: Stage
    producing_on: date = Field(description="the day it was put into production (投产)")
    due_on: date = Field(description="by when it should be accepted, by the rule in force today")
    days_overdue: int | None = Field(description="days since then; null: not overdue")
    reminders: int = Field(description="reminders sent to its city")
    reminded_on: date | None


class AcceptanceView(Answer):
    """The register as a whole, and a page of what awaits acceptance, the longest first."""

    register_: str = Field(alias="register")
    as_of: date
    projects: int = Field(description="in the register today")
    total_investment: Money = Field(description="of those, CNY (yuan)")
    under_construction: int = Field(description="started and not yet producing (在建)")
    awaiting: int = Field(description="producing and not accepted (建成待验收)")
    accepted: int = Field(description="accepted (已验收)")
    overdue: int = Field(description="of those awaiting, past their due day")
    items: list[AwaitingAcceptance]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
