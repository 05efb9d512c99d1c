"""Requests and answers about imports of spreadsheets (表格导入)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.models.base import (
    Answer,
    Cursor,
    Limit,
    Line,
    ProjectId,
    ReaderLanguage,
    Request,
    ShortText,
)

KindName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{1,20}$"),
    Field(description="kind of spreadsheet", examples=["projects"]),
]
ImportId = Annotated[ProjectId, Field(description="import id", examples=["I-0123456789abcdef"])]
Cell = Annotated[str, StringConstraints(max_length=20_000)]
Standing = Literal["receiving", "checking", "checked", "running", "finished", "failed"]
Mode = Literal["all", "good"]
MOST_ROWS = 20_000
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ID: dict[str, Any] = {"import": "I-0123456789abcdef"}


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


_Words = Annotated[str, StringConstraints(max_length=300)]


class LeftOutIn(Request):
    """Something of a file that isn't among its rows, in both languages."""

    code: str = Field(pattern=r"^[a-z-]{1,40}$", description="what it is, for programs")
    where: _Words = Field(description="sheet, rows or cells")
    count: int = Field(ge=1, description="how many")
    why: _Words
    why_zh: _Words
    remedy: _Words
    remedy_zh: _Words


class OpenImport(Request):
    """A file as the gateway has read it: its heading; its rows follow."""

    model_config = _example(
        kind="projects",
        file_name="projects.csv",
        sha256=_SHA,
        heading=["项目名称", "地区", "行业代码", "总投资（万元）", "设备投资（万元）", "策划日期"],
        rows=1,
    )

    kind: KindName
    file_name: Annotated[Line, Field(max_length=200)] = Field(description="name of the file, for people")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")
    heading: list[Cell] = Field(max_length=200, description="cells of the row with the headings")
    rows: int = Field(ge=0, le=MOST_ROWS, description="how many rows follow")
    sheet: Annotated[Line, Field(max_length=200)] = Field(
        default="", description="the sheet that was read; empty: the file has no sheets"
    )
    heading_row: int = Field(default=1, ge=1, le=10_000_000, description="the row with the headings")
    left_out: list[LeftOutIn] = Field(default=[], max_length=100, description="what isn't among the rows")
    language: ReaderLanguage


class CellFault(Request):
    """What is wrong with a cell before anybody reads it: a formula, an error value, a text without end."""

    index: int = Field(ge=0, le=200, description="column, counted from 0")
    why: _Words = Field(description="what is wrong")
    remedy: _Words = Field(description="what to do")
    why_zh: _Words = Field(default="", description="what is wrong, in Chinese")
    remedy_zh: _Words = Field(default="", description="what to do, in Chinese")


class SheetRow(Request):
    """One row of a file."""

    row: int = Field(ge=2, le=10_000_000, description="its number in the spreadsheet")
    cells: list[Cell] = Field(max_length=200, description="its cells as text")
    faults: list[CellFault] = Field(default=[], max_length=200, description="wrong cells")
    merged: list[Annotated[int, Field(ge=0, le=200)]] = Field(
        default=[],
        max_length=1_000,
        description="columns, counted from 0, whose cell is merged with other rows'",
    )


class AddImportRows(Request):
    """Some rows of a file."""

    model_config = _example(
        **_ID,
        rows=[{"row": 2, "cells": ["纺织技改项目", "福清市", "1751", "12000", "8350", "2013-01-10"]}],
    )

    import_: ImportId = Field(alias="import")
    rows: list[SheetRow] = Field(min_length=1, max_length=2_000, description="in the file's order")
    language: ReaderLanguage


class RunImport(Request):
    """Carry out what was checked."""

    model_config = _example(**_ID, mode="good")

    import_: ImportId = Field(alias="import")
    mode: Mode = Field(
        description="all: every row or none, in one transaction; good: the rows that can be, with a report"
    )
    reason: ShortText | None = Field(
        default=None,
        description="why what is known changes: with it the changes that the check has shown are carried out, "
        "without it their rows are not",
        examples=["与企业核对后更正"],
    )
    language: ReaderLanguage


class GetImport(Request):
    """Ask how an import stands."""

    model_config = _example(**_ID)

    import_: ImportId = Field(alias="import")
    language: ReaderLanguage


class ListImports(Request):
    """Ask for one's own imports, the newest first."""

    model_config = _example(limit=20)

    limit: Limit
    cursor: Cursor
    language: ReaderLanguage


class ListImportFaults(Request):
    """Ask for what is wrong in a file, in order of its rows."""

    model_config = _example(**_ID)

    import_: ImportId = Field(alias="import")
    limit: Limit
    cursor: Cursor
    language: ReaderLanguage


class ListImportChanges(Request):
    """Ask for what a file would change of what is known, or has changed, in order of its rows."""

    model_config = _example(**_ID)

    import_: ImportId = Field(alias="import")
    limit: Limit
    cursor: Cursor


class ListImportKinds(Request):
    """Ask which spreadsheets can be imported."""

    model_config = _example()

    language: ReaderLanguage


class GetImportTemplate(Request):
    """Ask for what a spreadsheet of a kind looks like."""

    model_config = _example(kind="projects")

    kind: KindName
    language: ReaderLanguage


class ListNames(Request):
    """Ask what the codes are called that lists show."""

    model_config = _example()

    language: ReaderLanguage


class CodeNames(Answer):
    """The names of codes."""

    names: dict[str, dict[str, str]] = Field(
        description="by list (regions, industries, programmes, tags, words) and code"
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


class ImportPage(Answer):
    """A page of imports."""

    items: list[ImportView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportFault(Answer):
    """One thing that is wrong: where, why, what to do."""

    row: int = Field(description="as the spreadsheet counts")
    cell: str = Field(description="as the spreadsheet calls it, e.g. C5; empty: the row as a whole")
    column: str = Field(description="the column's title; empty: the row as a whole")
    field: str
    value: str = Field(description="the cell's text, cut to 100 characters")
    why: str
    remedy: str


class ImportFaultPage(Answer):
    """A page of what is wrong."""

    items: list[ImportFault]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


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


class ImportChangePage(Answer):
    """A page of changes."""

    items: list[ImportChange]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportColumn(Answer):
    """A column of a kind of spreadsheet."""

    heading: str = Field(description="as a template shows it; an amount says its unit: 元, 万元 or 亿元")
    field: str = Field(description="the English heading; of an amount in yuan")
    required: bool
    form: str = Field(description="how its cells are written")
    example: str


class ImportKind(Answer):
    """A kind of spreadsheet."""

    kind: str
    term: str
    columns: list[ImportColumn]


class ImportKinds(Answer):
    """Every kind of spreadsheet."""

    items: list[ImportKind]


class Choice(Answer):
    """A value that a cell may have, and what it means."""

    value: str
    name: str


class TemplateColumn(Answer):
    """A column of a template."""

    title: str = Field(description="heading in the reader's language, with its unit")
    field: str
    required: bool
    money: bool = Field(description="an amount, in the heading's unit")
    form: str = Field(description="how its cells are written")
    example: str
    choices: str | None = Field(description="the list that its cells are chosen from")


class ImportTemplate(Answer):
    """What a spreadsheet of a kind looks like: the gateway makes a workbook of it."""

    kind: str
    term: str
    columns: list[TemplateColumn]
    lists: dict[str, list[Choice]] = Field(description="the lists that cells are chosen from")
