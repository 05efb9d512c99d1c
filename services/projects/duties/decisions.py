"""Decisions on the occasions of a duty: receipts, waivers, reminders (催报), consequences of missing it (逾期后果)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Annotated, Any, Literal

from services.projects.common.duty import FollowUp
from services.projects.common.refusal import Refused
from services.projects.common.values import Evidence, RegionCode, ReportedBy, SeenVersion, ShortText
from services.projects.duties.facts import (
    INITIAL,
    Account,
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
    DutyEntryWithdrawn,
    DutyEvent,
    DutyMissed,
    DutyReceived,
    DutyReminded,
    DutyWaived,
    Entry,
    evolve,
    stream,
)
from shared.command import Given, command, decider
from shared.values import Says, Text

DutyId = Annotated[
    str,
    Text(
        pattern=r"^[A-Za-z0-9._-]{1,40}$",
        description="duty, as the plan's calendar names it",
        example="TR-18",
    ),
]
DutyPeriod = Annotated[
    str,
    Text(
        pattern=r"^(19|20)\d{2}(-((0[1-9]|1[0-2])|Q[1-4]))?$",
        description="the period it is for: a year, a month or a quarter",
        example="2013-Q1",
    ),
]
_OCCASION: dict[str, Any] = {"duty": "TR-18", "region": "350100", "period": "2013-Q1"}


@command(example={**_OCCASION, "evidence": "榕经贸技改〔2013〕31号"})
class HandInDuty:
    """What a region owes, handed in by reference to the document."""

    duty: DutyId
    region: RegionCode
    period: DutyPeriod
    version: SeenVersion = None
    evidence: Evidence
    received_on: Annotated[date | None, Says(description="the day it was received, if not today")] = None
    reported_by: ReportedBy = None


@command(example={**_OCCASION, "reason": "台风停工"})
class WaiveDuty:
    """Let a region off for a period (豁免)."""

    duty: DutyId
    region: RegionCode
    period: DutyPeriod
    version: SeenVersion = None
    reason: ShortText


@command(example={**_OCCASION, "reason": "文号有误"})
class WithdrawDutyEntry:
    """Take back a receipt or a waiver that was wrong: the period stands open again."""

    duty: DutyId
    region: RegionCode
    period: DutyPeriod
    version: SeenVersion = None
    reason: ShortText


@dataclass(frozen=True, slots=True)
class Owed:
    """One occasion of the duty. `carried_out_on`: day of the act that carried it out (`Duty.carried_by`), if any."""

    period: str
    due_on: date
    carried_out_on: date | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """The key of an account: a duty of a plan, and the region that owes it."""

    plan: str
    duty: str
    region: str


@dataclass(frozen=True, slots=True)
class FollowUpOn:
    """Follow up the account today. `owed`: all its occasions up to the last that may need a reminder."""

    key: Key
    owed: tuple[Owed, ...]
    rule: FollowUp


@dataclass(frozen=True, slots=True)
class CarryOut:
    """Record that the consequence of the run ending with period `last` was carried out by a bulletin."""

    key: Key
    last: str
    evidence: str
    document_period: str | None = None


OccasionCommand = HandInDuty | WaiveDuty | WithdrawDutyEntry
DutyCommand = OccasionCommand | FollowUpOn | CarryOut


@dataclass(frozen=True, slots=True, kw_only=True)
class OnOccasion(Given):
    """The duty's plan, and what is owed (None: nothing). `carried_by`: the only act that can carry it out."""

    plan: str
    owed: Owed | None
    carried_by: str | None = None


def account_stream(command: DutyCommand) -> str:
    """The stream of the account that a command is about."""
    of = command.key if isinstance(command, FollowUpOn | CarryOut) else command
    return stream(of.duty, of.region)


def decide(command: DutyCommand, state: Account, given: Given) -> Sequence[DutyEvent]:
    """The events of a command, or Refused."""
    match (command, given):
        case (HandInDuty(), OnOccasion()):
            return _receive(command, state, given)
        case (WaiveDuty(), OnOccasion()):
            return _waive(command, state, given)
        case (WithdrawDutyEntry(), OnOccasion()):
            return _withdraw(command, state, given)
        case (FollowUpOn(), _):
            found = _open(command, state, given.today)
            lifted = _lifted(command, state, given.today)
            return [*found, *lifted, *_consequences(command, reduce(evolve, found, state), given.today)]
        case (CarryOut(), _):
            return _carried_out(command, state, given.today)
        case _:
            raise TypeError(f"{type(command).__name__} is decided on its occasion")


DUTY_ACCOUNT = decider(INITIAL, decide, evolve)


def _receive(command: HandInDuty, state: Account, given: OnOccasion) -> Sequence[DutyEvent]:
    owed, entry = _owed(command, given), state.entry(command.period)
    received_on = command.received_on or given.today
    if given.carried_by is not None:
        raise Refused(
            f"{command.duty} is carried out by an act of its own ({given.carried_by}), not by reference.",
            code="carried-by",
            status=409,
            where="duty",
            remedy="Do that: it counts as received with it.",
        )
    if received_on > given.today:
        raise Refused(
            f"It can't have been received on {received_on}: today is {given.today}.",
            code="future-date",
            where="received_on",
            remedy="Give the day on which it came, or leave it out for today.",
        )
    if entry.received_on is not None:
        if (entry.received_on, entry.evidence) == (received_on, command.evidence):
            return []
        raise Refused(
            f"{command.region} handed {command.duty} in for {command.period} on {entry.received_on} "
            f"({entry.evidence}).",
            code="already-received",
            status=409,
            where="period",
            remedy="If that was wrong, withdraw it with the reason and hand it in again.",
        )
    return [
        DutyReceived(
            plan=given.plan,
            duty=command.duty,
            region=command.region,
            period=command.period,
            due_on=owed.due_on,
            received_on=received_on,
            late=received_on > owed.due_on,
            evidence=command.evidence,
            reported_by=command.reported_by or given.by,
        )
    ]


