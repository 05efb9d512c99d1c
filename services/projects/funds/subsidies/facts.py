"""What is known of an application: what was asked, what it is entitled to, and how its money moved."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.projects.funds.balance import Balance
from services.projects.funds.movement import Purse
from services.projects.funds.terms import Aid, Base


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionMet:
    """A criterion of the fund, and what shows that the project meets it."""

    criterion: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
