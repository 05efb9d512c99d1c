"""Reads an uploaded spreadsheet (XLSX or CSV) into rows of text, and refuses what it shouldn't be asked to read.

A pure function of the bytes, run in a process of its own: a large workbook takes seconds and memory that the door has
no part in. Formulas aren't computed and macros aren't run: a formula's cell is a fault of its row, a workbook with
macros is refused. Limits are on what comes out: a small file that unpacks to a big one is stopped before it has.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from shared.problems import Problem

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_UNPACKED = 400_000_000
LONGEST_CELL = 4_000
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_ERRORS = ("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#N/A", "#NUM!", "#NULL!")


@dataclass(slots=True)
class SheetRow:
    """A row: its number in the spreadsheet, its cells as text, and what is wrong with them."""

    row: int
    cells: list[str]
    faults: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A spreadsheet's heading and the rows under it that hold anything."""

    heading: list[str]
    rows: list[SheetRow]


def read(content: bytes) -> Sheet:
    """The first sheet of a workbook, or a CSV. Raises Problem 413, 415 or 422, with what to do."""
    if content.startswith(_OLE):
        raise _unreadable("It is an old or encrypted workbook.", "Save it as .xlsx, without a password.", 415)
    lines = _workbook(content) if content.startswith(_ZIP) else _csv(content)
    heading: list[str] | None = None
    rows: list[SheetRow] = []
    for number, raw in enumerate(lines, start=1):
        while raw and raw[-1] in (None, ""):
            raw.pop()
        if len(raw) > MOST_COLUMNS:
            raise _too_large(f"Row {number} has {len(raw)} columns; at most {MOST_COLUMNS} are read.")
        if heading is None:
            if number > 1 or not raw:
                raise _unreadable("The first row is empty.", "Write the columns' headings into row 1.")
            heading = [_text(cell)[:200] for cell in raw]
        elif raw:
            if len(rows) == MOST_ROWS:
                raise _too_large(f"It has over {MOST_ROWS} rows.")
            rows.append(_row(number, raw))
    if heading is None:
        raise _unreadable("It is empty.", "Write the columns' headings into row 1.")
    return Sheet(heading, rows)


def _row(number: int, raw: list[Any]) -> SheetRow:
    row = SheetRow(number, [])
    for index, cell in enumerate(raw):
        text = _text(cell)
        fault = _fault(text)
        if fault:
            row.faults.append({"index": index, "why": fault[0], "remedy": fault[1]})
        row.cells.append(text if len(text) <= LONGEST_CELL else text[:200])
    return row


def _fault(text: str) -> tuple[str, str] | None:
    if text.startswith("="):
        return "The cell holds a formula.", "Write its value: formulas aren't computed here."
    if text in _ERRORS:
        return f"The cell holds an error ({text}).", "Mend it in the spreadsheet."
    if len(text) > LONGEST_CELL:
        return f"The cell holds {len(text)} characters.", f"At most {LONGEST_CELL} are read; shorten it."
    if "\0" in text:
        return "The cell holds the character U+0000.", "Leave the character out."
    return None


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case float():
            return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case _:
            return str(cell).strip()


def _workbook(content: bytes) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable("It is damaged.", "Open it in a spreadsheet program and save it again.") from error
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise _unreadable("The workbook holds macros.", "Save it as .xlsx, which has none.", 415)
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _unreadable("It is no workbook.", "Send .xlsx or .csv.", 415)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_large("It unpacks to more than is read.")
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for values in book.worksheets[0].iter_rows(values_only=True):
            yield list(values)
    except Problem:
        raise
    except Exception as error:  # whatever a damaged file makes the library raise
        raise _unreadable("It is damaged.", "Open it in a spreadsheet program and save it again.") from error


def _csv(content: bytes) -> Iterator[list[Any]]:
    if b"\0" in content[:4096]:
        raise _unreadable(
            "It is neither a workbook nor text.", "Send .xlsx, or .csv in UTF-8 or GB 18030.", 415
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _unreadable(
                "Its text is neither UTF-8 nor GB 18030.", "Save it as CSV in UTF-8.", 415
            ) from error
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    csv.field_size_limit(10_000_000)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield list(row)
    except csv.Error as error:
        raise _unreadable(f"It is no CSV: {error}.", "Save it as CSV in UTF-8, or as .xlsx.") from error


def _unreadable(why: str, remedy: str, status: int = 422) -> Problem:
    code = "unsupported-media-type" if status == 415 else "unreadable-file"
    return Problem(status, code, "The file can't be read", why, where="body", remedy=remedy)


def _too_large(why: str) -> Problem:
    return Problem(
        413,
        "file-too-large",
        "The file is too large",
        why,
        where="body",
        remedy=f"Split it: at most {MOST_ROWS} rows and {MOST_COLUMNS} columns a file.",
    )
