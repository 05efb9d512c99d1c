"""What a caller does with an import: open it, send its rows, run it. `worker` carries its rows out."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common import checks
from services.projects.common.models import ReaderLanguage, Request
from services.projects.common.values import Line, ShortText
from services.projects.imports import staging
from services.projects.imports.cells import Unreadable
from services.projects.imports.columns import Place, places
from services.projects.imports.facts import Mode
from services.projects.imports.kinds import KINDS
from services.projects.imports.values import MOST_ROWS, ONE, Cell, ImportId, KindName, Words, example
from services.projects.imports.views import import_view
from shared.identity import Actor
from shared.language import Language, Said
from shared.problems import Problem, forbidden, invalid
from shared.rpc import Call, Reply
from shared.service import Service


class LeftOutIn(Request):
    """Something of a file that isn't among its rows, in both languages."""

    code: str = Field(pattern=r"^[a-z-]{1,40}$", description="what it is, for programs")
    where: Words = Field(description="sheet, rows or cells")
    count: int = Field(ge=1, description="how many")
    why: Words
    why_zh: Words
    remedy: Words
    remedy_zh: Words


class OpenImport(Request):
    """A file as the gateway has read it: its heading; its rows follow."""

    model_config = example(
        kind="projects",
        file_name="projects.csv",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
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
    why: Words = Field(description="what is wrong")
    remedy: Words = Field(description="what to do")
    why_zh: Words = Field(default="", description="what is wrong, in Chinese")
    remedy_zh: Words = Field(default="", description="what to do, in Chinese")


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

    model_config = example(
        **ONE,
        rows=[{"row": 2, "cells": ["纺织技改项目", "福清市", "1751", "12000", "8350", "2013-01-10"]}],
    )

    import_: ImportId = Field(alias="import")
    rows: list[SheetRow] = Field(min_length=1, max_length=2_000, description="in the file's order")
    language: ReaderLanguage


class RunImport(Request):
    """Carry out what was checked."""

    model_config = example(**ONE, mode="good")

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


async def open_import(service: Service, call: Call, body: OpenImport) -> Reply:
    """Its heading is checked at once; its rows follow, and with the last one the check begins."""
    check_import(call.actor)
    kind = KINDS.get(body.kind)
    if kind is None:
        raise invalid(
            f"There are no imports of {body.kind!r}.", where="kind", remedy=f"Known: {', '.join(KINDS)}."
        )
    try:
        places(body.heading, kind.columns)
    except Unreadable as error:
        detail, remedy = error.why.to(body.language), error.remedy.to(body.language)
        raise invalid(detail, where="heading", remedy=remedy) from error
    job = checks.made_id("I", call)
    values = body.model_dump(include={"kind", "file_name", "sha256", "heading", "rows"})
    values["reading"] = body.model_dump(include={"sheet", "heading_row", "left_out"})
    async with service.engine.begin() as conn:
        await staging.opened(conn, job, call.actor, service.clock.now(), values)
        return await _reply(service, conn, call, job, body.language)


async def add_import_rows(service: Service, call: Call, body: AddImportRows) -> Reply:
    """Some rows; the same again changes nothing."""
    async with service.engine.begin() as conn:
        job = await staging.own_job(conn, call, body.import_)
        known = places(job.heading, KINDS[job.kind].columns)
        rows = [staging.Staged(row.row, row.cells, spoilt(row, known)) for row in body.rows]
        if job.standing == "receiving":
            await staging.received(conn, body.import_, rows)
        return await _reply(service, conn, call, body.import_, body.language)


def spoilt(row: SheetRow, known: Sequence[Place]) -> list[dict[str, Any]]:
    """Faults of a row's cells: those found by the gateway, and amounts in cells that are merged over several rows.

    Such an amount could belong to one of the rows, or be shared among them.
    """
    counts = {place.index for place in known if place.column.counts}
    why = Said("The cell is merged with other rows'.", "该单元格与其他行合并。")
    remedy = Said("Write each row's own value: unmerge it.", "请取消合并，逐行填写各自的数值。")
    return [fault.model_dump() for fault in row.faults] + [
        {"index": index, "why": why.en, "why_zh": why.zh, "remedy": remedy.en, "remedy_zh": remedy.zh}
        for index in sorted(set(row.merged) & counts)
    ]


async def run_import(service: Service, call: Call, body: RunImport) -> Reply:
    """Every row or none, or the good rows with a report of the others, as you choose; it goes on by itself."""
    async with service.engine.begin() as conn:
        job = await staging.own_job(conn, call, body.import_, lock=True)
        if job.standing in ("running", "finished") and job.mode == body.mode:
            return await _reply(service, conn, call, body.import_, body.language)
        if job.standing not in ("checked", "failed"):
            raise Problem(
                409,
                "wrong-state",
                "Not to be run",
                f"The import is {job.standing}.",
                where="import",
                remedy="Wait until it is checked; send a file that was carried out anew.",
            )
        if body.mode == "all" and job.faulty:
            raise Problem(
                422,
                "faulty-rows",
                "Some rows are wrong",
                f"{job.faulty} of {job.rows} rows can't be carried out.",
                where="mode",
                remedy="Mend them and send the file again, or run it as good: only the good rows.",
            )
        if body.mode == "all" and job.changing and body.reason is None:
            raise Problem(
                422,
                "change-not-agreed",
                "Some rows change what is known",
                f"{job.changing} of {job.rows} rows would change what is known, and nobody has agreed to that.",
                where="reason",
                remedy="Look at GET /imports/{import}/changes and run it with the reason for them, "
                "or run it as good: these rows are then left out.",
            )
        table = staging.JOB
        statement = update(table).where(table.c.job == body.import_)
        await conn.execute(statement.values(standing="running", mode=body.mode, reason=body.reason, done=0))
        return await _reply(service, conn, call, body.import_, body.language)


async def _reply(service: Service, conn: AsyncConnection, call: Call, job: str, language: Language) -> Reply:
    view = import_view(await staging.own_job(conn, call, job), language).model_dump(mode="json")
    return Reply(view, service.catalogue.source, (await service.log.head(conn)).position)


def check_import(actor: Actor) -> None:
    """Only governments that keep projects import files; each row is authorised separately. Raises Problem 403."""
    if actor.role not in ("province", "city", "county"):
        raise forbidden(f"Spreadsheets are imported by county, city and province; your role is {actor.role}.")
