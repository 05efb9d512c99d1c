"""Cursor pages: a cursor encodes the key of the last row returned, so new rows don't shift the next page."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from shared.problems import bad_cursor


def encode(key: Sequence[str | int]) -> str:
    """An opaque cursor for the row with this key."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The key in a cursor, whose parts have these types. Raises Problem 422 for anything made up."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        key = None
    if (
        not isinstance(key, list)
        or len(key) != len(kinds)
        or not all(type(part) is kind for part, kind in zip(key, kinds, strict=True))
        or not all(_storable(part) for part in key)
    ):
        raise bad_cursor()
    return key


def _storable(part: str | int) -> bool:
    """Whether PostgreSQL can compare a column with it: an int4, or a text without U+0000 and lone surrogates."""
    if isinstance(part, int):
        return 0 <= part < 2**31
    return part.isprintable()
