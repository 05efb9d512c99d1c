"""Requests and answers about imports of spreadsheets (表格导入)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.models.base import Answer, Cursor, Limit, Line, ProjectId, Request

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
    heading: list[Cell] = Field(max_length=200, description="cells of its first row")
    rows: int = Field(ge=0, le=MOST_ROWS, description="how many rows follow")


class CellFault(Request):
    """What is wrong with a cell before anybody reads it: a formula, an error value, a text without end."""

    index: int = Field(ge=0, le=200, description="column, counted from 0")
    why: Annotated[str, StringConstraints(max_length=300)] = Field(description="what is wrong")
    remedy: Annotated[str, StringConstraints(max_length=300)] = Field(description="what to do")


class SheetRow(Request):
    """One row of a file."""

    row: int = Field(ge=2, le=10_000_000, description="its number in the spreadsheet; the heading is row 1")
    cells: list[Cell] = Field(max_length=200, description="its cells as text")
    faults: list[CellFault] = Field(default=[], max_length=200, description="wrong cells")


class AddImportRows(Request):
    """Some rows of a file."""

    model_config = _example(
        **_ID,
        rows=[{"row": 2, "cells": ["纺织技改项目", "福清市", "1751", "12000", "8350", "2013-01-10"]}],
    )

    import_: ImportId = Field(alias="import")
    rows: list[SheetRow] = Field(min_length=1, max_length=2_000, description="in the file's order")


class RunImport(Request):
    """Carry out what was checked."""

    model_config = _example(**_ID, mode="good")

    import_: ImportId = Field(alias="import")
    mode: Mode = Field(
        description="all: every row or none, in one transaction; good: the rows that can be, with a report"
    )


class GetImport(Request):
    """Ask how an import stands."""

    model_config = _example(**_ID)

    import_: ImportId = Field(alias="import")


class ListImports(Request):
    """Ask for one's own imports, the newest first."""

    model_config = _example(limit=20)

    limit: Limit
    cursor: Cursor


class ListImportFaults(Request):
    """Ask for what is wrong in a file, in order of its rows."""

    model_config = _example(**_ID)

    import_: ImportId = Field(alias="import")
    limit: Limit
    cursor: Cursor


class ListImportKinds(Request):
    """Ask which spreadsheets can be imported."""

    model_config = _example()


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
    created: int = Field(description="rows that led to something new")
    unchanged: int = Field(description="rows that said what was known already")
    refused: int = Field(description="rows that could not be carried out")
    opened_at: datetime


class ImportPage(Answer):
    """A page of imports."""

    items: list[ImportView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportFault(Answer):
    """One thing that is wrong: where, why, what to do."""

    row: int = Field(description="as the spreadsheet counts")
    column: str = Field(description="the column's title; empty: the row as a whole")
    field: str
    value: str = Field(description="the cell's text, cut to 100 characters")
    why: str
    remedy: str


class ImportFaultPage(Answer):
    """A page of what is wrong."""

    items: list[ImportFault]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportColumn(Answer):
    """A column of a kind of spreadsheet."""

    heading: str = Field(description="as a template shows it; an amount says its unit: 元, 万元 or 亿元")
    field: str = Field(description="the English heading; of an amount in yuan")
    required: bool


class ImportKind(Answer):
    """A kind of spreadsheet."""

    kind: str
    term: str
    columns: list[ImportColumn]


class ImportKinds(Answer):
    """Every kind of spreadsheet."""

    items: list[ImportKind]
