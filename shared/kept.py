"""Tables that are kept of folded states: what a list reads is a row of what a decision is made on.

A state has parts (one, or many: a ledger's applications), and a part has its row. After a decision the difference
between the rows before and after it is written in its transaction; a rebuild folds every stream and writes all of its
rows. So a row can't differ from the state, and no event says twice what it means.

The difference trusts the state and not the table: a row that changes is written whole by its primary key, a new one is
inserted plainly, so that one that is there already (of another stream) stays an error. A column that is added later is
filled by a rebuild.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Table, and_, bindparam, delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

S = TypeVar("S")
P = TypeVar("P")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept(Generic[S, P]):
    """A table of the `parts` of a state, by their key in it, each of which has its `row`: every column, by name.

    A part that an event doesn't touch should stay the same object: then it costs nothing to see that.
    """

    table: Table
    parts: Callable[[S], Mapping[Any, P]]
    row: Callable[[P], Row]

    def rows(self, state: S) -> list[Row]:
        """All rows of a state."""
        return [self.row(part) for part in self.parts(state).values()]

    def differences(self, before: S, after: S) -> "Differences":
        """The rows to insert, to change and to delete for this step of the state."""
        found = Differences()
        self.add(found, before, after)
        return found

    def add(self, found: "Differences", before: S, after: S) -> None:
        """Adds those of one more step: the steps of thousands of streams share three lists."""
        if before is after:
            return
        old, new = self.parts(before), self.parts(after)
        for key, part in new.items():
            had = old.get(key)
            if had is None:
                found.new.append(self.row(part))
            elif had is not part and (row := self.row(part)) != self.row(had):
                found.changed.append(row)
        for key, part in old.items():
            if key not in new:
                found.gone.append(self.row(part))


def as_json(value: Any) -> Any:
    """A value as a JSON column gives it back (lists for tuples, texts for days and decimals), so that rows compare."""
    return msgspec.json.decode(msgspec.json.encode(value))


def only(kind: type[P]) -> Callable[[object], Mapping[Any, P]]:
    """The parts of a state that is one thing: itself, once it is of this kind."""
    return lambda state: {"": state} if isinstance(state, kind) else {}


@dataclass(slots=True)
class Differences:
    """Rows of one table."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written(Generic[S]):
    """Tables of a history that no row of one part can fill: `write` brings them from states before to states after.

    `because` says why: what else the rows need, or that they are an index.
    """

    tables: Sequence[Table]
    write: Callable[[AsyncConnection, Sequence[tuple[S, S]]], Awaitable[None]]
    because: str


async def write(
    conn: AsyncConnection, tables: Sequence[Kept[S, Any] | Written[S]], changes: Iterable[tuple[S, S]]
) -> None:
    """Write what streams changed, each from the state before to the state after, with a few statements per table.

    `tables` in an order that their foreign keys allow; `Written` ones come last. Raises IntegrityError where a new row
    exists already.
    """
    pairs = list(changes)
    found: list[tuple[Table, Differences]] = []
    for kept in tables:
        if isinstance(kept, Kept):
            differences = Differences()
            for before, after in pairs:
                kept.add(differences, before, after)
            found.append((kept.table, differences))
    for table, differences in reversed(found):
        await _delete(conn, table, differences.gone)
    for table, differences in found:
        await _insert(conn, table, differences.new)
        await _upsert(conn, table, differences.changed)
    for written in tables:
        if isinstance(written, Written):
            await written.write(conn, pairs)


async def _insert(conn: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        await conn.execute(insert(table), [dict(row) for row in rows])


async def _upsert(conn: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    keys = list(table.primary_key)
    statement = upsert(table)
    values = {
        each.name: statement.excluded[each.name]
        for each in table.c
        if not (each.primary_key or each.computed)
    }
    await conn.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values), [dict(row) for row in rows]
    )


async def _delete(conn: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        keys = [each.name for each in table.primary_key]
        same = and_(*(table.c[name] == bindparam(f"old_{name}") for name in keys))
        await conn.execute(
            delete(table).where(same), [{f"old_{name}": row[name] for name in keys} for row in rows]
        )
