"""Reads the sheets of an XLSX row by row, and stops early at a decompression bomb.

openpyxl parses the format. This module adds limits during parsing (bytes unpacked, bytes and cells of one row, rows)
and what openpyxl's read-only mode leaves out: hidden sheets and rows, merged cells, number formats.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from services.gateway.sheet_lines import Cell, Line, damaged, too_large
from shared.language import Said

MOST_UNPACKED = 200_000_000
"""Bytes of XML that are read of one file."""
_MOST_OF_A_ROW = 4_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # ECMA-376
_MOST_SHEETS = 100
_MOST_CELLS = 1_000_000
_SHARED, _RUN, _TEXT = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "r", "t"))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PLACES = re.compile(r"^#?,?#*0\.(0+)")


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet of the workbook."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A range of merged cells: rows as the spreadsheet counts, columns from 0, both ends included."""

    top: int
    bottom: int
    left: int
    right: int


class Book:
    """An open workbook."""

    def __init__(self, file: IO[bytes]) -> None:
        reader = ExcelReader(file, read_only=True, keep_links=False)
        self._archive = _Archive(file)
        reader.archive = self._archive
        reader.read_manifest()
        strings = reader.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        self._strings = _texts(self._archive, strings.PartName[1:]) if strings is not None else []
        reader.read_workbook()
        apply_stylesheet(self._archive, reader.wb)
        self._book = reader.wb
        self.merged: list[Merged] = []
        self.sheets = [
            SheetName(sheet.name, sheet.state != "visible", relation.target)
            for sheet, relation in reader.parser.find_sheets()
            if "worksheet" in relation.Type and relation.target in reader.valid_files
        ][:_MOST_SHEETS]

    def lines(self, sheet: SheetName) -> Iterator[Line]:
        """The rows of a sheet that aren't empty; after the last one, `merged` holds the merged cells."""
        self._archive.since_row = 0
        self._archive.in_rows = True
        cells = 0
        with self._archive.open(sheet.part) as source:
            parser = _Rows(source, self._book, self._strings)
            for number, line in parser.parse():
                self._archive.since_row = 0
                cells += parser.last_cells
                if number > _LAST_ROW:
                    raise damaged()
                if cells > _MOST_CELLS:
                    raise too_large(
                        Said(f"It has over {_MOST_CELLS} cells.", f"单元格超过 {_MOST_CELLS} 个。")
                    )
                if line.cells:
                    yield line
        self._archive.in_rows = False
        self.merged = [
            Merged(each.min_row, each.max_row, each.min_col - 1, each.max_col - 1)
            for each in (parser.merged_cells.mergeCell if parser.merged_cells else ())
        ]


