"""Requests and answers about cohorts of contract years (PM-2, PM-4), ."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from services.projects.domain.investor import InvestorKind
from services.projects.models.base import Answer, Cursor, Limit, Money, RegionCode, Request


class CloseCohort(Request):
    """A contract year is over: its projects are kept as a cohort for ever."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"investor_kind": "private", "year": 2012}]})

    investor_kind: InvestorKind = Field(description="central_soe 央企, private 民企, foreign 外资")
    year: int = Field(ge=2000, le=2099, description="year of the contracts", examples=[2012])


class GetCohort(Request):
    """Ask how a contract year's cohort stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"investor_kind": "private", "year": 2012}]})

    investor_kind: InvestorKind = Field(description="central_soe 央企, private 民企, foreign 外资")
    year: int = Field(ge=2000, le=2099, description="year of the contracts", examples=[2012])
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    on: date | None = Field(default=None, description="as of this day; without it today")


class CohortView(Answer):
    """A contract year's cohort and its start rate (开工率), by project count."""

    cohort: str = Field(examples=["private:2012"])
    investor_kind: InvestorKind
    year: int
    as_of: date
    closed_on: date | None = Field(description="null: open, its members may still change")
    members: int
    formally_ended: int = Field(description="of them formally ended: they no longer count")
    counted: int = Field(description="members less the formally ended: the denominator")
    started: int = Field(description="of those counted, ever started (开工); exits stay in")
    exits: int = Field(description="of those counted, left the tracking (退出跟踪)")
    start_rate_percent: Decimal | None = Field(
        description="started of counted, two decimals; null: none counts"
    )
    contracts: Money = Field(description="sum of the members' contracts, CNY (yuan)")
    late_contracts: int = Field(
        description="contracts of the year that became known after it was closed: no members"
    )


class ListCohortMembers(Request):
    """Ask for the projects of a contract year's cohort, in order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"investor_kind": "private", "year": 2012}]})

    investor_kind: InvestorKind = Field(description="central_soe 央企, private 民企, foreign 外资")
    year: int = Field(ge=2000, le=2099, description="year of the contracts", examples=[2012])
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    standing: Literal["not_started", "started", "exited", "formally_ended", "late"] | None = Field(
        default=None, description="those that stand so only"
    )
    on: date | None = Field(default=None, description="as of this day; without it today")
    limit: Limit
    cursor: Cursor


class CohortMemberView(Answer):
    """A project of the cohort, and how it stands."""

    project: str
    name: str
    region: str
    contracted_on: date
    amount: Money | None = Field(description="of the contract, CNY (yuan); null: not said")
    standing: Literal["not_started", "started", "exited", "formally_ended", "late"] = Field(
        description="exited: left the tracking, counts on; late: found after the closing, no member"
    )
    started_on: date | None = Field(description="null: not started by that day")
    exited_on: date | None = Field(description="left the tracking (退出跟踪)")
    formally_ended_on: date | None = Field(description="counts no longer (正式终止)")
    found_on: date | None = Field(description="when a late contract became known; null: a member")


class CohortMemberPage(Answer):
    """A page of members, late contracts among them."""

    cohort: str = Field(examples=["private:2012"])
    as_of: date
    closed_on: date | None = Field(description="null: open, its members may still change")
    items: list[CohortMemberView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ClosedCohort(Answer):
    """A cohort that is closed."""

    cohort: str = Field(examples=["private:2012"])
    closed_on: date
    members: int
