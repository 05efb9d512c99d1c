"""Imports as answers."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.projects.imports.columns import Place, places
from services.projects.imports.kinds import KINDS
from services.projects.models.imports import ImportChange, ImportFault, ImportView, LeftOut, ReadColumn
from shared.language import Language

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
