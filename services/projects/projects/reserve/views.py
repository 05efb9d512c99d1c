"""The reserve library as answers, and as rows: the last look at each stay, the newest screenings, the drops."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Boolean, Column, Date, Table, Text

from services.projects.common.models import Answer, Money, Name
from services.projects.common.tables import MONEY, metadata
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.reserve.facts import Action, ProjectScreened, ReserveUpdated
from shared.kept import Kept

Standing = Literal["updated", "owed"]


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


class ReservePage(Answer):
    """A page of the library."""

    items: list[ReserveEntry]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    total_investment: Money = Field(description="of all that the filters leave, yuan")


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


UPDATE = Table(
    "reserve_update",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("quarter", Text),
    Column("action", Text),
    Column("on_day", Date),
    Column("reason", Text),
    Column("total_investment", MONEY),
)
SCREENING = Table(
    "screening",
    metadata,
    Column("project", Text, primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("recommended", Boolean),
    Column("on_day", Date),
)
DROP = Table(
    "reserve_drop",
    metadata,
    Column("project", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("on_day", Date, primary_key=True),
    Column("region", Text),
    Column("total_investment", MONEY),
    Column("reason", Text),
    Column("by_rule", Boolean),
)


def _looks(state: ProjectState) -> Mapping[str, ReserveUpdated]:
    """The last look at each tier."""
    return {look.register: look for look in state.reserve.updates} if isinstance(state, Project) else {}


def _drops(state: ProjectState) -> Mapping[tuple[str, date], ReserveUpdated]:
    if not isinstance(state, Project):
        return {}
    dropped = [look for look in state.reserve.updates if look.action is Action.DROPPED]
    return {(look.register, look.on): look for look in dropped}


def _screenings(state: ProjectState) -> Mapping[str, ProjectScreened]:
    return {each.scheme: each for each in state.reserve.screenings} if isinstance(state, Project) else {}


def _look_row(look: ReserveUpdated) -> Mapping[str, Any]:
    return {
        "project": look.project,
        "register": look.register,
        "quarter": look.quarter,
        "action": look.action.value,
        "on_day": look.on,
        "reason": look.reason,
        "total_investment": look.total_investment,
    }


def _drop_row(look: ReserveUpdated) -> Mapping[str, Any]:
    return {
        "project": look.project,
        "register": look.register,
        "on_day": look.on,
        "region": look.region,
        "total_investment": look.total_investment,
        "reason": look.reason,
        "by_rule": look.by_rule,
    }


def _screening_row(screened: ProjectScreened) -> Mapping[str, Any]:
    return {
        "project": screened.project,
        "scheme": screened.scheme,
        "recommended": screened.recommended,
        "on_day": screened.on,
    }


KEPT: tuple[Kept[ProjectState, Any], ...] = (
    Kept(UPDATE, _looks, _look_row),
    Kept(SCREENING, _screenings, _screening_row),
    Kept(DROP, _drops, _drop_row),
)
