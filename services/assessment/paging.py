"""Cursors of the lists that haven't moved into a feature yet. Features use `shared.lists`, which this file hands on."""

from collections.abc import Sequence
from typing import Any

from shared import lists
from shared.problems import bad_cursor

_LARGEST = 2**31 - 1


def encode(key: Sequence[str | int]) -> str:
    """An opaque cursor for the row with this key."""
    return lists.write(*key)


def decode(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The key in a cursor, whose parts have these types; numbers are an int4's. Raises Problem 422."""
    key = lists.read(cursor, *kinds)
    if any(isinstance(part, int) and abs(part) > _LARGEST for part in key):
        raise bad_cursor()
    return key
