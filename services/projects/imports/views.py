"""Imports as answers, and those that were carried out as rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Column, Date, Integer, Table, Text

from services.projects.common.models import Answer
from services.projects.common.tables import metadata
from services.projects.imports.columns import Place, places
from services.projects.imports.facts import FileImported, FileImportState, Mode
from services.projects.imports.kinds import KINDS
from services.projects.imports.values import Standing
from shared.kept import Kept, only
from shared.language import Language

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TABLE = Table(
    "file_imported",
    metadata,
    Column("import", Text, primary_key=True),
    Column("kind", Text),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("mode", Text),
    Column("rows", Integer),
    Column("created", Integer),
    Column("changed", Integer),
    Column("unchanged", Integer),
    Column("refused", Integer),
    Column("on", Date),
    Column("imported_by", Text),
)


class LeftOut(Answer):
    """Something of the file that will not be carried out."""

    code: str = Field(
        description="other-sheet, hidden-sheet, above-headings, hidden-rows, sums (合计), no-heading"
    )
    where: str = Field(description="sheet, rows or cells")
    count: int = Field(description="how many")
    why: str
    remedy: str


class ReadColumn(Answer):
    """A column of the file, and what it is read as."""

    column: str = Field(description="as the spreadsheet letters it")
    title: str = Field(description="its heading in the file")
    field: str
    term: str


class ImportView(Answer):
    """An import and how far it is."""

    import_: str = Field(alias="import")
    kind: str
    file_name: str
    sha256: str
    standing: Standing = Field(
        description="receiving, checking, checked (the preview is ready), running, finished; "
        "failed: a run of all met what the check hadn't, and changed nothing"
    )
    mode: Mode | None
    rows: int
    done: int = Field(description="rows that this step has gone through")
    faulty: int = Field(description="rows in which the check found something wrong")
    changing: int = Field(
        description="rows that would change what is known: see its changes, and give a reason"
    )
    created: int = Field(description="rows that led to something new")
    changed: int = Field(description="rows that changed what was known, as it was shown before")
    unchanged: int = Field(description="rows that said what was known already")
    refused: int = Field(description="rows that could not be carried out")
    opened_at: datetime
    sheet: str = Field(description="the sheet that was read; empty: the file has no sheets")
    heading_row: int = Field(description="the row whose cells were taken for headings")
    columns: list[ReadColumn] = Field(description="what was read of each row")
    left_out: list[LeftOut] = Field(
        description="what the file holds beside that, and will not be carried out"
    )


class ImportFault(Answer):
    """One thing that is wrong: where, why, what to do."""

    row: int = Field(description="as the spreadsheet counts")
    cell: str = Field(description="as the spreadsheet calls it, e.g. C5; empty: the row as a whole")
    column: str = Field(description="the column's title; empty: the row as a whole")
    field: str
    value: str = Field(description="the cell's text, cut to 100 characters")
    why: str
    remedy: str


class ImportChange(Answer):
    """One field that a row changes: what is known, and what the file says."""

    row: int = Field(description="as the spreadsheet counts")
    cell: str = Field(description="as the spreadsheet calls it, e.g. C5; empty: it has no column of its own")
    id: str = Field(description="of what it is about", examples=["FZ-2013-017"])
    column: str = Field(description="the column's title: an amount is in its unit")
    field: str
    old: str = Field(description="what is known; empty: nothing")
    new: str = Field(description="what the file says")
    outcome: Literal["changed", "unchanged", "refused"] | None = Field(
        description="what became of the row; null: it hasn't been carried out"
    )


def row(done: FileImported) -> Mapping[str, Any]:
    """An import that was carried out."""
    return {
        "import": done.file_import,
        "kind": done.kind,
        "file_name": done.file_name,
        "sha256": done.sha256,
        "mode": done.mode,
        "rows": done.rows,
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "refused": done.refused,
        "on": done.on,
        "imported_by": done.imported_by,
    }


KEPT: Kept[FileImportState, FileImported] = Kept(TABLE, only(FileImported), row)


def import_view(row: Any, language: Language) -> ImportView:
    """A row of the table `import_job`."""
    reading = row.reading or {"sheet": "", "heading_row": 1, "left_out": []}
    columns = [
        ReadColumn(
            column=letters(place.index), title=place.title, field=place.column.field, term=place.column.term
        )
        for place in places(row.heading, KINDS[row.kind].columns)
    ]
    left_out = [LeftOut.model_validate(_said(each, language)) for each in reading["left_out"]]
    return ImportView.model_validate(
        {**row._mapping, **reading, "import": row.job, "columns": columns, "left_out": left_out}
    )


def faults(row: Any, places: Sequence[Place], language: Language) -> Iterator[ImportFault]:
    """What is wrong with a row of the table `import_row`."""
    index = {place.column.field: place.index for place in places}
    for fault in row.faults:
        at = index.get(fault.get("field", ""), -1)
        value = row.cells[at] if 0 <= at < len(row.cells) else ""
        said = _said(fault, language)
        yield ImportFault(
            row=row.row,
            cell=f"{letters(at)}{row.row}" if at >= 0 else "",
            column=fault.get("column", ""),
            field=fault.get("field", ""),
            value=value[:100],
            why=said["why"],
            remedy=said["remedy"],
        )


def changes(row: Any, places: Sequence[Place], item: str) -> Iterator[ImportChange]:
    """What a row of the table `import_row` changes; `item`: the field with the id of what it is about."""
    index = {place.column.field: place.index for place in places}
    for change in row.changes:
        at = index.get(change["field"], -1)
        yield ImportChange(
            row=row.row,
            cell=f"{letters(at)}{row.row}" if at >= 0 else "",
            id=row.cells[index[item]].strip() if item in index else "",
            outcome=row.outcome,
            **change,
        )


def letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = _LETTERS[digit] + name
    return name


def _said(raw: dict[str, Any], language: Language) -> dict[str, Any]:
    """A fault with `why` and `remedy` in the reader's language; faults of older releases have only English."""
    if language == "en":
        return raw
    return {**raw, **{name: raw.get(f"{name}_zh") or raw[name] for name in ("why", "remedy")}}
