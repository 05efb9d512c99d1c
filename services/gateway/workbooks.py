"""Writes an XLSX as a stream: rows come in, bytes go out, and only a small part of the file is in memory.

Workbook libraries keep every row until the end, in memory or on disk. A workbook is a ZIP of XML, and both can be
written front to back: a ZIP's directory comes last, and the part that lists the sheets may follow them. Format: Office
Open XML (ECMA-376), with numbers and inline texts (`inlineStr`) in the cells.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile


class Number(NamedTuple):
    """A number and how it is shown."""

    value: float
    money: bool = False


Cell = str | int | float | Number | date | datetime | None
"""A datetime is written with its own clock time; its time zone is ignored."""

MOST_ROWS = 1_048_576
"""Most rows of one sheet; further rows go into another sheet."""
_LONGEST = 32_767  # characters of a cell
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEADING, _TEXT, _MONEY, _DAY, _MOMENT = 1, 2, 3, 4, 5
"""Places in the list of formats that `_STYLES` ends with. A text has the format "text": so it stays one when edited."""
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    + "".join(
        f'<xf numFmtId="{each}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for each in (49, 4, 164, 165)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_FIRST_DAY = date(1899, 12, 30)
_WIDEST = 40


class _Sink(io.RawIOBase):
    """The buffer that the ZIP is written to and `take` empties; not seekable."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]  # a buffer of any kind
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        """The bytes written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class Workbook:
    """A workbook with one heading over all its rows. Send what `heading`, `rows` and `end` give, in this order."""

    def __init__(self, names: Sequence[str], most_rows: int = MOST_ROWS) -> None:
        self._names, self._most = names, most_rows
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w", ZIP_DEFLATED, compresslevel=3)
        self._sheets = self._written = 0

    def heading(self) -> bytes:
        """The bytes that begin the workbook, up to the heading."""
        self._open()
        return self._sink.take()

    def rows(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """The bytes of some more rows; may be empty while the compressor buffers."""
        for row in rows:
            if self._written == self._most:
                self._close()
                self._open()
            self._put(row)
        return self._sink.take()

    def end(self) -> bytes:
        """The bytes that end the workbook: styles, list of sheets, ZIP directory."""
        self._close()
        for name, content in _parts(self._sheets):
            self._zip.writestr(name, _HEAD + content)
        self._zip.close()
        return self._sink.take()

    def _open(self) -> None:
        self._sheets += 1
        self._written = 0
        self._part = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w", force_zip64=True)
        # The heading row is frozen, and the columns are as wide as their headings.
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{min(_WIDEST, 4 + 2 * len(name))}" customWidth="1"/>'
            for n, name in enumerate(self._names, start=1)
        )
        widths = f"<cols>{widths}</cols>" if widths else ""
        self._part.write(
            (
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
                'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
                f"{widths}<sheetData>"
            ).encode()
        )
        self._written += 1
        self._part.write(f"<row>{''.join(_text(name, _HEADING) for name in self._names)}</row>".encode())

    def _close(self) -> None:
        self._part.write(b"</sheetData></worksheet>")
        self._part.close()

    def _put(self, row: Sequence[Cell]) -> None:
        self._written += 1
        self._part.write(f"<row>{''.join(map(_cell, row))}</row>".encode())


def _cell(value: Cell) -> str:
    match value:
        case None | "":
            return "<c/>"
        case str():
            return _text(value, _TEXT)
        case Number():
            form = _MONEY if value.money else 0
            return f'<c s="{form}"><v>{value.value}</v></c>'
        case datetime():
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            return f'<c s="{_MOMENT}"><v>{(value.date() - _FIRST_DAY).days + seconds / 86_400}</v></c>'
        case date():
            return f'<c s="{_DAY}"><v>{(value - _FIRST_DAY).days}</v></c>'
        case _:
            return f"<c><v>{value}</v></c>"


def _text(value: str, form: int) -> str:
    text = escape(_NO_XML.sub("", value[:_LONGEST]))
    return f'<c s="{form}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _parts(sheets: int) -> Iterator[tuple[str, str]]:
    """Every part of the package except the sheets: content types, relationships, workbook."""
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_MEDIA}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MEDIA}.styles+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MEDIA}.sheet.main+xml"/>{overrides}</Types>',
    )
    yield "xl/styles.xml", _STYLES
    yield "_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")])
    yield (
        "xl/_rels/workbook.xml.rels",
        _relationships(
            [
                *(("worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
                ("styles", "styles.xml"),
            ]
        ),
    )
    named = "".join(
        f'<sheet name="list{"" if number == 1 else f" {number}"}" sheetId="{number}" r:id="rId{number}"/>'
        for number in numbers
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
    )


def _relationships(parts: Sequence[tuple[str, str]]) -> str:
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
