"""What is known of an account (报送台账): period by period, and the consequences drawn so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from services.projects.common.duty import Consequence


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWaived:
    """The receiver lets the region off for the period (豁免), with the reason."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEntryWithdrawn:
    """A receipt or a waiver that was wrong is taken back: the period stands open again."""

    plan: str
    duty: str
    region: str
    period: str
    what: Literal["received", "waived"]
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyReminded:
    """The region is reminded (催报): `days_before` is the step of the rule, `on` the day."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    days_before: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyMissed:
    """The day has passed, and nothing had been received when it was looked at on `on`."""

    plan: str
    duty: str
    region: str
    period: str
    due_on: date
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyConsequenceDrawn:
    """So many periods in a row are missing: what the rule says for that is due."""

    plan: str
    duty: str
    region: str
    periods: tuple[str, ...]
    consequence: Consequence
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyConsequenceCarriedOut:
    """It has had its effect: `evidence` names the bulletin that names the region, `document_period` is its period.

    `first_period` and `last_period` say which run of missing periods it was drawn for.
    """

    plan: str
    duty: str
    region: str
    first_period: str
    last_period: str
    consequence: Consequence
    on: date
    evidence: str
    document_period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyConsequenceLifted:
    """One of its periods was waived or handed in after all: it no longer holds."""

    plan: str
    duty: str
    region: str
    first_period: str
    last_period: str
    consequence: Consequence
    on: date
    reason: str


ConsequenceEvent = DutyConsequenceDrawn | DutyConsequenceCarriedOut | DutyConsequenceLifted
DutyEvent = DutyReceived | DutyWaived | DutyEntryWithdrawn | DutyReminded | DutyMissed | ConsequenceEvent
EDITS = (DutyReceived, DutyWaived, DutyEntryWithdrawn)
"""Events from users' commands; the duty watch emits the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How it stands with one period, as a row of the list. `reminded_before`: the newest step of the rule, in days."""

    duty: str = ""
    region: str = ""
    period: str = ""
    received_on: date | None = None
    evidence: str | None = None
    waived: bool = False
    waiver_reason: str | None = None
    reminded_on: date | None = None
    reminded_before: int | None = None
    missed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A consequence as it stands, as a row of the list; of a run of so many `periods`."""

    duty: str
    region: str
    last_period: str
    first_period: str
    periods: int
    consequence: Consequence
    drawn_on: date
    carried_out_on: date | None = None
    evidence: str | None = None
    document_period: str | None = None
    lifted_on: date | None = None
    lift_reason: str | None = None

    def covers(self, period: str) -> bool:
        return self.first_period <= period <= self.last_period


@dataclass(frozen=True, slots=True)
class Account:
    """All periods of which anything is known, and the consequences drawn so far, in order, by the last period."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    consequences: Mapping[str, Drawn] = field(default_factory=dict)

    def entry(self, period: str) -> Entry:
        return self.entries.get(period, _NOTHING)


_NOTHING = Entry()
INITIAL = Account()


def stream(duty: str, region: str) -> str:
    """The stream of what one region owes under one duty."""
    return f"duty:{duty}:{region}"


def evolve(state: Account, event: DutyEvent) -> Account:
    """The state after a stored fact."""
    match event:
        case DutyConsequenceDrawn() | DutyConsequenceCarriedOut() | DutyConsequenceLifted():
            return _with_consequence(state, event)
        case _:
            known = state.entries.get(event.period) or Entry(
                duty=event.duty, region=event.region, period=event.period
            )
            return replace(state, entries={**state.entries, event.period: _entry(known, event)})


def _entry(
    known: Entry, event: DutyReceived | DutyWaived | DutyEntryWithdrawn | DutyReminded | DutyMissed
) -> Entry:
    match event:
        case DutyReceived():
            return replace(known, received_on=event.received_on, evidence=event.evidence)
        case DutyWaived():
            return replace(known, waived=True, waiver_reason=event.reason)
        case DutyEntryWithdrawn(what="received"):
            return replace(known, received_on=None, evidence=None)
        case DutyEntryWithdrawn():
            return replace(known, waived=False, waiver_reason=None)
        case DutyReminded():
            return replace(known, reminded_on=event.on, reminded_before=event.days_before)
        case DutyMissed():
            return replace(known, missed_on=event.on)
        case _:
            assert_never(event)


def _with_consequence(state: Account, event: ConsequenceEvent) -> Account:
    match event:
        case DutyConsequenceDrawn():
            one = Drawn(
                duty=event.duty,
                region=event.region,
                last_period=event.periods[-1],
                first_period=event.periods[0],
                periods=len(event.periods),
                consequence=event.consequence,
                drawn_on=event.on,
            )
        case DutyConsequenceCarriedOut():
            one = replace(
                state.consequences[event.last_period],
                carried_out_on=event.on,
                evidence=event.evidence,
                document_period=event.document_period,
            )
        case DutyConsequenceLifted():
            known = state.consequences[event.last_period]
            one = replace(known, lifted_on=event.on, lift_reason=event.reason)
        case _:
            assert_never(event)
    return replace(state, consequences={**state.consequences, one.last_period: one})
