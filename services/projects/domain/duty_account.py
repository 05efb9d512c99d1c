"""DutyAccount (报送台账): what one region owes under one duty, period by period, and what was done about it.

What is carried out by an act of its own (a monthly report, a bulletin) is known from there; all else is handed in
by reference. Silence is followed up as the duty's rule says: reminded, missed, and a consequence after so many
periods in a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from services.projects.domain import duty_consequence
from services.projects.domain.duty import FollowUp
from services.projects.domain.duty_consequence import (
    ConsequenceEvent,
    Drawn,
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
    Effect,
)
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class DutyReceived:
    """What was owed for the period was handed in: `evidence` is a document's reference, not its content."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    received_on: date
    late: bool
    evidence: str
    reported_by: str


@dataclass(frozen=True, slots=True)
class DutyWaived:
    """The receiver lets the region off for the period (豁免), with the reason."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class DutyEntryWithdrawn:
    """A receipt or a waiver that was wrong is taken back: the period stands open again."""

    plan: str
    duty: str
    region: str
    period: str
    what: Literal["received", "waived"]
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class DutyReminded:
    """The region is reminded (催报): `days_before` is the step of the rule, `on` the day."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    days_before: int
    on: date


@dataclass(frozen=True, slots=True)
class DutyMissed:
    """The day has passed, and nothing had been received when it was looked at on `on`."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    on: date


EDITS = (DutyReceived, DutyWaived, DutyEntryWithdrawn)
"""What people say of a period; the rest is the watch's."""

DutyEvent = DutyReceived | DutyWaived | DutyEntryWithdrawn | DutyReminded | DutyMissed | ConsequenceEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """How it stands with one period. `reminded` holds the steps of the rule that were sent."""

    received_on: date | None = None
    evidence: str | None = None
    waived: bool = False
    reminded: tuple[int, ...] = ()
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """All periods of which anything is known, and the consequences drawn so far, in order."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    consequences: tuple[Drawn, ...] = ()

    def entry(self, period: str) -> Entry:
        return self.entries.get(period, Entry())


INITIAL = Account()


@dataclass(frozen=True, slots=True)
class Owed:
    """One occasion of the duty. `carried_out_on`: when an act of its own carried it out, if one does."""

    period: str
    due_on: date
    carried_out_on: date | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Which account: a duty of a plan, and the region that owes it."""

    plan: str
    duty: str
    region: str


@dataclass(frozen=True, slots=True)
class Receive:
    """Hand in what is owed for a period. `owed` None: nothing is owed for it."""

    key: Key
    period: str
    owed: Owed | None
    received_on: date
    evidence: str
    reported_by: str
    today: date
    carried_by: str | None = None


