"""A page's figures as CSV, XLSX or JSON: the same numbers, rounded by the same module, to the digit."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import xlsxwriter

from services.portal import numbers
from services.portal.figures import Amount, Bar, Cell, Column, Figure, Light, Link, Page
from services.portal.words import Words
from shared.language import Language

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
Formats = Callable[[str], Any]
"""A cell format by its number format, made once per workbook."""
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠\t\r\n]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_MADE = datetime(2013, 1, 27, tzinfo=UTC)
"""In every workbook, so that the same page is the same file."""


def plain(cell: Cell) -> Any:
    """What a cell says, without how it looks."""
    match cell:
        case Link():
            return cell.text
        case Light():
            return cell.text
        case Bar():
            return cell.percent
        case Amount():
            return cell.value
        case _:
            return cell


def digits(column: Column, cell: Cell = None) -> int:
    """Behind the point, in this column, or of this cell if it has a unit of its own."""
    if isinstance(cell, Amount):
        return numbers.unit(cell.unit).digits
    return numbers.unit(column.unit).digits if column.digits is None else column.digits


def shown(cell: Cell, column: Column, language: Language) -> str:
    """A cell as the page shows it."""
    value = plain(cell)
    if value is None or value == "":
        return numbers.MISSING
    match column.kind:
        case "number":
            return numbers.number(value, digits(column, cell), language)
        case "points":
            return numbers.number(value, digits(column, cell), language, sign=True)
        case "day":
            return numbers.day(value, language)
        case "moment":
            return numbers.moment(value, language)
        case "month":
            return numbers.month(str(value), language)
        case _:
            return str(value)


def heading(column: Column, language: Language) -> str:
    """A column's title with its unit."""
    name = numbers.unit(column.unit).to(language)
    if not name:
        return column.title
    return f"{column.title}（{name}）" if language == "zh" else f"{column.title} ({name})"


def as_json(page: Page, language: Language) -> bytes:
    """Everything the page says; numbers as texts, rounded as on the page, null for what is missing."""
    figures = [_figure(figure, language) for figure in page.figures]
    tiles = [{"label": tile.label, "value": tile.value, "unit": tile.unit} for tile in page.tiles]
    document = {
        "title": page.title,
        "language": language,
        "simulated": page.simulated,
        "lead": list(page.lead),
        "tiles": tiles,
        "figures": figures,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _figure(figure: Figure, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": figure.name,
        "title": figure.title,
        "sentence": figure.sentence,
        "state": figure.state,
        "note": figure.note,
        "unit": numbers.unit(figure.unit).to(language),
        "period": figure.period,
        "rule": figure.rule,
        "sources": [{"text": link.text, "href": link.href} for link in figure.sources],
    }
    if figure.table is not None:
        told["columns"] = [
            {
                "key": each.key,
                "title": each.title,
                "kind": each.kind,
                "unit": numbers.unit(each.unit).to(language),
            }
            for each in figure.table.columns
        ]
        told["rows"] = [
            {
                column.key: _json_cell(cell, column)
                for column, cell in zip(figure.table.columns, row, strict=True)
            }
            for row in figure.table.rows
        ]
    return told


def _json_cell(cell: Cell, column: Column) -> Any:
    value = plain(cell)
    if column.kind in ("number", "points"):
        found = numbers.rounded(value, digits(column, cell))
        return None if found is None else f"{found:f}"
    return value.isoformat() if isinstance(value, date) else value


def as_csv(page: Page, words: Words) -> bytes:
    """One table after the other, each under its title; with the mark by which Excel knows UTF-8."""
    language = words.language
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow([_safe(page.title)])
    for line in page.lead:
        write.writerow([_safe(line)])
    if page.tiles:
        write.writerow([])
        write.writerows(
            [_safe(tile.label), _safe(tile.value, number=True), _safe(tile.unit)] for tile in page.tiles
        )
    for figure in page.figures:
        write.writerow([])
        write.writerow([_safe(figure.title)])
        for line in (figure.sentence, figure.note):
            if line:
                write.writerow([_safe(line)])
        if figure.table is None:
            continue
        write.writerow([_safe(heading(column, language)) for column in figure.table.columns])
        for row in figure.table.rows:
            write.writerow(
                [
                    _csv_cell(cell, column, language)
                    for column, cell in zip(figure.table.columns, row, strict=True)
                ]
            )
    return file.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell, column: Column, language: Language) -> str:
    value = plain(cell)
    if column.kind in ("number", "points"):
        found = numbers.rounded(value, digits(column, cell))
        return "" if found is None else f"{found:f}"
    if value is None or value == "":
        return ""
    return _safe(shown(cell, column, language))


