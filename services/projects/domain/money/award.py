"""Payment of an award (奖励) out of a fund: what an appraisal has granted a city (TR-26), reserved, committed, paid.

The award is decided elsewhere and only named here; a fund pays it once, and never more than was granted.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.domain.money.balance import Balance
from services.projects.domain.money.separation import People, Step

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class AwardPayment:
    """What of an award the fund holds or has paid."""

    award: str
    region: str
    last_on: date
    reserved: Decimal = _ZERO
    committed: Decimal = _ZERO
    paid: Decimal = _ZERO
    people: People = field(default_factory=People)

    @property
    def held(self) -> Decimal:
        """Reserved or committed, and not paid."""
        return self.reserved + self.committed

    @property
    def taken(self) -> Decimal:
        """All that is not available to others."""
        return self.held + self.paid


def moved(before: AwardPayment | None, event: AwardEvent) -> AwardPayment:
    """The payment of an award after an entry. Raises TypeError for a history that doesn't begin with AwardReserved."""
    if before is None:
        if not isinstance(event, AwardReserved):
            raise TypeError("the payment of an award begins with AwardReserved")
        before = AwardPayment(event.award, event.region, event.on)
    known = replace(before, last_on=event.on)
    people = known.people
    match event:
        case AwardReserved():
            people = people.also(Step.RESERVE, event.decided_by)
            return replace(known, reserved=known.reserved + event.amount, people=people)
        case AwardCommitted():
            if not known.committed:
                people = people.only(Step.COMMIT)
            return replace(
                known,
                reserved=known.reserved - event.amount - event.released,
                committed=known.committed + event.amount,
                people=people.also(Step.COMMIT, event.decided_by),
            )
        case AwardPaid():
            return replace(
                known,
                committed=known.committed - event.amount,
                paid=known.paid + event.amount,
                people=people.also(Step.PAY, event.decided_by),
            )
        case AwardReleased():
            return replace(
                known,
                reserved=known.reserved - event.of_reserved,
                committed=known.committed - (event.amount - event.of_reserved),
            )
        case AwardRecovered():
            return replace(known, paid=known.paid - event.amount)
        case _:
            assert_never(event)
