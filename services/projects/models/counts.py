"""Requests and answers about counts of projects (TR-4, TR-5, TR-11), as a whole and broken down."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from services.projects.domain.investor import FocusSector, InvestorCategory, InvestorKind
from services.projects.models.base import Answer, Money, RegionCode, RegisterCode, Request
from services.projects.models.projects import DepartmentCode, ProgrammeCode, TagCode


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
    department: DepartmentCode | None = Field(
        default=None, description="whose kind of investor is this department's (PM-17)"
    )
    focus_sector: FocusSector | None = Field(default=None, description="of this focus sector (PM-7)")
    eastern: bool | None = Field(
        default=None, description="whose investor is from an eastern province (PM-7)"
    )


class CountProjectsBy(CountProjects):
    """The same, one count for each city, field, technology or department."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"by": "city", "programme": "TR", "first_day": "2013-01-01", "last_day": "2013-03-31"}
            ]
        }
    )

    by: Literal["city", "field", "technology", "department"] = Field(
        description="city: those that report, Pingtan too (PM-18); field: tags of the programmes; technology: tags of "
        "a field (EI-22), of `tag` if that is given; department: whose projects they are (PM-17)",
        examples=["city"],
    )


class ProjectsReached(Answer):
    """How many distinct projects, and how far they came in the span; a project counts once in each number."""

    projects: int = Field(description="that are known, by the filters")
    total_investment: Money = Field(description="of those, CNY (yuan)")
    saving_expected: Decimal = Field(description="what those of them should save, tce a year (EN-15b)")
    saving_verified: Decimal = Field(description="what those of them were found to save, tce a year (EN-15b)")
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


class ProjectCounts(ProjectsReached):
    """Distinct projects; a project counts once in each number."""

    first_day: date
    last_day: date
    position: int = Field(description="of this service's log, up to which the counts go")


class CountedFor(ProjectsReached):
    """The counts of one city, field, technology or department."""

    key: str = Field(description="its code", examples=["350100"])
    name: str = Field(description="what it is called; the code where it has no name", examples=["福州市"])


class ProjectCountsBy(Answer):
    """A count for each, and of all of them together: a project of two technologies is in `total` once."""

    by: str
    first_day: date
    last_day: date
    items: list[CountedFor] = Field(description="in order of their keys; those without a project too")
    total: ProjectsReached
    position: int = Field(description="of this service's log, up to which the counts go")
