"""What every entry of a fund's ledger is checked by, whoever the money is for. Each raises Refused."""

from datetime import date
from decimal import Decimal

from services.projects.domain.money.balance import Balance
from services.projects.domain.money.fund import Fund
from services.projects.domain.refusal import Refused


def amount_of(amount: Decimal | None, at_most: Decimal, what: str) -> Decimal:
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


def check_available(balance: Balance, amount: Decimal) -> None:
    """The fund has as much left."""
    if amount > balance.available:
        raise Refused(
            f"The fund has {balance.available:f} yuan left; {amount:f} are asked for.",
            code="overdrawn",
            status=409,
            where="amount",
            remedy="Reserve what is left, or wait until money is released or added.",
            extra={"available": f"{balance.available:.2f}"},
        )


def check_voucher(fund: Fund, voucher: str) -> None:
    """A voucher pays once in a fund."""
    if voucher in fund.vouchers:
        raise Refused(
            f"The fund has paid on {voucher} already.",
            code="voucher-used",
            status=409,
            where="evidence",
            remedy="Read the application or award again: perhaps somebody else has entered this payment.",
        )


def check_open(fund: Fund, on: date) -> None:
    """The fund may be drawn on that day."""
    known = fund.opened
    if not known.valid_from <= on <= known.valid_to:
        raise Refused(
            f"The fund may be drawn on from {known.valid_from} to {known.valid_to}, not on {on}.",
            code="fund-closed",
            where="on",
        )


def check_day(on: date, today: date, not_before: date | None = None) -> None:
    """A decision is recorded when it is made, and none before the one before."""
    if on > today:
        raise Refused(
            f"{on} has not come yet; today is {today}.",
            code="future-date",
            where="on",
            remedy="Record a decision when it is made.",
        )
    if not_before is not None and on < not_before:
        raise Refused(
            f"It was decided on last on {not_before}; {on} lies before that.",
            code="date-order",
            where="on",
        )
