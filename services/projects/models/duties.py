"""Requests and answers about duties (报送义务): the rules, who owes what, and what was done about it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Name,
    RegionCode,
    ReportedBy,
    Request,
    SeenVersion,
    ShortText,
    Version,
)
from services.projects.models.plan import PERIOD

DutyId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$"),
    Field(description="duty, as the plan's calendar names it", examples=["TR-18"]),
]
DutyPeriod = Annotated[
    str,
    StringConstraints(pattern=PERIOD),
    Field(description="the period it is for: a year, a month or a quarter", examples=["2013-Q1"]),
]
ConsequenceName = Literal["named_in_bulletin", "summoned"]
StandingName = Literal["received", "late", "missing", "waived", "not_due"]
_OCCASION: dict[str, Any] = {"duty": "TR-18", "region": "350100", "period": "2013-Q1"}


class ListDuties(Request):
    """Ask for the rules of the calendar."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "fujian-2013"}]})

    plan: str | None = Field(default=None, max_length=63, description="of this plan only")
    duty: DutyId | None = Field(default=None, description="this one only")
    limit: Limit
    cursor: Cursor


class DutyCalendar(Request):
    """Ask who owes what by when, and how it stands by the Clock."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_due": "2013-02-01", "last_due": "2013-03-31"}]}
    )

    region: RegionCode | None = Field(default=None, description="owed by it or what lies under it")
    duty: DutyId | None = Field(default=None, description="under this duty only")
    standing: StandingName | None = Field(default=None, description="what stands so only")
    first_due: date | None = Field(default=None, description="due on this day or later")
    last_due: date | None = Field(default=None, description="due on this day or earlier")
    limit: Limit
    cursor: Cursor


class GetDutyAccount(Request):
    """Ask for all that is known of one duty of one region."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"duty": "TR-18", "region": "350100"}]})

    duty: DutyId
    region: RegionCode


class HandInDuty(Request):
    """What a region owes, handed in by reference to the document."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OCCASION, "evidence": "榕经贸技改〔2013〕31号"}]}
    )

    duty: DutyId
    region: RegionCode
    period: DutyPeriod
    version: SeenVersion
    evidence: Evidence
    received_on: date | None = Field(default=None, description="the day it was received, if not today")
    reported_by: ReportedBy


class WaiveDuty(Request):
    """Let a region off for a period (豁免)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OCCASION, "reason": "台风停工"}]})

    duty: DutyId
    region: RegionCode
    period: DutyPeriod
    version: SeenVersion
    reason: ShortText


class WithdrawDutyEntry(Request):
    """Take back a receipt or a waiver that was wrong: the period stands open again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OCCASION, "reason": "文号有误"}]})

    duty: DutyId
    region: RegionCode
    period: DutyPeriod
    version: SeenVersion
    reason: ShortText


class SetDutyDay(Request):
    """Set the day of a duty for which the plan prints none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan": "fujian-2013",
                    "duty": "TR-22",
                    "period": "2013-Q2",
                    "due_on": "2013-06-20",
                    "reason": "银企对接会之前",
                }
            ]
        }
    )

    plan: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="the plan's id")
    duty: DutyId
    period: DutyPeriod
    due_on: date = Field(description="the last day on which it is met in time")
    reason: ShortText


class Occasion(Answer):
    """One day of a duty."""

    period: str
    due_on: date


class FollowUpRuleView(Answer):
    """How a duty is followed up (催报)."""

    remind_days: list[int] = Field(description="reminders so many days before it is due")
    missing_in_a_row: int | None = Field(description="so many periods missing lead to the consequence")
    consequence: ConsequenceName | None = Field(
        description="通报批评: by the next bulletin; 约谈: for people to carry out"
    )
    source: str = Field(description="where the rule comes from")


class DutyView(Answer):
    """One rule of the calendar with its days."""

    plan: str
    duty: str
    rows: list[str] = Field(description="rows of the plan that say so")
    name: str
    term: str
    kind: str
    who: str
    to: str | None
    levels: list[str] = Field(description="levels of regions that owe it")
    recurrence: str
    rule: str = Field(description="how its days are found; `configuration`: an operator sets them")
    roll: Literal["none"] = Field(description="no due day rolls to a working day (X-23)")
    skips: list[str] = Field(description="periods for which nothing is owed (X-17)")
    carried_by: str | None = Field(description="the act that carries it out; null: handed in by reference")
    follow_up: FollowUpRuleView | None
    source: str
    confidence: str
    note: str
    occasions: list[Occasion]


class DutyPage(Answer):
    """A page of rules."""

    items: list[DutyView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ObligationView(Answer):
    """One occasion of a duty for one region, and how it stands."""

    plan: str
    duty: str
    term: str
    region: str
    region_name: Name = None
    period: str
    due_on: date
    standing: StandingName
    received_on: date | None
    evidence: str | None
    days_late: int | None = Field(description="days after the due day, of what was received or so far")
    reminded_on: date | None = Field(description="the newest reminder")
    missed_on: date | None = Field(description="the day on which it was found missing")
    waiver_reason: str | None
    version: Version = None


class ConsequenceView(Answer):
    """What periods missing in a row have led to."""

    duty: str
    region: str
    region_name: Name = None
    first_period: str
    last_period: str
    periods: int
    consequence: ConsequenceName
    drawn_on: date
    carried_out_on: date | None = Field(description="when it had its effect; null: not yet")
    evidence: str | None = Field(description="the bulletin that names the region", examples=["〔2013〕第3期"])
    lifted_on: date | None = Field(description="when it was undone; null: it holds")
    lift_reason: str | None = Field(description="why", examples=["2013-02 handed in"])


class StandingCounts(Answer):
    """How many occasions of the whole list, not of the page, stand how."""

    received: int
    late: int
    missing: int
    waived: int
    not_due: int


class DutyCalendarPage(Answer):
    """A page of the calendar in order of due day, duty and region."""

    as_of: date = Field(description="today by the Clock")
    items: list[ObligationView]
    counts: StandingCounts | None = Field(description="of all pages; with the first page only")
    consequences: list[ConsequenceView] = Field(
        description="of the regions and duties asked for, newest first; with the first page only"
    )
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class AccountEvent(Answer):
    """One fact of an account."""

    type: str = Field(examples=["DutyReminded"])
    period: str = Field(description="the period it is about; of a consequence: the last")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    position: int = Field(description="position of the event in the log of this service")
    reason: str | None
    evidence: str | None


class DutyAccountView(Answer):
    """What a region owes under a duty, period by period, and all that was done about it."""

    duty: str
    region: str
    region_name: Name = None
    as_of: date
    obligations: list[ObligationView]
    history: list[AccountEvent]


class DutyDaysView(Answer):
    """The days of a duty that operators have set."""

    plan: str
    duty: str
    days: list[Occasion]
