"""Pages of lists, for every service: their order, their cursors, and what all of their rows sum up to.

    _ORDER = Order(TABLE.c.held_on, TABLE.c.meeting)
    async with service.snapshots.connect() as conn:
        page = await _ORDER.page(conn, select(TABLE).where(*where), body)
        sums = await totals(conn, select(TABLE).where(*where), count=func.count())

A cursor is the key of the previous page's last row, so that new rows don't shift the next page. It is opaque to
callers: JSON of texts in URL-safe base64. Page and sums are of one moment where both are read on one connection of
`shared.snapshots`. Lists that aren't made of one SELECT use `read`, `cut` and `among`.
"""

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    SmallInteger,
    and_,
    func,
    literal,
    or_,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.problems import bad_cursor, invalid

T = TypeVar("T")
_LARGEST = 2**63 - 1
_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,12})?", re.ASCII)


class Asked(Protocol):
    """A query for a page. An empty cursor, which forms send, is none."""

    @property
    def limit(self) -> int: ...

    @property
    def cursor(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of a page, and the cursor of the next page; None: this is the last."""

    rows: Sequence[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """A column that a list is sorted by. It is never NULL: `coalesce` it where the table's column may be."""

    column: ColumnElement[Any]
    descending: bool = False


def down(column: ColumnElement[Any]) -> Key:
    """The column, the largest value first."""
    return Key(column, descending=True)


class Order:
    """The order of a list. Its keys together name a row; their types are the columns'.

    `named`: which of several orders of one list this is. Its cursors carry the words, and those of another are refused.
    Raises TypeError for a column whose type no cursor holds.
    """

    def __init__(self, *keys: ColumnElement[Any] | Key, named: Sequence[str] = ()) -> None:
        self._keys = [key if isinstance(key, Key) else Key(key) for key in keys]
        self._kinds = [_kind(key.column) for key in self._keys]
        self._named = tuple(named)

    async def page(self, conn: AsyncConnection, query: Select[Any], asked: Asked) -> Page[Row[Any]]:
        """One page of a SELECT that is in no order yet. Raises Problem for a cursor that isn't this order's."""
        if asked.cursor:
            query = query.where(self.after(asked.cursor))
        names: list[Any] = []
        for place, key in enumerate(self._keys):
            if query.selected_columns.contains_column(key.column):
                names.append(key.column)
            else:
                names.append(f"_key{place}")
                query = query.add_columns(key.column.label(names[-1]))
        rows = (await conn.execute(query.order_by(*self.columns).limit(asked.limit + 1))).all()
        return cut(rows, asked.limit, lambda row: [row._mapping[name] for name in names], self._named)

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """What to ORDER BY."""
        return [key.column.desc() if key.descending else key.column for key in self._keys]

    def after(self, cursor: str) -> ColumnElement[bool]:
        """The condition for the rows behind a cursor. Raises Problem for a cursor that isn't this order's."""
        columns = [key.column for key in self._keys]
        values = [
            literal(value, column.type)
            for value, column in zip(_read(cursor, self._kinds, self._named), columns, strict=True)
        ]
        if len({key.descending for key in self._keys}) == 1:
            # One comparison of rows, which an index can serve.
            many = len(columns) > 1
            here, there = (tuple_(*columns), tuple_(*values)) if many else (columns[0], values[0])
            return here < there if self._keys[0].descending else here > there
        return or_(*(self._behind(place, values) for place in range(len(columns))))

    def _behind(self, place: int, values: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        """Rows that are equal up to a key and lie behind by it."""
        key = self._keys[place]
        equal = [one.column == value for one, value in zip(self._keys[:place], values, strict=False)]
        behind = key.column < values[place] if key.descending else key.column > values[place]
        return and_(*equal, behind)


async def totals(conn: AsyncConnection, query: Select[Any], **sums: ColumnElement[Any]) -> dict[str, Any]:
    """What all rows of a SELECT come to, by name; the sum of none is 0."""
    named = (func.coalesce(value, 0).label(name) for name, value in sums.items())
    row = (await conn.execute(query.with_only_columns(*named, maintain_column_froms=True))).one()
    return dict(row._mapping)


def cut(
    rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]], named: Sequence[str] = ()
) -> Page[T]:
    """A page of at most `limit` rows, of rows that were asked for with one more."""
    page = rows[:limit]
    return Page(page, write(*named, *key(page[-1])) if len(rows) > limit else None)