class _Rows(WorkSheetParser):
    """Converts rows to lines. Number and shared-text cells bypass openpyxl's slower conversion."""

    last_cells = 0

    def __init__(self, source: IO[bytes], book: Any, strings: list[str]) -> None:
        super().__init__(
            source,
            strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._styles, self._formats = book._cell_styles, book._number_formats
        self._shapes: dict[str, Shape] = {}

    def parse_row(self, row: Any) -> tuple[int, Line]:  # type: ignore[override]
        number = row.get("r")
        self.row_counter = int(number) if number is not None else self.row_counter + 1
        self.col_counter = 0
        self.last_cells = len(row)
        line = Line(self.row_counter, [], row.get("hidden") in ("1", "true"))
        if self.last_cells > _LAST_COLUMN:
            raise damaged()
        for element in row:
            cell = self._cell(element)
            if cell is not None and cell.text:
                if self.col_counter > _LAST_COLUMN:
                    raise damaged()
                line.cells += [Cell() for _ in range(self.col_counter - len(line.cells))]
                line.cells[self.col_counter - 1] = cell
        return self.row_counter, line

    def _cell(self, element: Any) -> Cell | None:
        if not len(element):  # a cell with a format but no value
            coordinate = element.get("r")
            self.col_counter = column_of(coordinate) if coordinate else self.col_counter + 1
            return None
        kind = element.get("t", "n")
        if kind == "inlineStr" and (inline := element.find(INLINE_STRING)) is not None:
            coordinate = element.get("r")
            self.col_counter = column_of(coordinate) if coordinate else self.col_counter + 1
            return Cell(_shared_text(inline))
        if kind in ("s", "n") and element.find(FORMULA_TAG) is None:
            value = element.findtext(VALUE_TAG)
            style = element.get("s", "0")
            if value and (kind == "s" or int(style) not in self.date_formats):
                coordinate = element.get("r")
                self.col_counter = column_of(coordinate) if coordinate else self.col_counter + 1
                if kind == "s":
                    return Cell(self.shared_strings[int(value)])
                return Cell(shown(value, self._shape(style)))
        raw = self.parse_cell(element)
        if raw["data_type"] == "f":
            return Cell(raw["value"] if isinstance(raw["value"], str) else "=", formula=True)
        return Cell(_text(raw["value"]))

    def _shape(self, style: str) -> "Shape":
        shape = self._shapes.get(style)
        if shape is None:
            index = int(style)
            number = self._styles[index].numFmtId if 0 <= index < len(self._styles) else 0
            form = BUILTIN_FORMATS.get(number, "General") if number < 164 else self._formats[number - 164]
            shape = self._shapes[style] = shape_of(form)
        return shape


@cache
def column_of(coordinate: str) -> int:
    """AB12 is in column 28."""
    return int(column_index_from_string(coordinate.rstrip("0123456789")))


def _texts(archive: "_Archive", part: str) -> list[str]:
    """The shared strings, without their formatting and phonetic readings."""
    texts: list[str] = []
    with archive.open(part) as source:
        for _, element in iterparse(source):  # noqa: S314 - memory and time are the kernel's to bound
            if element.tag == _SHARED:
                texts.append(_shared_text(element))
                element.clear()
    return texts


def _shared_text(element: Any) -> str:
    """The text of an element `si` or `is`, with that of its rich-text runs."""
    return "".join(run.findtext(_TEXT) or "" for run in (element, *element.findall(_RUN))).strip()


class Shape(NamedTuple):
    """What a number format adds to a value: percent sign, minimum number of digits and of decimals."""

    percent: bool
    digits: int
    decimals: int


def shown(value: str, shape: Shape) -> str:
    """A number as the spreadsheet displays it where its format matters: 35%, 0610, 2013.10."""
    if value.isdigit() and value.isascii():
        if not shape.percent:
            return value.zfill(shape.digits) + (f".{'0' * shape.decimals}" if shape.decimals else "")
        return f"{int(value) * 100}%"
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        return value
    text = _digits(number * (100 if shape.percent else 1))
    if shape.percent:
        return f"{text}%"
    whole, point, part = text.partition(".")
    return f"{whole}.{part.ljust(shape.decimals, '0')}" if point else whole.zfill(shape.digits)


def shape_of(form: str) -> Shape:
    """What a number format (ECMA-376, 18.8.30) adds."""
    plain = _QUOTED.sub("", form.partition(";")[0])
    digits = len(plain) if plain and set(plain) == {"0"} else 0
    found = _PLACES.match(plain)
    return Shape("%" in plain, digits, len(found[1]) if found else 0)


def _digits(number: Decimal) -> str:
    """The number without exponent and without trailing zeros after the decimal point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return str(value).strip()


class _Archive(ZipFile):
    """A ZIP that counts the bytes actually unpacked, because its directory may lie about sizes."""

    unpacked = since_row = 0
    in_rows = False

    def open(self, *arguments: Any, **values: Any) -> Any:
        source = super().open(*arguments, **values)
        read = source.read

        def counted(size: int = -1) -> bytes:
            """Reads piece by piece, so that the limit also stops within a part of any length."""
            pieces: list[bytes] = []
            while size != 0:
                piece = read(65_536 if size < 0 else min(size, 65_536))
                if not piece:
                    break
                pieces.append(piece)
                self._count(len(piece))
                if size > 0:
                    size -= len(piece)
            return b"".join(pieces)

        source.read = counted  # type: ignore[method-assign]
        return source

    def _count(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED:
            raise too_large(Said("It unpacks to more than is read.", "解压后的内容过大。"))
        self.since_row += size
        if self.in_rows and self.since_row > _MOST_OF_A_ROW:
            raise too_large(Said("A row has more cells than a row can.", "有一行的单元格过多。"))