def _waive(command: WaiveDuty, state: Account, given: OnOccasion) -> Sequence[DutyEvent]:
    owed, entry = _owed(command, given), state.entry(command.period)
    if entry.waived:
        return []
    if entry.received_on is not None or owed.carried_out_on is not None:
        raise Refused(
            f"{command.region} has handed {command.duty} in for {command.period}: there is nothing to waive.",
            code="already-received",
            status=409,
            where="period",
        )
    return [
        DutyWaived(
            plan=given.plan,
            duty=command.duty,
            region=command.region,
            period=command.period,
            due_on=owed.due_on,
            on=given.today,
            reason=command.reason,
        )
    ]


def _withdraw(command: WithdrawDutyEntry, state: Account, given: OnOccasion) -> Sequence[DutyEvent]:
    _owed(command, given)
    entry = state.entry(command.period)
    what: Literal["received", "waived"]
    if entry.waived:
        what = "waived"
    elif entry.received_on is not None:
        what = "received"
    else:
        raise Refused(
            f"For {command.period} nothing was handed in by reference and nothing waived.",
            code="nothing-to-withdraw",
            status=409,
            where="period",
            remedy="A monthly report is withdrawn itself (POST /reports/{region}/{month}/withdrawal); an issued "
            "document is corrected.",
        )
    return [
        DutyEntryWithdrawn(
            plan=given.plan,
            duty=command.duty,
            region=command.region,
            period=command.period,
            what=what,
            on=given.today,
            reason=command.reason,
        )
    ]


def _owed(command: OccasionCommand, given: OnOccasion) -> Owed:
    if given.owed is None:
        raise Refused(
            f"{command.region} owes no {command.duty} for {command.period}.",
            code="no-duty",
            where="period",
            remedy="The duty calendar lists who owes what for which period.",
        )
    return given.owed


def _open(command: FollowUpOn, state: Account, today: date) -> Sequence[DutyReminded | DutyMissed]:
    """The day's reminders, and the periods missed. If the Clock skips several reminder days, only one is sent."""
    key, found = command.key, list[DutyReminded | DutyMissed]()
    for each in command.owed:
        entry = state.entry(each.period)
        if _settled(each, entry):
            continue
        left = (each.due_on - today).days
        if left < 0:
            if entry.missed_on is None:
                found.append(
                    DutyMissed(
                        plan=key.plan,
                        duty=key.duty,
                        region=key.region,
                        period=each.period,
                        due_on=each.due_on,
                        on=today,
                    )
                )
            continue
        step = min((days for days in command.rule.remind_days if left <= days), default=None)
        if step is not None and (entry.reminded_before is None or entry.reminded_before > step):
            found.append(
                DutyReminded(
                    plan=key.plan,
                    duty=key.duty,
                    region=key.region,
                    period=each.period,
                    due_on=each.due_on,
                    days_before=step,
                    on=today,
                )
            )
    return found


def _consequences(command: FollowUpOn, state: Account, today: date) -> Sequence[DutyConsequenceDrawn]:
    """One consequence per full run of missing periods. No period counts towards two consequences."""
    needed, consequence = command.rule.missing_in_a_row, command.rule.consequence
    if needed is None or consequence is None:
        return []
    key, found, run = command.key, list[DutyConsequenceDrawn](), list[str]()
    answered_to = max(state.consequences, default="")
    for each in sorted(command.owed, key=lambda owed: owed.due_on):
        missing = each.due_on < today and not _settled(each, state.entry(each.period))
        if not missing or each.period <= answered_to:
            run = []
            continue
        run.append(each.period)
        if len(run) == needed:
            found.append(
                DutyConsequenceDrawn(
                    plan=key.plan,
                    duty=key.duty,
                    region=key.region,
                    periods=tuple(run),
                    consequence=consequence,
                    on=today,
                )
            )
            run = []
    return found


def _lifted(command: FollowUpOn, state: Account, today: date) -> Sequence[DutyConsequenceLifted]:
    """Lifts the consequences of runs in which a period has been waived or handed in since."""
    key, found = command.key, []
    settled = {
        each.period: "waived" if state.entry(each.period).waived else "handed in"
        for each in command.owed
        if _settled(each, state.entry(each.period))
    }
    for one in state.consequences.values():
        period = next((each for each in settled if one.covers(each)), None)
        if period is not None and one.lifted_on is None:
            found.append(
                DutyConsequenceLifted(
                    plan=key.plan,
                    duty=key.duty,
                    region=key.region,
                    first_period=one.first_period,
                    last_period=one.last_period,
                    consequence=one.consequence,
                    on=today,
                    reason=f"{period} {settled[period]}",
                )
            )
    return found


def _carried_out(command: CarryOut, state: Account, today: date) -> Sequence[DutyConsequenceCarriedOut]:
    """The event, once per consequence and only if it hasn't been lifted."""
    one = state.consequences.get(command.last)
    if one is None or one.carried_out_on is not None or one.lifted_on is not None:
        return []
    return [
        DutyConsequenceCarriedOut(
            plan=command.key.plan,
            duty=command.key.duty,
            region=command.key.region,
            first_period=one.first_period,
            last_period=one.last_period,
            consequence=one.consequence,
            on=today,
            evidence=command.evidence,
            document_period=command.document_period,
        )
    ]


def _settled(owed: Owed, entry: Entry) -> bool:
    return entry.waived or entry.received_on is not None or owed.carried_out_on is not None
