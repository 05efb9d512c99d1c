"""Checks that several decisions share."""

from datetime import date

from services.projects.common.refusal import Refused


def ask_back(doubt: str | None, confirmed: bool, where: str) -> None:
    """Raises Refused (confirm-amount) for a doubted amount that isn't confirmed."""
    if doubt and not confirmed:
        raise Refused(
            doubt,
            code="confirm-amount",
            where=where,
            remedy="The amount is in yuan: 1 万元 = 10,000 and 1 亿元 = 100,000,000. "
            "If it is right, send it again with confirmed: true.",
            extra={"confirm": "confirmed"},
        )


def not_in_future(on: date, today: date, where: str = "on") -> None:
    """Raises Refused for a day that has not come yet."""
    if on > today:
        raise Refused(
            f"{on} has not come yet; today is {today}.",
            code="future-date",
            where=where,
            remedy="Report what has happened, when it has.",
        )
