"""What the province did about a month, as an answer and as a row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Column, Date, Table, Text
from sqlalchemy.dialects.postgresql import JSON

from services.projects.common.models import Answer
from services.projects.common.tables import metadata
from services.projects.reports.months.decisions import CloseReportingMonth, ReopenReportingMonth
from services.projects.reports.months.facts import Books
from shared.feature import Done
from shared.kept import Kept

# Most months in the list have no row, because the rule yields them; so no answer model defines this table.
TABLE = Table(
    "reporting_month",
    metadata,
    Column("month", Text, primary_key=True),
    Column("closed_on", Date),
    Column("reason", Text),
    Column("reopenings", JSON),
)


def row(state: Books) -> Mapping[str, Any]:
    """A month that the province did something about."""
    return {
        "month": state.month,
        "closed_on": state.closed_on,
        "reason": state.reason,
        "reopenings": [
            {"region": each.region, "until": each.until.isoformat(), "reason": each.reason}
            for each in state.reopenings
        ],
    }


KEPT: Kept[Books, Books] = Kept(TABLE, lambda state: {"": state} if state.month else {}, row)


class Consent(Answer):
    """A consent in force or past."""

    region: str | None = Field(description="for this city only; null: for all")
    until: date = Field(description="the last day")


class ReportingMonthChanged(Answer):
    """What the province has done about a month so far."""

    month: str
    closed_on: date | None = Field(description="null: only the rule closes it")
    reopenings: list[Consent] = Field(description="since the last closing, past ones too")


def answer(done: Done[Books, CloseReportingMonth | ReopenReportingMonth]) -> ReportingMonthChanged:
    """The answer to both commands: what the province has decided about the month so far."""
    return ReportingMonthChanged(
        month=done.command.month,
        closed_on=done.state.closed_on,
        reopenings=[Consent(region=each.region, until=each.until) for each in done.state.reopenings],
    )
