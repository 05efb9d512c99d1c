"""Pages of lists: a cursor is the key of the previous page's last row, so new rows don't shift the next page."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import msgspec
from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.problems import bad_cursor


class Asked(Protocol):
    """A query for a page."""

    @property
    def limit(self) -> int: ...

    @property
    def cursor(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page by column, and the cursor of the next page; None: this is the last."""

    rows: Sequence[Mapping[str, Any]]
    next_cursor: str | None


async def by_id(conn: AsyncConnection, query: Select[Any], key: ColumnElement[str], asked: Asked) -> Page:
    """A page in the order of a text key. Raises Problem for an invalid cursor."""
    if asked.cursor:
        (after,) = read(asked.cursor, 1)
        query = query.where(key > after)
    rows = (await conn.execute(query.order_by(key).limit(asked.limit + 1))).mappings().all()
    page = rows[: asked.limit]
    more = len(rows) > asked.limit
    return Page([dict(row) for row in page], cursor(page[-1][key]) if more else None)


def cursor(*key: str) -> str:
    """An opaque cursor for the row with this key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read(cursor: str, length: int) -> list[str]:
    """The key of `length` parts in a cursor. Raises Problem for anything made up."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=list[str])
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
    if len(key) != length or any("\0" in part for part in key):  # a text in PostgreSQL can't hold U+0000
        raise bad_cursor()
    return key


def read_day(cursor: str) -> tuple[date, str]:
    """The key of a list in order of day and id. Raises Problem for anything made up."""
    day, key = read(cursor, 2)
    try:
        return date.fromisoformat(day), key
    except ValueError as error:
        raise bad_cursor() from error


def read_number(cursor: str) -> int:
    """The one number in a cursor. Raises Problem for anything made up."""
    (number,) = read(cursor, 1)
    if not number.isdecimal() or len(number) > 18:
        raise bad_cursor()
    return int(number)
