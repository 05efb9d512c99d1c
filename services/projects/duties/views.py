"""Duties, obligations and accounts as answers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from services.projects.common.duty import Consequence, Duty, Instance, Standing, occasions
from services.projects.common.models import Answer, Name, Version
from services.projects.duties.decisions import OccasionCommand
from services.projects.duties.facts import (
    Account,
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
    DutyEntryWithdrawn,
    DutyEvent,
    DutyReceived,
    DutyWaived,
)
from services.projects.duties.obligations import Known, Obligation
from shared.event_log import Event
from shared.feature import Done


class Occasion(Answer):
    """One day of a duty."""

    period: str
    due_on: date


class FollowUpRuleView(Answer):
    """How a duty is followed up (催报)."""

    remind_days: list[int] = Field(description="reminders so many days before it is due")
    missing_in_a_row: int | None = Field(description="so many periods missing lead to the consequence")
    consequence: Consequence | None = Field(
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


class ObligationView(Answer):
    """One occasion of a duty for one region, and how it stands."""

    plan: str
    duty: str
    term: str
    region: str
    region_name: Name = None
    period: str
    due_on: date
    standing: Standing
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
    consequence: Consequence
    drawn_on: date
    carried_out_on: date | None = Field(description="when it had its effect; null: not yet")
    evidence: str | None = Field(description="the bulletin that names the region", examples=["〔2013〕第3期"])
    lifted_on: date | None = Field(description="when it was undone; null: it holds")
    lift_reason: str | None = Field(description="why", examples=["2013-02 handed in"])


class AccountEvent(Answer):
    """One fact of an account."""

    type: str = Field(examples=["DutyReminded"])
    period: str = Field(description="the period it is about; of a consequence: the last")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    position: int = Field(description="position of the event in the log of this service")
    reason: str | None
    evidence: str | None


class DutyDaysView(Answer):
    """The days of a duty that operators have set."""

    plan: str
    duty: str
    days: list[Occasion]


def answer(done: Done[Account, OccasionCommand]) -> ObligationView:
    """The answer to a command on an occasion. Raises TypeError if nothing is owed: the decision refused that."""
    if not isinstance(done.given, Known) or done.given.obligation is None:
        raise TypeError("nothing is owed")
    one = replace(done.given.obligation, entry=done.state.entry(done.command.period))
    return obligation_view(one, done.given.today)


def duty_view(duty: Duty, decided: Iterable[Instance]) -> DutyView:
    """A rule with its days."""
    rule = duty.follow_up
    return DutyView(
        plan=duty.plan,
        duty=duty.duty,
        rows=list(duty.rows),
        name=duty.name,
        term=duty.term,
        kind=duty.kind,
        who=duty.who,
        to=duty.to,
        levels=list(duty.levels),
        recurrence=duty.recurrence,
        rule=duty.due.rule,
        roll="none",
        skips=list(duty.skips),
        carried_by=duty.carried_by,
        follow_up=None
        if rule is None
        else FollowUpRuleView(
            remind_days=list(rule.remind_days),
            missing_in_a_row=rule.missing_in_a_row,
            consequence=rule.consequence,
            source=rule.source,
        ),
        source=duty.source,
        confidence=duty.confidence,
        note=duty.note,
        occasions=[
            Occasion(period=each.period, due_on=each.due_on) for each in occasions(duty, tuple(decided))
        ],
    )


def obligation_view(one: Obligation, today: date, version: int | None = None) -> ObligationView:
    """One occasion as it stands today."""
    standing = one.standing(today)
    late = standing in ("late", "missing")
    return ObligationView(
        plan=one.duty.plan,
        duty=one.duty.duty,
        term=one.duty.term,
        region=one.region.code,
        period=one.period,
        due_on=one.due_on,
        standing=standing,
        received_on=one.received_on,
        evidence=one.evidence,
        days_late=((one.received_on or today) - one.due_on).days if late else None,
        reminded_on=one.entry.reminded_on,
        missed_on=one.entry.missed_on,
        waiver_reason=one.entry.waiver_reason,
        version=version,
    )


def account_event(event: DutyEvent, recorded: Event) -> AccountEvent:
    """One fact of an account's history."""
    match event:
        case DutyConsequenceDrawn():
            period = event.periods[-1]
        case DutyConsequenceCarriedOut() | DutyConsequenceLifted():
            period = event.last_period
        case _:
            period = event.period
    told = DutyReceived | DutyConsequenceCarriedOut
    return AccountEvent(
        type=recorded.type,
        period=period,
        recorded_at=recorded.recorded_at,
        position=recorded.position,
        reason=event.reason
        if isinstance(event, DutyWaived | DutyEntryWithdrawn | DutyConsequenceLifted)
        else None,
        evidence=event.evidence if isinstance(event, told) else None,
    )
