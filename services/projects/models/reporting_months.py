"""Requests and answers about the books of reporting months (报告期, 关账)."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from services.projects.models.base import Answer, Cursor, Limit, Month, RegionCode, Request, ShortText


class CloseReportingMonth(Request):
    """Close a month of the cities' reports before its day by the rule, or after a reopening."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"month": "2013-02", "reason": "月通报已印发"}]}
    )

    month: Month
    reason: ShortText = Field(description="why it is closed now", examples=["月通报已印发"])


class ReopenReportingMonth(Request):
    """Let reports and corrections of a closed month in again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"month": "2013-02", "region": "350100", "until": "2013-09-30", "reason": "永泰县补报"}
            ]
        }
    )

    month: Month
    region: RegionCode | None = Field(default=None, description="for this city only; without it for all")
    until: date = Field(description="the last day on which they may come", examples=["2013-09-30"])
    reason: ShortText = Field(description="why", examples=["永泰县补报"])


class ListReportingMonths(Request):
    """Ask which months are open, in order of month."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_month": "2013-01", "last_month": "2013-06"}]}
    )

    region: RegionCode | None = Field(
        default=None, description="how they stand for this city; without it for all cities"
    )
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")
    limit: Limit
    cursor: Cursor


class ReopeningView(Answer):
    """The province's consent to late reports and corrections."""

    region: str | None = Field(description="for this city only; null: for all")
    until: date = Field(description="the last day")
    reason: str


class ReportingMonthView(Answer):
    """How the books of a month stand by the Clock."""

    month: str
    standing: Literal["open", "closed", "reopened"]
    due_on: date = Field(description="the day its reports are due")
    open_until: date | None = Field(
        description="the last day on which it is open by the rule; null: no rule closes it"
    )
    closed_since: date | None = Field(description="null: open")
    closing_reason: str | None = Field(description="why the province closed it; null: it didn't")
    reopened_until: date | None = Field(description="for whom was asked; null: no consent holds")
    reopenings: list[ReopeningView] = Field(description="since the last closing, past ones too")


class ReportingMonthPage(Answer):
    """A page of months."""

    as_of: date = Field(description="today by the Clock")
    items: list[ReportingMonthView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class Consent(Answer):
    """A consent in force or past."""

    region: str | None = Field(description="for this city only; null: for all")
    until: date = Field(description="the last day")


class ReportingMonthChanged(Answer):
    """What the province has done about a month so far."""

    month: str
    closed_on: date | None = Field(description="null: only the rule closes it")
    reopenings: list[Consent] = Field(description="since the last closing, past ones too")
