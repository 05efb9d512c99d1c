"""Reads an uploaded spreadsheet (XLSX or CSV) into rows of text, and says what it read and what it left out.

A pure function of the file, run in a process of its own (spreadsheets.py). Formulas aren't computed and macros aren't
run: a formula cell is a fault of its row, a workbook with macros is refused. Nothing is imported that the user doesn't
see: hidden sheets and rows, rows of sums, and values without a heading are left out, and the answer names them.
"""

import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from services.gateway import csv_lines
from services.gateway.sheet_lines import (
    MOST_COLUMNS,
    MOST_ROWS,
    Line,
    NotRead,
    damaged,
    too_large,
    unreadable,
)
from services.gateway.sheet_notes import Note, Notes, cell_fault
from services.gateway.xlsx import MOST_UNPACKED, Book, Merged, SheetName
from shared.headings import parted
from shared.language import Said

LONGEST_CELL = 4_000
MOST_TEXT = 15_000_000
"""Most characters read from one file; a text that many cells share takes little space in the file itself."""
_HEADING_WITHIN = 30
"""How many rows may precede the headings: title, author, unit."""
_MOST_FILLED = 200_000
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_SUMS = ("合计", "总计", "小计", "共计")
_SUMS_TOO = ("total", "subtotal", "sum", "grandtotal")
_LONGEST_SUM = 12


@dataclass(slots=True)
class SheetRow:
    """A row: number in the spreadsheet, cells as text, faults of cells, and which cells are merged."""

    row: int
    cells: list[str]
    faults: list[dict[str, Any]] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A sheet's headings, the row that they stand in, and the rows under them that hold anything.

    `name` is the sheet's, empty for a CSV; `left_out` says what of the file isn't among the rows.
    """

    name: str
    heading_row: int
    heading: list[str]
    rows: list[SheetRow]
    left_out: list[Note]


def read(file: IO[bytes], titles: frozenset[str]) -> Sheet:
    """The first sheet with headings of a workbook, or a CSV. Raises NotRead with what to do.

    `titles`: names of columns that the headings may have, as `headings.parted` gives them.
    """
    beginning = file.read(4)
    file.seek(0)
    if beginning == _OLE:
        raise unreadable(
            Said("It is an old or encrypted workbook.", "这是旧格式或加密的工作簿。"),
            Said("Save it as .xlsx, without a password.", "请另存为不带密码的 .xlsx。"),
            415,
        )
    notes = Notes()
    if beginning == _ZIP:
        name, lines = _workbook(file, titles, notes)
    else:
        name, lines = "", _bounded(csv_lines.read(file.read(), titles))
    return _sheet(name, lines, titles, notes)


def _sheet(name: str, lines: list[Line], titles: frozenset[str], notes: Notes) -> Sheet:
    if not lines:
        raise unreadable(
            Said("It is empty.", "文件中没有内容。"),
            Said("Write the columns' headings into row 1.", "请在第 1 行写列标题。"),
        )
    at = _heading_at(lines, titles)
    head = lines[at]
    heading = [cell.text[:200] for cell in head.cells]
    if at:
        notes.above(lines[:at], head.number)
    rows: list[SheetRow] = []
    for line in lines[at + 1 :]:
        if line.hidden:
            notes.hidden_row(line.number)
        elif is_sum(line):
            notes.sum_row(line.number)
        elif row := _row(line, heading, notes):
            if len(rows) == MOST_ROWS:
                raise too_large(Said(f"It has over {MOST_ROWS} rows.", f"超过 {MOST_ROWS} 行。"))
            rows.append(row)
    return Sheet(name, head.number, heading, rows, notes.all())


def _heading_at(lines: Sequence[Line], titles: frozenset[str]) -> int:
    """Of the first lines, the one with the most known titles; if none has two, the first line."""
    known = [_known(line, titles) for line in lines[:_HEADING_WITHIN]]
    most = max(known)
    if most < 2:
        return 0
    at = known.index(most)
    while at + 1 < len(known) and known[at + 1] == most:  # headings merged over two rows
        at += 1
    return at


def _known(line: Line, titles: frozenset[str]) -> int:
    return sum(parted(cell.text)[0] in titles for cell in line.cells if cell.text and not cell.formula)


def is_sum(line: Line) -> bool:
    """Whether a row holds sums (合计): its first cell says so, or it is the only word in any cell."""
    words = ["".join(cell.text.split()).rstrip(":：").lower() for cell in line.cells if cell.text]
    if any(word in (*_SUMS, *_SUMS_TOO) for word in words):
        return True
    return bool(words) and len(words[0]) <= _LONGEST_SUM and words[0].endswith(_SUMS)


def _row(line: Line, heading: Sequence[str], notes: Notes) -> SheetRow | None:
    row = SheetRow(line.number, [], merged=line.merged)
    for index, cell in enumerate(line.cells):
        text = cell.text
        if text and (index >= len(heading) or not heading[index].strip()):
            notes.no_heading(index, line.number)
            text = ""
        elif text and (fault := cell_fault(cell, LONGEST_CELL)):
            row.faults.append({"index": index, **fault})
        row.cells.append(text if len(text) <= LONGEST_CELL else text[:200])
    while row.cells and not row.cells[-1]:
        row.cells.pop()
    return row if row.cells else None


def _workbook(file: IO[bytes], titles: frozenset[str], notes: Notes) -> tuple[str, list[Line]]:
    try:
        _check_parts(file)
        book = Book(file)
        chosen = _choose(book, titles, notes)
        lines = _bounded(book.lines(chosen))
        _fill(lines, book.merged)
        return chosen.name, lines
    except (NotRead, MemoryError):
        raise
    except Exception as error:  # a damaged file can make the library raise anything
        raise damaged() from error


def _check_parts(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged() from error
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise unreadable(
            Said("The workbook holds macros.", "工作簿含有宏。"),
            Said("Save it as .xlsx, which has none.", "请另存为不含宏的 .xlsx。"),
            415,
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise unreadable(
            Said("It is no workbook.", "这不是工作簿。"),
            Said("Send .xlsx or .csv.", "请上传 .xlsx 或 .csv。"),
            415,
        )
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_large(Said("It unpacks to more than is read.", "解压后的内容过大。"))


def _choose(book: Book, titles: frozenset[str], notes: Notes) -> SheetName:
    """The first visible sheet with headings; if there is none, the first visible sheet that isn't empty."""
    beginnings = {sheet.part: list(islice(book.lines(sheet), _HEADING_WITHIN)) for sheet in book.sheets}
    seen = [sheet for sheet in book.sheets if not sheet.hidden and beginnings[sheet.part]]
    chosen = next(
        (sheet for sheet in seen if max(_known(line, titles) for line in beginnings[sheet.part]) >= 2),
        seen[0] if seen else None,
    )
    if chosen is None:
        raise unreadable(
            Said("It has no sheet that is seen and holds anything.", "没有可见且有内容的工作表。"),
            Said("Unhide the sheet that is to be read.", "请取消隐藏要读取的工作表。"),
        )
    for sheet in book.sheets:
        if sheet is not chosen and beginnings[sheet.part]:
            notes.other_sheet(sheet.name, hidden=sheet.hidden)
    return chosen


