"""Decimal numbers as devices, files and requests write them: ASCII digits, one point, an optional exponent.

Python's own constructors take more: `1_000`, and the digits of every script (`１２`, `١٢`). A feed that holds such a
value says something else than its sender thinks, so it is refused.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NONE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def is_number(text: str) -> bool:
    """Whether this is a decimal number, of whatever size."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_no_number(text: str) -> bool:
    """Whether this is how floating point writes that there is no number: NaN or an infinity."""
    return _NONE.fullmatch(text.strip()) is not None


def decimal(text: str) -> Decimal:
    """The number, exactly. Raises ValueError, also for an exponent that Decimal can't hold."""
    if not is_number(text):
        raise ValueError(f"{text[:40]!r} is not a number")
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} is beyond every number that can be held") from None


def plain_text(value: Any) -> Any:
    """For pydantic, before it makes a number of a string: ValueError unless the string is one."""
    if isinstance(value, str) and not is_number(value):
        raise ValueError(f"{value[:40]!r} is not a number: digits 0 to 9, a point, an exponent")
    return value
