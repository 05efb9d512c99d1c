"""Sort orders of the list of projects; a cursor holds the last row's value and id.

NULLs sort first through `coalesce` with a sentinel, so that an index can serve the order. The sentinel is a literal,
as in the index: a bound parameter would not match the index expression.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, func, literal_column

from services.projects.projects.stages.facts import Stage
from services.projects.projects.views import TABLE
from shared import lists

_table = TABLE.c
_STAGES = [stage.value for stage in Stage]


def _known(column: ColumnElement[Any], missing: str) -> ColumnElement[Any]:
    return func.coalesce(column, literal_column(missing), type_=column.type)


_LIFE = literal_column(f"array_position('{{{','.join(_STAGES)}}}'::text[], project.stage)", Integer())
"""The position of a stage in the life of a project."""
_KEYS: dict[str, ColumnElement[Any]] = {
    **{
        name: _table[name]
        for name in (
            *("project", "name", "region", "industry", "total_investment", "equipment_investment"),
            *("stage_on", "registered_on", "programmes", "tags", "version"),
        )
    },
    **{name: _known(_table[name], "''") for name in ("enterprise", "enterprise_name", "focus_sector")},
    "bank_loan": _known(_table.bank_loan, "'-1'::numeric"),
    "investor": _known(_table.investor_name, "''"),
    "stage": _LIFE,
}
"""One for each column that the list shows."""
ORDERS = tuple(_KEYS)


def order(sort: str, descending: bool) -> lists.Order:
    """The order of a sorted list; equal ones by id."""
    columns = [_KEYS[sort]] if sort == "project" else [_KEYS[sort], _table.project]
    keys = [lists.Key(column, descending) for column in columns]
    return lists.Order(*keys, named=(sort, "desc" if descending else "asc"))
