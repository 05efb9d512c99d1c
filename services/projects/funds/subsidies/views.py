"""Applications as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Column, Text

from services.projects.common.models import Answer, Money, Name, Version
from services.projects.common.tables import metadata
from services.projects.funds.facts import Fund, FundState
from services.projects.funds.subsidies.decisions.commands import SubsidyCommand
from services.projects.funds.subsidies.facts import Application, Status
from services.projects.funds.terms import Aid, Base
from services.projects.funds.views import Quantity
from shared.feature import Done
from shared.kept import Kept
from shared.table_of import table_of


class SubsidySummary(Answer):
    """An application as a list shows it."""

    application: str
    fund: str
    fund_name: Name = None
    project: str
    project_name: Name = None
    region: str
    region_name: Name = None
    enterprise: str | None
    enterprise_name: Name = None
    aid: Aid
    base_kind: Base | None
    base: Quantity | None = Field(description="yuan, or tce a year; as audited, if it was")
    entitlement: Money = Field(description="what the terms give for the base, or what is asked")
    reserved: Money
    committed: Money
    paid: Money
    status: Status
    requested_on: date
    last_on: date = Field(description="day of the last decision")
    version: Version = None


class CriterionView(Answer):
    """A criterion met, and what shows it."""

    criterion: str
    evidence: str


class SubsidyView(SubsidySummary):
    """An application with what it rests on."""

    evidence: str
    criteria: list[CriterionView]
    requested_by: str
    confirmed: bool
    note: str


TABLE = table_of(
    "subsidy",
    metadata,
    SubsidySummary,
    key=("fund", "application"),
    # The database generates the status from the other columns.
    without=("status", "version", "fund_name", "project_name", "region_name", "enterprise_name"),
    more=(Column("closed", Text),),
)


def row(known: Application) -> Mapping[str, Any]:
    """An application as it stands in the list."""
    asked = known.requested
    return {
        "application": asked.application,
        "fund": asked.fund,
        "project": asked.project,
        "region": asked.region,
        "enterprise": asked.enterprise,
        "aid": asked.aid,
        "base_kind": asked.base_kind,
        "base": known.base,
        "entitlement": known.entitlement,
        "reserved": known.reserved,
        "committed": known.committed,
        "paid": known.paid,
        "closed": known.closed,
        "requested_on": asked.on,
        "last_on": known.last_on,
    }


def _applications(state: FundState) -> Mapping[Any, Application]:
    return state.applications if isinstance(state, Fund) else {}


KEPT: Kept[FundState, Application] = Kept(TABLE, _applications, row)


def view(known: Application, version: int | None = None) -> SubsidyView:
    """An application with what it rests on."""
    asked = known.requested
    shown = {name: value for name, value in row(known).items() if name != "closed"}
    return SubsidyView(
        **shown,
        status=known.status,
        version=version,
        evidence=asked.evidence,
        criteria=[CriterionView(criterion=each.criterion, evidence=each.evidence) for each in asked.criteria],
        requested_by=asked.requested_by,
        confirmed=asked.confirmed,
        note=asked.note,
    )


def answer(done: Done[FundState, SubsidyCommand]) -> SubsidyView:
    """The answer to every command on an application. Raises KeyError if there is none."""
    return view(_applications(done.state)[done.command.application])
