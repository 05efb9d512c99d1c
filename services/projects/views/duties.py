"""Duties, obligations and accounts as answers."""

from collections.abc import Iterable
from datetime import date

from services.projects.domain.duty import Duty, Instance, occasions
from services.projects.domain.duty_account import (
    DutyEntryWithdrawn,
    DutyEvent,
    DutyReceived,
    DutyWaived,
)
from services.projects.domain.duty_consequence import (
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
)
from services.projects.models import duties as models
from services.projects.obligations import Obligation
from shared.event_log import Event


def duty_view(duty: Duty, decided: Iterable[Instance]) -> models.DutyView:
    """A rule with its days."""
    rule = duty.follow_up
    return models.DutyView(
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
        else models.FollowUpRuleView(
            remind_days=list(rule.remind_days),
            missing_in_a_row=rule.missing_in_a_row,
            consequence=rule.consequence,
            source=rule.source,
        ),
        source=duty.source,
        confidence=duty.confidence,
        note=duty.note,
        occasions=[
            models.Occasion(period=each.period, due_on=each.due_on)
            for each in occasions(duty, tuple(decided))
        ],
    )


def obligation_view(one: Obligation, today: date, version: int | None = None) -> models.ObligationView:
    """One occasion as it stands today."""
    standing = one.standing(today)
    late = standing in ("late", "missing")
    return models.ObligationView(
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
        reminded_on=one.reminded_on,
        missed_on=one.missed_on,
        waiver_reason=one.waiver_reason,
        version=version,
    )


def account_event(event: DutyEvent, recorded: Event) -> models.AccountEvent:
    """One fact of an account's history."""
    match event:
        case DutyConsequenceDrawn():
            period = event.periods[-1]
        case DutyConsequenceCarriedOut() | DutyConsequenceLifted():
            period = event.last_period
        case _:
            period = event.period
    told = DutyReceived | DutyConsequenceCarriedOut
    return models.AccountEvent(
        type=recorded.type,
        period=period,
        recorded_at=recorded.recorded_at,
        position=recorded.position,
        reason=event.reason
        if isinstance(event, DutyWaived | DutyEntryWithdrawn | DutyConsequenceLifted)
        else None,
        evidence=event.evidence if isinstance(event, told) else None,
    )