def among(
    items: Iterable[T], asked: Asked, key: Callable[[T], tuple[Any, ...]], *kinds: type[Any]
) -> Page[T]:
    """A page of a list in memory, which is in the order of `key`; `kinds` are its types. Raises Problem."""
    after = tuple(read(asked.cursor, *kinds)) if asked.cursor else None
    found = [item for item in items if after is None or key(item) > after]
    return cut(found, asked.limit, key)


def write(*key: Any) -> str:
    """The cursor for the page after the row with this key."""
    return base64.urlsafe_b64encode(msgspec.json.encode([_text(part) for part in key])).decode().rstrip("=")


def read(cursor: str, *kinds: type[Any]) -> list[Any]:
    """The key in a cursor, whose parts are of these types. Raises Problem for anything made up."""
    return _read(cursor, [_Kind(kind) for kind in kinds], ())


@dataclass(frozen=True, slots=True)
class _Kind:
    """The type of a part of a key, and the largest number that its column holds."""

    type: type[Any]
    largest: int = _LARGEST


def _kind(column: ColumnElement[Any]) -> _Kind:
    kind = column.type.python_type
    if kind not in (str, int, bool, date, datetime, Decimal, list):
        raise TypeError(f"a key of a list can't be {column} of the type {column.type!r}")
    if kind is not int or isinstance(column.type, BigInteger):
        return _Kind(kind)
    return _Kind(int, 2**15 - 1 if isinstance(column.type, SmallInteger) else 2**31 - 1)


def _read(cursor: str, kinds: Sequence[_Kind], named: Sequence[str]) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = msgspec.json.decode(
            base64.b64decode(padded, altchars=b"-_", validate=True), type=list[str | int]
        )
        parts = [str(part) for part in told]  # a release before wrote numbers as such
        if len(parts) > len(named) and parts[: len(named)] != list(named):
            raise _other_order()
        if len(parts) != len(named) + len(kinds):
            raise bad_cursor()
        return [_value(part, kind) for part, kind in zip(parts[len(named) :], kinds, strict=True)]
    except (ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error


def _text(part: Any) -> str:
    match part:
        case bool():
            return "true" if part else "false"
        case str():
            return part
        case datetime() | date():
            return part.isoformat()
        case Decimal():
            return f"{part:f}"
        case int():
            return str(part)
        case list() | tuple():
            return ",".join(part)
        case _:
            raise TypeError(f"a key of a list can't be {part!r}")


def _value(text: str, kind: _Kind) -> Any:
    """Raises ValueError, OverflowError for what no column of the kind can be compared with."""
    if kind.type is str or kind.type is list:
        if "\0" in text:  # a text in PostgreSQL can't hold U+0000
            raise ValueError(text)
        text.encode()  # nor half a surrogate pair
        return text if kind.type is str else text.split(",") if text else []
    if kind.type is int and _NUMBER.fullmatch(text) and abs(int(text)) <= kind.largest:
        return int(text)
    if kind.type is Decimal and _AMOUNT.fullmatch(text):
        return Decimal(text)
    if kind.type is bool and text in ("true", "false"):
        return text == "true"
    if kind.type is date:
        return date.fromisoformat(text)
    if kind.type is datetime:
        return _moment(text)
    raise ValueError(text)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def _other_order() -> Exception:
    return invalid(
        "The cursor is of another order.",
        where="cursor",
        remedy="Keep `sort` and `descending` from page to page, or leave the cursor out.",
    )
