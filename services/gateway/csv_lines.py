"""Reads CSV from any program: UTF-8, UTF-16 or GB 18030, delimited by comma, semicolon or tab."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from services.gateway.sheet_lines import Cell, Line, unreadable
from shared.headings import parted
from shared.language import Said

_BEGINNING = 30
_DELIMITERS = (",", ";", "\t")
_LONGEST_FIELD = 10_000_000


def read(content: bytes, titles: frozenset[str]) -> Iterator[Line]:
    """The rows that aren't empty. Raises NotRead."""
    text = _decoded(content)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        delimiter = max(_DELIMITERS, key=lambda each: _fit(text, each, titles))
        for number, row in enumerate(_rows(text, delimiter), start=1):
            line = Line(number, [_cell(value) for value in row])
            line.trim()
            if line.cells:
                yield line
    except csv.Error as error:
        raise unreadable(
            Said(f"It is no CSV: {error}.", f"不是有效的 CSV：{error}。"),
            Said("Save it as CSV in UTF-8, or as .xlsx.", "请另存为 UTF-8 编码的 CSV，或 .xlsx。"),
        ) from error


def _cell(value: str) -> Cell:
    """Strips the apostrophe that marks a formula or code as text (our own exports write it)."""
    text = value.strip()
    if text.startswith("'"):
        return Cell(text[1:])
    return Cell(text, formula=text.startswith("="))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _fit(text: str, delimiter: str, titles: frozenset[str]) -> tuple[int, int]:
    """How well a delimiter fits: most known titles in one of the first lines, then cells of the first line."""
    beginning = list(islice(_rows(text, delimiter), _BEGINNING))
    known = max((sum(parted(cell)[0] in titles for cell in row) for row in beginning), default=0)
    return known, len(beginning[0]) if beginning else 0


def _decoded(content: bytes) -> str:
    for mark, coding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"", "utf-8-sig"),
        (b"", "gb18030"),
    ):
        if content.startswith(mark):
            try:
                text = content.decode(coding)
            except UnicodeDecodeError:
                continue
            if "\0" in text[:4096]:
                break
            return text
    if b"\0" in content[:4096]:
        raise unreadable(
            Said("It is neither a workbook nor text.", "既不是工作簿，也不是文本。"),
            Said(
                "Send .xlsx, or .csv in UTF-8 or GB 18030.", "请上传 .xlsx，或 UTF-8、GB 18030 编码的 .csv。"
            ),
            415,
        )
    raise unreadable(
        Said("Its text is neither UTF-8 nor GB 18030.", "文字既不是 UTF-8，也不是 GB 18030。"),
        Said("Save it as CSV in UTF-8.", "请另存为 UTF-8 编码的 CSV。"),
        415,
    )
