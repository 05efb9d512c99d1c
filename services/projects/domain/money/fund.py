"""Fund (专项资金): a ledger of money set aside, and of what is reserved, committed and paid of it.

    appropriated 安排 = available 可用 + reserved 预留 + committed 下达 + paid 拨付, after every entry.

A fund is one history: two decisions on its money can't both stand on the same balance. Every entry carries the
balance after it, so that the ledger can be read, and proved, at any position of the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from services.projects.domain.money import movement
from services.projects.domain.money.award import (
    AwardCommitted,
    AwardEvent,
    AwardPaid,
    AwardPayment,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)
from services.projects.domain.money.balance import Balance
from services.projects.domain.money.movement import Movement, Purse
from services.projects.domain.money.separation import People, Step
from services.projects.domain.money.terms import Aid, Base, Terms


@dataclass(frozen=True, slots=True)
class FundOpened:
    """Money is set aside (安排): whose, how much, on which terms, and until when it may be committed."""

    fund: str
    name: str
    region: str
    purpose: str
    valid_from: date
    valid_to: date
    terms: tuple[Terms, ...]
    source: str
    opened_on: date
    balance: Balance


@dataclass(frozen=True, slots=True)
class FundAppropriationChanged:
    """More money, or less (追加、调减): `amount` is the difference, below zero for a cut."""

    fund: str
    region: str
    amount: Decimal
    on: date
    evidence: str
    reason: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class FundTermsChanged:
    """All terms of the fund from now on, with their days."""

    fund: str
    region: str
    terms: tuple[Terms, ...]
    on: date
    evidence: str
    reason: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class CriterionMet:
    """A criterion of the fund, and what shows that the project meets it."""

    criterion: str
    evidence: str


@dataclass(frozen=True, slots=True)
class SubsidyRequested:
    """A project asks (申报). `entitlement` is what the terms of `on` give, or without a formula what is asked.

    `base` is in yuan, or in tce a year for an energy saving; None where the fund has no formula.
    """

    application: str
    fund: str
    project: str
    region: str
    enterprise: str | None
    aid: Aid
    base_kind: Base | None
    base: Decimal | None
    evidence: str
    criteria: tuple[CriterionMet, ...]
    entitlement: Decimal
    on: date
    requested_by: str
    confirmed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class SubsidyAssessed:
    """The base was audited (核定): `entitlement` follows from it; what was reserved above it is `released`."""

    application: str
    fund: str
    project: str
    region: str
    base: Decimal | None
    previous_entitlement: Decimal
    entitlement: Decimal
    released: Decimal
    on: date
    evidence: str
    reason: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class SubsidyReserved:
    """Money of the fund is kept for the project (预留)."""

    application: str
    fund: str
    project: str
    region: str
    amount: Decimal
    on: date
    evidence: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class SubsidyCommitted:
    """The decision is issued (下达): `amount` is owed; what was reserved above it is `released`."""

    application: str
    fund: str
    project: str
    region: str
    amount: Decimal
    released: Decimal
    on: date
    evidence: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class SubsidyPaid:
    """Money went out (拨付); `evidence` is the voucher, and pays once."""

    application: str
    fund: str
    project: str
    region: str
    amount: Decimal
    on: date
    evidence: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class SubsidyReleased:
    """What was reserved or committed and not paid goes back to the fund (释放); `of_reserved` is a part of it."""

    application: str
    fund: str
    project: str
    region: str
    amount: Decimal
    of_reserved: Decimal
    on: date
    reason: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class SubsidyRecovered:
    """Money that was paid came back to the fund (收回), or never went out: a wrong payment is put right so."""

    application: str
    fund: str
    project: str
    region: str
    amount: Decimal
    on: date
    evidence: str
    reason: str
    decided_by: str
    balance: Balance


class Outcome(StrEnum):
    """How an application ends without money."""

    REJECTED = "rejected"
    """不予支持."""
    WITHDRAWN = "withdrawn"
    """撤回."""


@dataclass(frozen=True, slots=True)
class SubsidyClosed:
    """The application is over; nothing is held for it."""

    application: str
    fund: str
    project: str
    region: str
    outcome: Outcome
    on: date
    reason: str
    decided_by: str


SubsidyMoved = (
    SubsidyAssessed | SubsidyReserved | SubsidyCommitted | SubsidyPaid | SubsidyReleased | SubsidyRecovered
)
SubsidyEvent = SubsidyRequested | SubsidyMoved | SubsidyClosed
FundEvent = FundOpened | FundAppropriationChanged | FundTermsChanged | SubsidyEvent | AwardEvent


def is_about(application: str, event: FundEvent) -> bool:
    """Whether it is a fact of that application."""
    return getattr(event, "application", None) == application


def is_about_award(name: str, event: FundEvent) -> bool:
    """Whether it is a fact of that award."""
    return getattr(event, "award", None) == name


class Status(StrEnum):
    """Where an application stands, by its money."""

    REQUESTED = "requested"
    RESERVED = "reserved"
    COMMITTED = "committed"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Purse):
    """One project's application to the fund: reserved + committed + paid ≤ entitlement. `assessed`: it was audited."""

    requested: SubsidyRequested
    entitlement: Decimal
    base: Decimal | None
    closed: Outcome | None = None
    assessed: bool = False

    @property
    def room(self) -> Decimal:
        """What may still be reserved of what the project is entitled to."""
        return self.entitlement - self.taken

    @property
    def status(self) -> Status:
        if self.closed is not None:
            return Status(self.closed.value)
        if self.committed:
            return Status.COMMITTED
        if self.reserved:
            return Status.RESERVED
        return Status.PAID if self.paid else Status.REQUESTED


