"""How money moves in a fund: reserve 预留 → commit 下达 → pay 拨付, and back: release 释放, recover 收回.

One algebra, whoever the money is for: an entry adds to each part what it takes of another, or of what is available.
So a fund's parts are always the sums of those of its applications and awards. Amounts in CNY (yuan).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Self

from services.projects.domain.refusal import Refused
from services.projects.funds.balance import Balance
from services.projects.funds.separation import People, Step

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What one entry adds to each part; below zero: takes. `step`: of money on its way out, None: on its way back."""

    amount: Decimal
    step: Step | None = None
    reserved: Decimal = _ZERO
    committed: Decimal = _ZERO
    paid: Decimal = _ZERO

    @property
    def released(self) -> Decimal:
        """What becomes available to others by it; below zero: what it takes of that."""
        return -(self.reserved + self.committed + self.paid)


def reserved(amount: Decimal) -> Movement:
    """Kept, of what is available."""
    return Movement(amount=amount, step=Step.RESERVE, reserved=amount)


def committed(amount: Decimal, released: Decimal) -> Movement:
    """Owed, of what is reserved; what is `released` of the reservation is available again."""
    return Movement(amount=amount, step=Step.COMMIT, reserved=-amount - released, committed=amount)


def paid(amount: Decimal) -> Movement:
    """Gone out, of what is committed."""
    return Movement(amount=amount, step=Step.PAY, committed=-amount, paid=amount)


def released(amount: Decimal, of_reserved: Decimal) -> Movement:
    """Available again: `of_reserved` of what is reserved, the rest of what is committed."""
    return Movement(amount=amount, reserved=-of_reserved, committed=of_reserved - amount)


def recovered(amount: Decimal) -> Movement:
    """Available again, of what was paid."""
    return Movement(amount=amount, paid=-amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What a fund holds and has paid for one application or award, and who took which step of what still stands."""

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

    def moved(self, entry: Movement, on: date, by: str) -> Self:
        """After an entry of that day. Who commits when nothing is committed is the only one who did."""
        people = self.people
        if entry.step is Step.COMMIT and not self.committed:
            people = people.only(Step.COMMIT)
        return replace(
            self,
            last_on=on,
            reserved=self.reserved + entry.reserved,
            committed=self.committed + entry.committed,
            paid=self.paid + entry.paid,
            people=people if entry.step is None else people.also(entry.step, by),
        )


def after(balance: Balance, entry: Movement) -> Balance:
    """How a fund stands after an entry."""
    return replace(
        balance,
        reserved=balance.reserved + entry.reserved,
        committed=balance.committed + entry.committed,
        paid=balance.paid + entry.paid,
    )


def reserve(amount: Decimal | None, at_most: Decimal, what: str, balance: Balance) -> Movement:
    """Keep an amount, or all of `at_most`. Raises Refused for more than that, and than the fund has (X-11)."""
    wanted = _amount_of(amount, at_most, what)
    if wanted > balance.available:
        raise Refused(
            f"The fund has {balance.available:f} yuan left; {wanted:f} are asked for.",
            code="overdrawn",
            status=409,
            where="amount",
            remedy="Reserve what is left, or wait until money is released or added.",
            extra={"available": f"{balance.available:.2f}"},
        )
    return reserved(wanted)


def commit(amount: Decimal | None, purse: Purse) -> Movement:
    """Commit an amount of what is reserved, or all of it; the rest of the reservation goes back. Raises Refused."""
    wanted = _amount_of(amount, purse.reserved, "reserved")
    return committed(wanted, purse.reserved - wanted)


def pay(amount: Decimal | None, purse: Purse) -> Movement:
    """Pay an amount of what is committed, or all of it. Raises Refused."""
    return paid(_amount_of(amount, purse.committed, "committed"))


def release(amount: Decimal | None, purse: Purse) -> Movement:
    """Give back an amount of what is held, reserved money first, or all of it. Raises Refused."""
    wanted = _amount_of(amount, purse.held, "reserved or committed")
    return released(wanted, min(wanted, purse.reserved))


def recover(amount: Decimal | None, purse: Purse) -> Movement:
    """Take back an amount of what was paid, or all of it. Raises Refused."""
    return recovered(_amount_of(amount, purse.paid, "paid"))


def _amount_of(amount: Decimal | None, at_most: Decimal, what: str) -> Decimal:
    """The amount, or all there is. Raises Refused for nothing and for more than there is."""
    if at_most <= 0:
        raise Refused(
            f"Nothing is {what}.",
            code="nothing-left",
            status=409,
            where="amount",
            remedy="Read the application or award again: perhaps somebody else has decided on it.",
        )
    amount = at_most if amount is None else amount
    if not 0 < amount <= at_most:
        raise Refused(
            f"{at_most:f} yuan are {what}; {amount:f} can't be taken of them.",
            code="amount",
            where="amount",
            remedy="Leave the amount out to take all of it.",
        )
    return amount