@dataclass(frozen=True, slots=True)
class Waive:
    """Let the region off for a period."""

    key: Key
    period: str
    owed: Owed | None
    reason: str
    today: date


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a receipt or a waiver back."""

    key: Key
    period: str
    owed: Owed | None
    reason: str
    today: date


@dataclass(frozen=True, slots=True)
class FollowUpOn:
    """Look at the account on a day: `owed` are all its occasions up to the next that may need a reminder."""

    key: Key
    owed: tuple[Owed, ...]
    rule: FollowUp
    today: date


@dataclass(frozen=True, slots=True)
class CarryOut:
    """The consequence of the run that ended with `last` has had its effect."""

    key: Key
    last: str
    effect: Effect
    today: date


Command = Receive | Waive | Withdraw | FollowUpOn | CarryOut


def decide(command: Command, state: Account) -> Sequence[DutyEvent]:
    """The events of a command, or Refused."""
    match command:
        case Receive():
            return _receive(command, state)
        case Waive():
            return _waive(command, state)
        case Withdraw():
            return _withdraw(command, state)
        case FollowUpOn():
            found = list(_open(command, state))
            settled = {
                each.period: "waived" if state.entry(each.period).waived else "handed in"
                for each in command.owed
                if _settled(each, state.entry(each.period))
            }
            lifted = duty_consequence.lifted(_whose(command), state.consequences, settled, command.today)
            return [*found, *lifted, *_consequences(command, evolved(state, found))]
        case CarryOut():
            whose, drawn = _whose(command), state.consequences
            return duty_consequence.carried_out(whose, drawn, command.last, command.effect, command.today)
        case _:
            assert_never(command)


def evolve(state: Account, event: DutyEvent) -> Account:
    """The state after a stored fact."""
    match event:
        case DutyConsequenceDrawn() | DutyConsequenceCarriedOut() | DutyConsequenceLifted():
            return replace(state, consequences=duty_consequence.evolve(state.consequences, event))
        case DutyReceived():
            changed = replace(
                state.entry(event.period), received_on=event.received_on, evidence=event.evidence
            )
        case DutyWaived():
            changed = replace(state.entry(event.period), waived=True)
        case DutyEntryWithdrawn(what="received"):
            changed = replace(state.entry(event.period), received_on=None, evidence=None)
        case DutyEntryWithdrawn():
            changed = replace(state.entry(event.period), waived=False)
        case DutyReminded():
            entry = state.entry(event.period)
            changed = replace(entry, reminded=(*entry.reminded, event.days_before))
        case DutyMissed():
            changed = replace(state.entry(event.period), missed=True)
        case _:
            assert_never(event)
    return replace(state, entries={**state.entries, event.period: changed})


def evolved(state: Account, events: Sequence[DutyEvent]) -> Account:
    """The state after several facts."""
    for event in events:
        state = evolve(state, event)
    return state


def _receive(command: Receive, state: Account) -> Sequence[DutyEvent]:
    key, owed, entry = command.key, _owed(command), state.entry(command.period)
    if command.carried_by is not None:
        raise Refused(
            f"{key.duty} is carried out by an act of its own ({command.carried_by}), not by reference.",
            code="carried-by",
            status=409,
            where="duty",
            remedy="Do that: it counts as received with it.",
        )
    if command.received_on > command.today:
        raise Refused(
            f"It can't have been received on {command.received_on}: today is {command.today}.",
            code="future-date",
            where="received_on",
            remedy="Give the day on which it came, or leave it out for today.",
        )
    if entry.received_on is not None:
        if (entry.received_on, entry.evidence) == (command.received_on, command.evidence):
            return []
        raise Refused(
            f"{key.region} handed {key.duty} in for {command.period} on {entry.received_on} "
            f"({entry.evidence}).",
            code="already-received",
            status=409,
            where="period",
            remedy="If that was wrong, withdraw it with the reason and hand it in again.",
        )
    return [
        DutyReceived(
            key.plan,
            key.duty,
            key.region,
            command.period,
            owed.due_on,
            command.received_on,
            command.received_on > owed.due_on,
            command.evidence,
            command.reported_by,
        )
    ]


def _waive(command: Waive, state: Account) -> Sequence[DutyEvent]:
    key, owed, entry = command.key, _owed(command), state.entry(command.period)
    if entry.waived:
        return []
    if entry.received_on is not None or owed.carried_out_on is not None:
        raise Refused(
            f"{key.region} has handed {key.duty} in for {command.period}: there is nothing to waive.",
            code="already-received",
            status=409,
            where="period",
        )
    return [
        DutyWaived(key.plan, key.duty, key.region, command.period, owed.due_on, command.today, command.reason)
    ]


def _withdraw(command: Withdraw, state: Account) -> Sequence[DutyEvent]:
    _owed(command)
    key, entry = command.key, state.entry(command.period)
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
            key.plan, key.duty, key.region, command.period, what, command.today, command.reason
        )
    ]


def _owed(command: Receive | Waive | Withdraw) -> Owed:
    if command.owed is None:
        raise Refused(
            f"{command.key.region} owes no {command.key.duty} for {command.period}.",
            code="no-duty",
            where="period",
            remedy="The duty calendar lists who owes what for which period.",
        )
    return command.owed


def _open(command: FollowUpOn, state: Account) -> Sequence[DutyEvent]:
    """Reminders and misses of the day. A clock that jumped over two steps reminds once."""
    key, found = command.key, list[DutyEvent]()
    for each in command.owed:
        entry = state.entry(each.period)
        if _settled(each, entry):
            continue
        left = (each.due_on - command.today).days
        if left < 0:
            if not entry.missed:
                found.append(
                    DutyMissed(key.plan, key.duty, key.region, each.period, each.due_on, command.today)
                )
            continue
        step = min((days for days in command.rule.remind_days if left <= days), default=None)
        if step is not None and all(sent > step for sent in entry.reminded):
            found.append(
                DutyReminded(key.plan, key.duty, key.region, each.period, each.due_on, step, command.today)
            )
    return found


def _consequences(command: FollowUpOn, state: Account) -> Sequence[DutyEvent]:
    """One for each full run of periods that are missing now. A period leads to one consequence at most."""
    needed, consequence = command.rule.missing_in_a_row, command.rule.consequence
    if needed is None or consequence is None:
        return []
    key, found, run = command.key, list[DutyEvent](), list[str]()
    answered_to = max((one.last for one in state.consequences), default="")
    for each in sorted(command.owed, key=lambda owed: owed.due_on):
        missing = each.due_on < command.today and not _settled(each, state.entry(each.period))
        if not missing or each.period <= answered_to:
            run = []
            continue
        run.append(each.period)
        if len(run) == needed:
            found.append(
                DutyConsequenceDrawn(key.plan, key.duty, key.region, tuple(run), consequence, command.today)
            )
            run = []
    return found


def _whose(command: Command) -> tuple[str, str, str]:
    return command.key.plan, command.key.duty, command.key.region


def _settled(owed: Owed, entry: Entry) -> bool:
    return entry.waived or entry.received_on is not None or owed.carried_out_on is not None
