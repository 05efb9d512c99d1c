"""From a file's rows to commands carried out: what each row came to, or what is wrong with it and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from pydantic import ValidationError

from services.projects.domain.refusal import Refused
from services.projects.imports.batch import Batch
from services.projects.imports.columns import Place, Unreadable
from services.projects.imports.kinds import Kind, Row, Unit
from services.projects.imports.staging import Job, Staged
from shared.problems import Problem
from shared.rpc import Call

Fault = dict[str, Any]
"""{"column", "field", "why", "remedy"}: what a person needs to mend a cell."""


@dataclass(slots=True)
class Read:
    """Rows that could be read, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def read(staged: Iterable[Staged], places: Sequence[Place]) -> Read:
    """The rows' cells as values. A row with a fault is left out of `rows`."""
    found = Read()
    for each in staged:
        values, faults = _values(each, places)
        if faults:
            found.faults[each.row] = faults
        elif values:
            found.rows.append(Row(each.row, values))
    return found


def _values(staged: Staged, places: Sequence[Place]) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    spoilt = {fault["index"]: fault for fault in staged.faults if "index" in fault}
    for place in places:
        if place.index in spoilt:
            fault = spoilt[place.index]
            kept = {"index": place.index}  # so that it is known when the row is read again
            faults.append(_fault(place.title, place.column.field, fault["why"], fault["remedy"]) | kept)
            continue
        try:
            value = place.value(staged.cells[place.index] if place.index < len(staged.cells) else "")
        except Unreadable as error:
            faults.append(_fault(place.title, place.column.field, error.why, error.remedy))
            continue
        if value is not None:
            values[place.column.field] = value
    return values, faults


@dataclass(slots=True)
class Carrying:
    """Carries rows out in a batch; afterwards `outcomes` and `faults` say what became of each."""

    kind: Kind
    job: Job
    places: Sequence[Place]
    regions: Mapping[str, str]
    outcomes: dict[int, str] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    async def carry_out(self, batch: Batch, staged: Sequence[Staged]) -> None:
        """Every row that can be. What can't is in `faults`; nothing of it has been written."""
        known = read(staged, self.places)
        for number, faults in known.faults.items():
            self._refuse(number, faults)
        units = self.kind.units([self._named(row) for row in known.rows])
        streams = (self.kind.stream(unit.body) for unit in units)
        await batch.read_ahead([stream for stream in streams if stream])
        for unit in units:
            await self._one(batch, unit)
        await batch.write()
        for each in staged:
            self.outcomes.setdefault(each.row, "unchanged")  # an empty row

    async def _one(self, batch: Batch, unit: Unit) -> None:
        rows = [row.number for row in unit.rows]
        try:
            body = self.kind.model.model_validate(unit.body)
            call = Call(_row_id(self.kind, unit), self.job.actor, self.kind.operation, unit.body)
            reply = await self.kind.handle(batch, call, body)
        except ValidationError as error:
            self._refuse_all(unit, [(item["loc"], item["msg"], "") for item in error.errors()])
        except Refused as refused:
            self._refuse_all(unit, [(_where(refused.where), refused.detail, refused.remedy)])
        except Problem as problem:
            if problem.retry_after is not None:  # no fault of the row: the whole import is tried again
                raise
            self._refuse_all(unit, [(_where(problem.where), problem.detail, problem.remedy)])
        else:
            outcome = "created" if reply.data["events"] else "unchanged"
            self.outcomes.update(dict.fromkeys(rows, outcome))

    def _named(self, row: Row) -> Row:
        """A region's name stands for its code."""
        name = row.values.get("region")
        if name is None or name not in self.regions:
            return row
        return Row(row.number, {**row.values, "region": self.regions[name]})

    def _refuse_all(self, unit: Unit, found: Sequence[tuple[Sequence[str | int], str, str]]) -> None:
        """The faults at their own rows; the other rows of the unit say that it went with them."""
        by_row: dict[int, list[Fault]] = {}
        for where, why, remedy in found:
            row, name = unit.place(where)
            by_row.setdefault(row.number, []).append(_fault(self._title(name), name, why, remedy))
        others = "、".join(str(number) for number in sorted(by_row))
        for row in unit.rows:
            with_it = [_fault("", "", f"It goes with row {others}, which is refused.", f"Mend row {others}.")]
            self._refuse(row.number, by_row.get(row.number, with_it))

    def _refuse(self, number: int, faults: list[Fault]) -> None:
        self.outcomes[number] = "refused"
        self.faults[number] = faults

    def _title(self, name: str) -> str:
        return next((place.title for place in self.places if place.column.field == name), name)


def _fault(column: str, name: str, why: str, remedy: str) -> Fault:
    return {"column": column, "field": name, "why": why, "remedy": remedy}


def _where(where: str | None) -> list[str | int]:
    """projects.3.investment as a place in the request."""
    return [int(part) if part.isdigit() else part for part in (where or "").split(".") if part]


def _row_id(kind: Kind, unit: Unit) -> str:
    """The same for the same content, in whichever file: an id made of it is the same again."""
    content = msgspec.json.encode([kind.name, unit.body], order="deterministic")
    return "import-" + sha256(content).hexdigest()
