"""Pages of lists: a cursor is the last row's key of the page before, so rows that come in between shift nothing."""

import base64
import binascii
import json
from datetime import date

from shared.problems import Problem, invalid


def cursor(*key: str) -> str:
    """An opaque cursor for the row with this key."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def read(cursor: str, length: int) -> list[str]:
    """The key of `length` parts in a cursor. Raises Problem for anything made up."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error
    if not isinstance(key, list) or len(key) != length or not all(_storable(part) for part in key):
        raise _bad_cursor()
    return key


def _storable(part: object) -> bool:
    return (
        isinstance(part, str) and "\0" not in part and not any("\ud800" <= each <= "\udfff" for each in part)
    )


def read_day(cursor: str) -> tuple[date, str]:
    """The key of a list in order of day and id. Raises Problem for anything made up."""
    day, key = read(cursor, 2)
    try:
        return date.fromisoformat(day), key
    except ValueError as error:
        raise _bad_cursor() from error


def read_number(cursor: str) -> int:
    """The one number in a cursor. Raises Problem for anything made up."""
    (number,) = read(cursor, 1)
    if not number.isdecimal() or len(number) > 18:
        raise _bad_cursor()
    return int(number)


def _bad_cursor() -> Problem:
    return invalid(
        "The cursor is not one that a page gave.",
        where="cursor",
        remedy="Use next_cursor of the page before, or leave it out for the first page.",
    )
