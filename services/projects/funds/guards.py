"""Checks of every ledger entry of a fund, whoever the money is for. Each raises Refused."""

from datetime import date

from services.projects.common.refusal import Refused
from services.projects.funds.facts import Fund


def check_voucher(fund: Fund, voucher: str) -> None:
    """A voucher may be used for one payment of a fund only."""
    if voucher in fund.vouchers:
        raise Refused(
            f"The fund has paid on {voucher} already.",
            code="voucher-used",
            status=409,
            where="evidence",
            remedy="Read the application or award again: perhaps somebody else has entered this payment.",
        )


def check_open(fund: Fund, on: date) -> None:
    """The fund must be open for drawing on that day."""
    known = fund.opened
    if not known.valid_from <= on <= known.valid_to:
        raise Refused(
            f"The fund may be drawn on from {known.valid_from} to {known.valid_to}, not on {on}.",
            code="fund-closed",
            where="on",
        )


def check_day(on: date, today: date, not_before: date | None = None) -> None:
    """Not in the future, and not before the previous decision."""
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