@dataclass(frozen=True, slots=True)
class NoFund:
    """No such fund yet."""


@dataclass(frozen=True, slots=True)
class Fund:
    """An open fund with its applications by id, its awards by id, and the vouchers that were paid on."""

    opened: FundOpened
    terms: tuple[Terms, ...]
    balance: Balance
    applications: Mapping[str, Application] = field(default_factory=dict)
    awards: Mapping[str, AwardPayment] = field(default_factory=dict)
    vouchers: frozenset[str] = frozenset()


FundState = NoFund | Fund
INITIAL: FundState = NoFund()


def evolve(state: FundState, event: FundEvent) -> FundState:
    """The state after a stored fact."""
    match event:
        case FundOpened():
            return Fund(event, event.terms, event.balance)
        case FundAppropriationChanged():
            return replace(_known(state), balance=event.balance)
        case FundTermsChanged():
            return replace(_known(state), terms=event.terms)
        case SubsidyRequested():
            asked_by = People().only(Step.REQUEST, event.requested_by)
            made = Application(
                requested=event,
                entitlement=event.entitlement,
                base=event.base,
                last_on=event.on,
                people=asked_by,
            )
            return _with(_known(state), event.application, made)
        case SubsidyClosed():
            fund = _known(state)
            closed = replace(fund.applications[event.application], closed=event.outcome, last_on=event.on)
            return _with(fund, event.application, closed)
        case _:
            return _moved(_known(state), event)


def movement_of(event: SubsidyMoved | AwardEvent) -> Movement:
    """What an entry of the ledger moves, for an application or for an award."""
    match event:
        case SubsidyReserved() | AwardReserved():
            return movement.reserved(event.amount)
        case SubsidyCommitted() | AwardCommitted():
            return movement.committed(event.amount, event.released)
        case SubsidyPaid() | AwardPaid():
            return movement.paid(event.amount)
        case SubsidyReleased() | AwardReleased():
            return movement.released(event.amount, event.of_reserved)
        case SubsidyRecovered() | AwardRecovered():
            return movement.recovered(event.amount)
        case SubsidyAssessed():
            return movement.released(event.released, event.released)
        case _:
            assert_never(event)


def _moved(fund: Fund, event: SubsidyMoved | AwardEvent) -> Fund:
    """The fund with the entry's balance, and the application or award after its money moved."""
    entry, fund = movement_of(event), replace(fund, balance=event.balance)
    if isinstance(event, SubsidyPaid | AwardPaid):
        fund = replace(fund, vouchers=fund.vouchers | {event.evidence})
    if isinstance(event, AwardEvent):
        payment = fund.awards.get(event.award) or _first(event)
        after = payment.moved(entry, event.on, event.decided_by)
        return replace(fund, awards={**fund.awards, event.award: after})
    application = fund.applications[event.application].moved(entry, event.on, event.decided_by)
    if isinstance(event, SubsidyAssessed):
        application = _assessed(application, event)
    return _with(fund, event.application, application)


def _first(event: AwardEvent) -> AwardPayment:
    if not isinstance(event, AwardReserved):
        raise TypeError("the payment of an award begins with AwardReserved")
    return AwardPayment(award=event.award, region=event.region, last_on=event.on)


def _assessed(application: Application, event: SubsidyAssessed) -> Application:
    return replace(
        application,
        base=event.base,
        entitlement=event.entitlement,
        assessed=True,
        people=application.people.only(Step.ASSESS, event.decided_by),
    )


def _with(fund: Fund, name: str, application: Application) -> Fund:
    return replace(fund, applications={**fund.applications, name: application})


def _known(state: FundState) -> Fund:
    if not isinstance(state, Fund):
        raise TypeError("a fund's history starts with FundOpened")
    return state
