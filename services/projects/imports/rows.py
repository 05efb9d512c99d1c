"""Carries out the rows of a file as commands, and records the outcome or the faults of each row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common import industries
from services.projects.common.industries import Industry
from services.projects.common.refusal import Refused
from services.projects.imports import words
from services.projects.imports.batch import Batch
from services.projects.imports.cells import Unreadable
from services.projects.imports.changes import Change, check_agreed
from services.projects.imports.columns import Column, Place
from services.projects.imports.kinds import Kind, Row, Unit
from services.projects.imports.staging import Job, Staged
from services.projects.imports.twins import Key, Known
from shared.language import Said
from shared.problems import Problem
from shared.rpc import Call

Fault = dict[str, Any]
"""{"column", "field", "why", "why_zh", "remedy", "remedy_zh"}: what a person needs to mend a cell."""
Shown = dict[str, str]
"""{"column", "field", "old", "new"}: a change as a person is shown it."""


@dataclass(slots=True)
class Read:
    """The rows that could be parsed, and the faults of the others."""

    rows: list[Row] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def read(staged: Iterable[Staged], places: Sequence[Place]) -> Read:
    """Parses the cells. A row with a fault is left out of `rows`."""
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
            known = spoilt[place.index]
            why = Said(known["why"], known.get("why_zh") or known["why"])
            remedy = Said(known["remedy"], known.get("remedy_zh") or known["remedy"])
            kept = {"index": place.index}  # so that it is known when the row is read again
            faults.append(_fault(place.title, place.column.field, why, remedy) | kept)
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
    """Carries out rows in a batch; afterwards `outcomes` and `faults` hold the result of each row."""

    kind: Kind
    job: Job
    places: Sequence[Place]
    regions: Mapping[str, str]
    industries: Mapping[str, Industry]
    seen: dict[Key, tuple[int, str]] = field(default_factory=dict)
    """The first row of the file with a given name (or id), and what it said."""
    outcomes: dict[int, str] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    changes: dict[int, list[Shown]] = field(default_factory=dict)
    """The changes that each row makes to existing things."""

    async def carry_out(self, batch: Batch, conn: AsyncConnection, staged: Sequence[Staged]) -> None:
        """Carries out every row that can be. The others are in `faults`, and nothing of them is written."""
        known = read(staged, self.places)
        for number, faults in known.faults.items():
            self._refuse(number, faults)
        units = self.kind.units([row for each in known.rows if (row := self.meant(each)) is not None])
        units = await self._told_apart(conn, units)
        streams = (self.kind.stream(unit.body) for unit in units)
        await batch.read_ahead([stream for stream in streams if stream])
        shown = {each.row: [dict(change) for change in each.changes] for each in staged}
        for unit in units:
            await self._one(batch, conn, unit, shown)
        await batch.write()
        for each in staged:
            self.outcomes.setdefault(each.row, "unchanged")  # an empty row

    async def _one(
        self, batch: Batch, conn: AsyncConnection, unit: Unit, shown: Mapping[int, Sequence[Shown]]
    ) -> None:
        rows = [row.number for row in unit.rows]
        try:
            body = self.kind.accepts.validate_python(unit.body)
            call = Call(_row_id(self.kind, unit), self.job.actor, self.kind.operation, unit.body)
            change = await self._change(batch, conn, unit, call, body)
            if change is not None:
                outcome = await self._changed(unit, change, shown)
            else:
                reply = await self.kind.handle(batch, call, body)
                outcome = "created" if reply.data["events"] else "unchanged"
        except ValidationError as error:
            self._refuse_all(unit, [self._misfit(unit, item) for item in error.errors()])
        except Refused as refused:
            said = self._refusal(unit, refused.where, refused.code, refused.detail, refused.remedy)
            self._refuse_all(unit, [said])
        except Problem as problem:
            if problem.retry_after is not None:  # not the row's fault: the whole import is retried
                raise
            said = self._refusal(unit, problem.where, problem.code, problem.detail, problem.remedy)
            self._refuse_all(unit, [said])
        else:
            self.outcomes.update(dict.fromkeys(rows, outcome))

    async def _change(
        self, batch: Batch, conn: AsyncConnection, unit: Unit, call: Call, body: Any
    ) -> Change | None:
        """What the row changes of the existing thing with its id; None: the row registers a new one."""
        if self.kind.change is None or "project" not in unit.rows[0].values:
            return None
        return await self.kind.change(batch, conn, call, body)

    async def _changed(self, unit: Unit, change: Change, shown: Mapping[int, Sequence[Shown]]) -> str:
        """Applies a change that the check has shown and that has a reason; returns the outcome. Raises Refused."""
        number = unit.rows[0].number
        changes = [self.shown_change(name, *values) for name, values in change.fields.items()]
        if not changes:
            return "unchanged"
        if self.job.standing != "checking":
            check_agreed(changes, list(shown.get(number, ())), self.job.reason)
        await change.apply(self.job.reason or self.job.file_name or "-")
        self.changes[number] = changes
        return "changed"

    def shown_change(self, name: str, old: Any, new: Any) -> Shown:
        """A change of a field in the words and units of the file."""
        column = self._column(name)
        place = next((each for each in self.places if each.column.field == name), None)
        if place is None and column is not None:
            place = Place(column, -1, column.title("en"))  # not in the file: programmes implied by tags
        if place is None:
            raise KeyError(name)
        return {"column": place.title, "field": name, "old": place.shown(old), "new": place.shown(new)}

    def _misfit(self, unit: Unit, error: Any) -> "_Found":
        where = error["loc"]
        row, name = unit.place(where)
        return where, *words.misfit(error, self._column(name), str(row.values.get(name, "")))

    def _refusal(self, unit: Unit, named: str | None, code: str, detail: str, remedy: str) -> "_Found":
        where = _where(named) or (["region"] if code == "forbidden" else [])
        row, name = unit.place(where)
        return where if named else [], *words.refusal(code, detail, remedy, str(row.values.get(name, "")))

    def meant(self, row: Row) -> Row | None:
        """The row with region names replaced by codes, and truncated industry codes completed; None: refused."""
        values = dict(row.values)
        if "region" in values:
            values["region"] = self.regions.get(values["region"], values["region"])
        try:
            if "industry" in values:
                values["industry"] = self._industry(values["industry"])
            if "industries" in values:
                values["industries"] = [self._industry(each) for each in values["industries"]]
        except Unreadable as error:
            name = "industry" if "industry" in values else "industries"
            self._refuse(row.number, [_fault(self._title(name), name, error.why, error.remedy)])
            return None
        return Row(row.number, values)

    def _industry(self, code: str) -> str:
        """The full industry code. Raises Unreadable for one that isn't in force, or is ambiguous."""
        if not self.industries:
            return code
        meant = industries.meant(code, self.industries)
        if len(meant) == 1:
            return meant[0]
        if not meant:
            raise Unreadable(
                Said(f"There is no industry {code[:50]!r}.", f"没有行业代码“{code[:50]}”。"),
                Said(
                    "Write a code of GB/T 4754-2011, with its 0 in front, as text.",
                    "请填写 GB/T 4754-2011 的代码；前面有 0 的请设为文本格式。",
                ),
            )
        names = [f"{each} {self.industries[each].name}" for each in meant]
        group = self.industries[code]
        raise Unreadable(
            Said(f"{code} may be {' or '.join(names)}.", f"“{code}”可能是{'，也可能是'.join(names)}。"),
            Said(
                f"Write {meant[1]} as text, or {group.section}{code} for the group.",
                f"请以文本格式写 {meant[1]}，或写 {group.section}{code} 表示中类。",
            ),
        )

    async def _told_apart(self, conn: AsyncConnection, units: Sequence[Unit]) -> list[Unit]:
        """The units with their ids. Asks back about, and leaves out, those whose name something else has."""
        twins = self.kind.twins
        if twins is None:
            return list(units)
        keys = {twins.key(unit.body) for unit in units}
        known = await twins.find(conn, list(keys)) if keys else {}
        kept: list[Unit] = []
        for unit in units:
            key, given = twins.key(unit.body), unit.body.get(twins.id_field)
            made = twins.made_id(self.kind.name, unit.body)
            name = given or made
            others = [each for each in known.get(key, ()) if each.id != name]
            first = self.seen.setdefault(key, (unit.rows[0].number, name))
            if given is not None and (earlier := self._said_otherwise(unit, given, made)):
                self._contradicts(unit, earlier)
                continue
            if unit.body.get("confirmed") or any(each.id == name for each in known.get(key, ())):
                pass
            elif given is None and (others or first[1] != name):
                self._ask(unit, others, first[0])
                continue
            elif given is not None and (dubious := [each for each in others if twins.made(each.id)]):
                self._ask(unit, dubious, first[0])
                continue
            kept.append(Unit(unit.rows, {**unit.body, twins.id_field: name}, unit.place))
        return kept

    def _said_otherwise(self, unit: Unit, given: str, content: str) -> int | None:
        """An earlier row of this file with the same id but other content; None: there is none."""
        number, said = self.seen.setdefault((given,), (unit.rows[0].number, content))
        return None if said == content else number

    def _contradicts(self, unit: Unit, earlier: int) -> None:
        why = Said(
            f"Row {earlier} has this id too and says something else.",
            f"第 {earlier} 行也是此编号，内容不同。",
        )
        remedy = Said("Leave one of the two rows out, or mend its id.", "请删去其中一行，或更正编号。")
        place = self.kind.twins.id_field if self.kind.twins else ""
        self._refuse_all(unit, [([place], why, remedy)])

    def _ask(self, unit: Unit, others: Sequence[Known], first: int) -> None:
        if others:
            names = Said(
                ", ".join(each.what.en for each in others[:3]), "、".join(each.what.zh for each in others[:3])
            )
            why = Said(
                f"There is one of this name in this region: {names.en}.",
                f"该地区已有同名的一项：{names.zh}。",
            )
        else:
            why = Said(
                f"Row {first} has this name in this region too.", f"第 {first} 行在同一地区也有此名称。"
            )
        remedy = Said(
            "If it is the same, leave the row out, or write its id and change it where it is. "
            "If it is another one, write yes under confirmed, or give it an id.",
            "如为同一项，请删去本行，或填写其编号；内容有变的，请在系统中变更。如确为另一项，请在“已核实”列填“是”，或另编编号。",
        )
        place = self.kind.twins.named_by[1] if self.kind.twins else ""
        self._refuse_all(unit, [([place], why, remedy)])

    def _refuse_all(self, unit: Unit, found: Sequence["_Found"]) -> None:
        """Refuses all rows of a unit: faulty rows with their faults, the others with a pointer to those."""
        by_row: dict[int, list[Fault]] = {}
        for where, why, remedy in found:
            row, name = unit.place(where)
            by_row.setdefault(row.number, []).append(_fault(self._title(name), name, why, remedy))
        others = "、".join(str(number) for number in sorted(by_row))
        why = Said(f"It goes with row {others}, which is refused.", f"与第 {others} 行同属一份，该行有误。")
        with_it = [_fault("", "", why, Said(f"Mend row {others}.", f"请更正第 {others} 行。"))]
        for row in unit.rows:
            self._refuse(row.number, by_row.get(row.number, with_it))

    def _refuse(self, number: int, faults: list[Fault]) -> None:
        self.outcomes[number] = "refused"
        self.faults[number] = faults

    def _column(self, name: str) -> Column | None:
        return next((column for column in self.kind.columns if column.field == name), None)

    def _title(self, name: str) -> str:
        placed = next((place.title for place in self.places if place.column.field == name), None)
        column = self._column(name)
        return placed or (column.heading if column else name)


_Found = tuple[Sequence[str | int], Said, Said]


def _fault(column: str, name: str, why: Said, remedy: Said) -> Fault:
    return {
        "column": column,
        "field": name,
        "why": why.en,
        "why_zh": why.zh,
        "remedy": remedy.en,
        "remedy_zh": remedy.zh,
    }


def _where(where: str | None) -> list[str | int]:
    """Splits a path such as projects.3.investment into its parts."""
    return [int(part) if part.isdigit() else part for part in (where or "").split(".") if part]


def _row_id(kind: Kind, unit: Unit) -> str:
    """A command id derived from the content, so that the same row in any file gets the same id."""
    content = msgspec.json.encode([kind.name, unit.body], order="deterministic")
    return "import-" + sha256(content).hexdigest()
