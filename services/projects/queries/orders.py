"""Sort orders of the list of projects; a cursor holds the last row's value and id.

NULLs sort first through `coalesce` with a sentinel, so that an index can serve the order. The sentinel is a literal,
as in the index: a bound parameter would not match the index expression.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, literal, literal_column, tuple_

from services.projects import tables
from services.projects.domain.stages import Stage
from services.projects.queries import paging
from shared.problems import bad_cursor, invalid

_table = tables.project.c
_STAGES = [stage.value for stage in Stage]


@dataclass(frozen=True, slots=True)
class Order:
    """The expression to sort by, and how its value is written to and read from a cursor."""

    key: ColumnElement[Any]
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _text(name: str) -> Order:
    return Order(_table[name], lambda row: str(getattr(row, name)), str)


def _known_text(name: str) -> Order:
    key = func.coalesce(_table[name], literal_column("''"))
    return Order(key, lambda row: getattr(row, name) or "", str)


def _amount(name: str) -> Order:
    return Order(_table[name], lambda row: str(getattr(row, name)), _money)


def _known_amount(name: str) -> Order:
    def write(row: Any) -> str:
        value = getattr(row, name)
        return "-1" if value is None else str(value)

    return Order(func.coalesce(_table[name], literal_column("'-1'::numeric")), write, _money)


def _day(name: str) -> Order:
    return Order(_table[name], lambda row: str(getattr(row, name)), date.fromisoformat)


def _words(name: str) -> Order:
    return Order(
        _table[name], lambda row: ",".join(getattr(row, name)), lambda text: text.split(",") if text else []
    )


def _money(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,2})?", text, re.ASCII):
        raise ValueError(text)
    return Decimal(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ValueError(text)
    return int(text)


_LIFE = literal_column(f"array_position('{{{','.join(_STAGES)}}}'::text[], project.stage)", Integer())
"""The position of a stage in the life of a project."""
ORDERS: dict[str, Order] = {
    **{name: _text(name) for name in ("project", "name", "region", "industry")},
    **{name: _known_text(name) for name in ("enterprise", "enterprise_name", "focus_sector")},
    **{name: _amount(name) for name in ("total_investment", "equipment_investment")},
    **{name: _day(name) for name in ("stage_on", "registered_on")},
    **{name: _words(name) for name in ("programmes", "tags")},
    "bank_loan": _known_amount("bank_loan"),
    "investor": _known_text("investor_name"),
    "version": Order(_table.version, lambda row: str(row.version), _count),
    "stage": Order(_LIFE, lambda row: str(_STAGES.index(row.stage) + 1), _count),
}
"""One for each column that the list shows."""


def ordered(query: Select[Any], sort: str, descending: bool, cursor: str | None, limit: int) -> Select[Any]:
    """One page and the row after it. Raises Problem for a cursor that is not of this order."""
    order = ORDERS[sort]
    key = (order.key, _table.project) if sort != "project" else (_table.project,)
    if cursor:
        after = tuple_(*map(literal, _after(cursor, sort, descending), [each.type for each in key]))
        query = query.where(tuple_(*key) < after if descending else tuple_(*key) > after)
    by = [column.desc() if descending else column for column in key]
    return query.order_by(*by).limit(limit + 1)


def cursor_of(row: Any, sort: str, descending: bool) -> str:
    """The cursor for the page after a row."""
    return paging.cursor(sort, "desc" if descending else "asc", ORDERS[sort].write(row), row.project)


def _after(cursor: str, sort: str, descending: bool) -> tuple[Any, ...]:
    named, direction, value, project = paging.read(cursor, 4)
    if (named, direction) != (sort, "desc" if descending else "asc"):
        raise invalid(
            "The cursor is of another order.",
            where="cursor",
            remedy="Keep `sort` and `descending` from page to page, or leave the cursor out.",
        )
    try:
        found = ORDERS[sort].read(value)
    except ValueError as error:
        raise bad_cursor() from error
    return (found, project) if sort != "project" else (project,)
