"""Orders of the list of projects, each with a cursor of its own: the last row's value and id."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Select, tuple_

from services.projects import tables
from services.projects.queries import paging
from shared.problems import invalid

_READ: dict[str, Callable[[str], Any]] = {
    "total_investment": Decimal,
    "stage_on": date.fromisoformat,
    "registered_on": date.fromisoformat,
    "name": str,
    "project": str,
}


def ordered(query: Select[Any], sort: str, descending: bool, cursor: str | None, limit: int) -> Select[Any]:
    """One page and the row after it. Raises Problem for a cursor that is not of this order."""
    table = tables.project.c
    key = (table[sort], table.project) if sort != "project" else (table.project,)
    if cursor:
        after = _after(cursor, sort, descending)
        beyond = tuple_(*key) < tuple_(*after) if descending else tuple_(*key) > tuple_(*after)
        query = query.where(beyond)
    by = [column.desc() if descending else column for column in key]
    return query.order_by(*by).limit(limit + 1)


def cursor_of(row: Any, sort: str, descending: bool) -> str:
    """The cursor behind a row."""
    return paging.cursor(sort, "desc" if descending else "asc", str(getattr(row, sort)), row.project)


def _after(cursor: str, sort: str, descending: bool) -> tuple[Any, ...]:
    named, direction, value, project = paging.read(cursor, 4)
    if (named, direction) != (sort, "desc" if descending else "asc"):
        raise invalid(
            "The cursor is of another order.",
            where="cursor",
            remedy="Keep `sort` and `descending` from page to page, or leave the cursor out.",
        )
    try:
        found = _READ[sort](value)
    except (ValueError, InvalidOperation) as error:
        raise invalid("The cursor is not one that a page gave.", where="cursor") from error
    if isinstance(found, Decimal) and not found.is_finite():
        raise invalid("The cursor is not one that a page gave.", where="cursor")
    return (found, project) if sort != "project" else (project,)
