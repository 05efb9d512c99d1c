"""What is known of the payment of an award: what of it a fund has reserved, committed and paid.

The award is decided elsewhere and only named here; a fund pays it once, and never more than was granted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.projects.funds.balance import Balance
from services.projects.funds.movement import Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardReserved:
    """Money of the fund is kept for an award (预留). `granted`: CNY that `edition` of the ranking brings the city."""

    award: str
    fund: str
    plan: str
    year: int
    region: str
    edition: int
    granted: Decimal
    amount: Decimal
    on: date
    evidence: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardCommitted:
    """The decision is issued (下达): `amount` is owed; what was reserved above it is `released`."""

    award: str
    fund: str
    region: str
    amount: Decimal
    released: Decimal
    on: date
    evidence: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardPaid:
    """Money went out (拨付); `evidence` is the voucher, and pays once."""

    award: str
    fund: str
    region: str
    amount: Decimal
    on: date
    evidence: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardReleased:
    """What was reserved or committed and not paid goes back to the fund (释放); `of_reserved` is a part of it."""

    award: str
    fund: str
    region: str
    amount: Decimal
    of_reserved: Decimal
    on: date
    reason: str
    decided_by: str
    balance: Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRecovered:
    """Money that was paid came back to the fund (收回), or never went out."""

    award: str
    fund: str
    region: str
    amount: Decimal
    on: date
    evidence: str
    reason: str
    decided_by: str
    balance: Balance


AwardEvent = AwardReserved | AwardCommitted | AwardPaid | AwardReleased | AwardRecovered


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardPayment(Purse):
    """What of an award the fund holds or has paid."""

    award: str
    fund: str
    region: str