def _bounded(lines: Iterable[Line]) -> list[Line]:
    """All lines. Raises NotRead beyond the limits of one file."""
    kept: list[Line] = []
    text = 0
    for line in lines:
        if len(line.cells) > MOST_COLUMNS:
            raise too_large(
                Said(
                    f"Row {line.number} has {len(line.cells)} columns; at most {MOST_COLUMNS} are read.",
                    f"第 {line.number} 行有 {len(line.cells)} 列，最多读取 {MOST_COLUMNS} 列。",
                )
            )
        if len(kept) > MOST_ROWS + _HEADING_WITHIN:
            raise too_large(Said(f"It has over {MOST_ROWS} rows.", f"超过 {MOST_ROWS} 行。"))
        text += sum(len(cell.text) for cell in line.cells)
        if text > MOST_TEXT:
            raise too_large(Said(f"It has over {MOST_TEXT} characters.", f"文字超过 {MOST_TEXT} 个字符。"))
        kept.append(line)
    return kept


def _fill(lines: Sequence[Line], merged: Sequence[Merged]) -> None:
    """Copies a cell that is merged over several rows into each of those rows that isn't empty otherwise."""
    numbers = [line.number for line in lines]
    filled = 0
    for each in merged:
        if each.bottom == each.top or each.left >= MOST_COLUMNS:
            continue
        within = lines[bisect_left(numbers, each.top) : bisect_right(numbers, each.bottom)]
        if not within or within[0].number != each.top or not within[0].text(each.left):
            continue
        cell = within[0].cells[each.left]
        for line in within:
            filled += 1
            if filled > _MOST_FILLED:
                raise too_large(Said("It has too many merged cells.", "合并单元格过多。"))
            line.cells += [type(cell)() for _ in range(each.left + 1 - len(line.cells))]
            line.cells[each.left] = cell
            line.merged.append(each.left)
