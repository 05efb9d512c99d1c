"""Pages of lists: a cursor is the key of the last item of the page before."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.problems import bad_cursor

_LARGEST = 2**62


def page(rows: Sequence[dict[str, Any]], limit: int, key: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    """A page of at most `limit` items, of rows that were asked for with one more."""
    items = list(rows[:limit])
    return {"items": items, "next_cursor": key(items[-1]) if len(rows) > limit else None}


def number(cursor: str | None) -> int:
    """A cursor that is a number; 0 without one. Raises Problem 422 for anything else."""
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or int(cursor) > _LARGEST:
        raise bad_cursor()
    return int(cursor)


def pair(cursor: str | None) -> tuple[str, int]:
    """A cursor of a name and a number, "name|number"; ("", 0) without one."""
    if cursor is None:
        return "", 0
    name, separator, count = cursor.rpartition("|")
    if not separator:
        raise bad_cursor()
    return name, number(count)
