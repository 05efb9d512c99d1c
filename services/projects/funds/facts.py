"""Fund (专项资金): a ledger of money set aside, and of what is reserved, committed and paid of it.

    appropriated 安排 = available 可用 + reserved 预留 + committed 下达 + paid 拨付, after every entry.

A fund is one history: two decisions on its money can't both stand on the same balance. Every entry carries the
balance after it, so that the ledger can be read, and proved, at any position of the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.funds import movement
from services.projects.funds.awards.facts import (
    AwardCommitted,
    AwardEvent,
    AwardPaid,
    AwardPayment,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)
from services.projects.funds.balance import Balance
from services.projects.funds.movement import Movement
from services.projects.funds.separation import People, Step
from services.projects.funds.subsidies.facts import (
    Application,
    SubsidyAssessed,
    SubsidyClosed,
    SubsidyCommitted,
    SubsidyEvent,
    SubsidyMoved,
    SubsidyPaid,
    SubsidyRecovered,
    SubsidyReleased,
    SubsidyRequested,
    SubsidyReserved,
)
from services.projects.funds.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FundTermsChanged:
    """All terms of the fund from now on, with their days."""

    fund: str
    region: str
    terms: tuple[Terms, ...]
    on: date
    evidence: str
    reason: str
    decided_by: str


FundEvent = FundOpened | FundAppropriationChanged | FundTermsChanged | SubsidyEvent | AwardEvent


def is_about(application: str, event: FundEvent) -> bool:
    """Whether it is a fact of that application."""
    return getattr(event, "application", None) == application


def is_about_award(name: str, event: FundEvent) -> bool:
    """Whether it is a fact of that award."""
    return getattr(event, "award", None) == name


@dataclass(frozen=True, slots=True)
class NoFund:
    """No such fund yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
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


def stream(fund: str) -> str:
    """The stream of one fund: its ledger."""
    return f"fund:{fund}"


def evolve(state: FundState, event: FundEvent) -> FundState:
    """The state after a stored fact."""
    match event:
        case FundOpened():
            return Fund(opened=event, terms=event.terms, balance=event.balance)
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
    return AwardPayment(award=event.award, fund=event.fund, region=event.region, last_on=event.on)


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
