"""How money moves in a fund: reserve 预留 → commit 下达 → pay 拨付, and back: release 释放, recover 收回.

One algebra for subsidies and awards: an entry moves money between the parts, or from and to what is available. So the
parts of a fund are always the sums over its applications and awards. Amounts in CNY (yuan).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Self

from services.projects.common.refusal import Refused
from services.projects.funds.balance import Balance
from services.projects.funds.separation import People, Step

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What one entry adds to each part (negative: takes). `step`: the outgoing step; None: money coming back."""

    amount: Decimal
    step: Step | None = None
    reserved: Decimal = _ZERO
    committed: Decimal = _ZERO
    paid: Decimal = _ZERO

    @property
    def released(self) -> Decimal:
        """What the entry makes available again; negative: what it takes from the available money."""
        return -(self.reserved + self.committed + self.paid)


def reserved(amount: Decimal) -> Movement:
    """Moves available money to reserved."""
    return Movement(amount=amount, step=Step.RESERVE, reserved=amount)


def committed(amount: Decimal, released: Decimal) -> Movement:
    """Moves reserved money to committed; `released` of the reservation becomes available again."""
    return Movement(amount=amount, step=Step.COMMIT, reserved=-amount - released, committed=amount)


def paid(amount: Decimal) -> Movement:
    """Moves committed money to paid."""
    return Movement(amount=amount, step=Step.PAY, committed=-amount, paid=amount)


def released(amount: Decimal, of_reserved: Decimal) -> Movement:
    """Makes money available again: `of_reserved` from reserved, the rest from committed."""
    return Movement(amount=amount, reserved=-of_reserved, committed=of_reserved - amount)


def recovered(amount: Decimal) -> Movement:
    """Makes paid money available again."""
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
        """Reserved plus committed, not yet paid."""
        return self.reserved + self.committed

    @property
    def taken(self) -> Decimal:
        """Reserved, committed and paid: everything not available to others."""
        return self.held + self.paid

    def moved(self, entry: Movement, on: date, by: str) -> Self:
        """The purse after an entry. A commitment when nothing is committed replaces earlier committers."""
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
    """The fund's balance after an entry."""
    return replace(
        balance,
        reserved=balance.reserved + entry.reserved,
        committed=balance.committed + entry.committed,
        paid=balance.paid + entry.paid,
    )


def reserve(amount: Decimal | None, at_most: Decimal, what: str, balance: Balance) -> Movement:
    """Reserves an amount, by default all of `at_most`. Raises Refused above that or the fund's balance (X-11)."""
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
    """Commits reserved money, by default all; the rest of the reservation is released. Raises Refused."""
    wanted = _amount_of(amount, purse.reserved, "reserved")
    return committed(wanted, purse.reserved - wanted)


def pay(amount: Decimal | None, purse: Purse) -> Movement:
    """Pays committed money, by default all. Raises Refused."""
    return paid(_amount_of(amount, purse.committed, "committed"))


def release(amount: Decimal | None, purse: Purse) -> Movement:
    """Releases held money, reserved before committed, by default all. Raises Refused."""
    wanted = _amount_of(amount, purse.held, "reserved or committed")
    return released(wanted, min(wanted, purse.reserved))


def recover(amount: Decimal | None, purse: Purse) -> Movement:
    """Recovers paid money, by default all. Raises Refused."""
    return recovered(_amount_of(amount, purse.paid, "paid"))


def _amount_of(amount: Decimal | None, at_most: Decimal, what: str) -> Decimal:
    """The amount, by default `at_most`. Raises Refused for zero and for more than `at_most`."""
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
