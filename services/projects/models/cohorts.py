"""Requests and answers about cohorts of contract years (PM-2, PM-4), and counts of projects (TR-4, TR-5, TR-11)."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from services.projects.domain.investor import FocusSector, InvestorCategory, InvestorKind
from services.projects.models.base import Answer, Cursor, Limit, Money, RegionCode, RegisterCode, Request
from services.projects.models.projects import ProgrammeCode, TagCode


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


class CountProjects(Request):
    """Ask how many projects there are and how far they came in a span of days; every filter narrows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"register": "provincial_key", "first_day": "2013-01-01", "last_day": "2013-03-31"}]
        }
    )

    first_day: date = Field(description="first day of the span", examples=["2013-01-01"])
    last_day: date = Field(description="last day of the span", examples=["2013-03-31"])
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    register_: RegisterCode | None = Field(
        default=None, alias="register", description="in this register on some day of the span"
    )
    programme: ProgrammeCode | None = Field(default=None, description="in this programme")
    tag: TagCode | None = Field(default=None, description="that counts for this (X-9)")
    investor_kind: InvestorKind | None = Field(default=None, description="of this kind of investor")
    category: InvestorCategory | None = Field(default=None, description="whose investor is known as this")
    focus_sector: FocusSector | None = Field(default=None, description="of this focus sector (PM-7)")
    eastern: bool | None = Field(
        default=None, description="whose investor is from an eastern province (PM-7)"
    )


class ProjectCounts(Answer):
    """Distinct projects; a project counts once in each number."""

    first_day: date
    last_day: date
    projects: int = Field(description="that are known, by the filters")
    total_investment: Money = Field(description="of those, CNY (yuan)")
    contracts: int = Field(description="signed their contract (合同) in the span")
    contract_amount: Money = Field(description="of those contracts, CNY (yuan)")
    started: int = Field(description="started (开工) in the span")
    partly_producing: int = Field(description="came into partial production (部分投产) in the span")
    producing: int = Field(description="were put into production (投产) in the span")
    started_or_producing: int = Field(
        description="started or were put into production in the span: each project once (TR-11, X-12)"
    )
    accepted: int = Field(description="were accepted (验收) in the span")
    terminated: int = Field(description="were given up (终止) in the span")
    position: int = Field(description="of this service's log, up to which the counts go")


class ClosedCohort(Answer):
    """A cohort that is closed."""

    cohort: str = Field(examples=["private:2012"])
    closed_on: date
    members: int