def _safe(text: str, *, number: bool = False) -> str:
    """A text that no spreadsheet program runs."""
    if number and numbers.decimal(text.replace(",", "")) is not None:
        return text
    return f"'{text}" if _FORMULA.match(text) else text


def as_xlsx(page: Page, words: Words, address: str) -> bytes:
    """A sheet per figure, numbers as numbers, and a last one of notes: where each came from, by which rule."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": page.title, "created": _MADE.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#E3E9F1", "text_wrap": True, "valign": "top"})
    large, wrap = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True})
    formats = cache(lambda shape: book.add_format({"num_format": shape}))
    taken: set[str] = set()
    for figure in page.figures:
        if figure.table is None:
            continue
        sheet = book.add_worksheet(_sheet_name(figure.title, taken))
        sheet.write_string(0, 0, figure.title, large)
        sheet.write_string(1, 0, figure.sentence)
        sheet.freeze_panes(3, 1)
        for at, column in enumerate(figure.table.columns):
            sheet.set_column(at, at, 16 if column.kind != "text" else 24)
            sheet.write_string(2, at, heading(column, words.language), head)
            for line, row in enumerate(figure.table.rows, start=3):
                _write(formats, sheet, line, at, row[at], column, words.language)
    notes = book.add_worksheet(_sheet_name(words("export.notes"), taken))
    notes.set_column(0, 0, 28)
    notes.set_column(1, 1, 100, wrap)
    for line, (name, told) in enumerate(_notes(page, words, address)):
        notes.write_string(line, 0, name)
        notes.write_string(line, 1, told)
    book.close()
    return file.getvalue()


def _notes(page: Page, words: Words, address: str) -> list[tuple[str, str]]:
    lines = [(words("export.page"), page.title), (words("export.address"), address)]
    lines += [(words("export.about"), line) for line in page.lead]
    if page.simulated:
        lines.append((words("export.about"), words("page.simulated")))
    lines += [(tile.label, f"{tile.value} {tile.unit}".strip()) for tile in page.tiles]
    for figure in page.figures:
        told = (
            figure.sentence,
            figure.note,
            figure.period,
            figure.rule,
            *(link.text for link in figure.sources),
        )
        lines.append((figure.title, " · ".join(part for part in told if part)))
    return lines


def _write(
    formats: Formats, sheet: Any, line: int, at: int, cell: Cell, column: Column, language: Language
) -> None:
    value = plain(cell)
    if column.kind in ("number", "points"):
        found = numbers.rounded(value, digits(column, cell))
        if found is not None:
            places = digits(column, cell)
            shape = "#,##0" + ("." + "0" * places if places else "")
            sheet.write_number(line, at, float(found), formats(shape))
        return
    if value is None or value == "":
        return
    if column.kind == "day" and (found_day := numbers.as_date(value)) is not None:
        sheet.write_datetime(line, at, _midnight(found_day), formats("yyyy-mm-dd"))
        return
    sheet.write_string(line, at, shown(cell, column, language))


def _midnight(value: date) -> datetime:
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a sheet's days have no zone


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of those that Excel refuses, and none twice."""
    plain_name = _NOT_IN_SHEET_NAMES.sub(" ", title).strip()[:31] or "1"
    name, number = plain_name, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain_name[: 30 - len(str(number))]} {number}"
    taken.add(name.casefold())
    return name
