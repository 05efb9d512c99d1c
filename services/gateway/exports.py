"""Any list as CSV or XLSX: the same route and filters, asked for with `Accept`, all pages one after the other.

Columns are the fields of the list's items, as its contract has them. Both go out page by page, so a list of any length
costs one page of memory. A text that a spreadsheet would take for a formula is written with an apostrophe before it.
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from services.gateway.contracts import OperationContract
from services.gateway.workbooks import Cell, Workbook
from shared.problems import Problem

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Ask = Callable[[dict[str, Any]], Awaitable[bytes]]
"""Answers one page: JSON with `items` and `next_cursor`."""


def wanted(request: Request) -> str | None:
    """CSV or XLSX, if that is what the caller asks for."""
    for part in request.headers.get("accept", "").split(","):
        media = part.partition(";")[0].strip().lower()
        if media in (CSV, XLSX):
            return media
    return None


def columns(operation: OperationContract) -> dict[str, dict[str, Any]] | None:
    """The fields of the items of an operation that answers with pages; None for another."""
    page = operation.resolve(operation.response).get("properties", {})
    if not {"items", "next_cursor"} <= page.keys():
        return None
    fields: dict[str, dict[str, Any]] = operation.resolve(page["items"].get("items", {})).get(
        "properties", {}
    )
    return fields


async def answer(
    media: str, operation: OperationContract, body: dict[str, Any], ask: Ask
) -> StreamingResponse:
    """The list from its first page to its last. Raises Problem before anything is sent."""
    fields = columns(operation)
    if fields is None:
        raise Problem(
            406,
            "not-a-list",
            "Not a list",
            f"{operation.name} answers with no pages, and only those are exported.",
            where="Accept",
            remedy="Ask for application/json.",
        )
    if "cursor" in body:
        raise Problem(
            422,
            "invalid",
            "Invalid request",
            "An export has all pages, and begins with the first.",
            where="cursor",
            remedy="Leave it out.",
        )
    limit = {"limit": str(_PAGE)} if "limit" in operation.request_object().get("properties", {}) else {}
    pages = _pages({**body, **limit}, ask)
    first = await anext(pages)  # what is refused is refused as a problem, not in the middle of a file
    name = f"{operation.name.removeprefix('list-')}.{'csv' if media == CSV else 'xlsx'}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "Vary": "Authorization, Accept",
    }
    if media == CSV:
        lines = _csv(list(fields), first, pages)
        return StreamingResponse(lines, headers=headers, media_type="text/csv; charset=utf-8")
    return StreamingResponse(_workbook(fields, first, pages), headers=headers, media_type=XLSX)


async def _pages(body: dict[str, Any], ask: Ask) -> AsyncIterator[list[dict[str, Any]]]:
    cursor: str | None = None
    while True:
        page = json.loads(await ask(body if cursor is None else {**body, "cursor": cursor}))
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def _csv(
    names: list[str], first: list[dict[str, Any]], pages: AsyncIterator[list[dict[str, Any]]]
) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _lines([names])  # the mark by which spreadsheet programs know UTF-8
    yield _lines([_text(item.get(name)) for name in names] for item in first)
    async for page in pages:
        yield _lines([_text(item.get(name)) for name in names] for item in page)


async def _workbook(
    fields: dict[str, dict[str, Any]], first: list[dict[str, Any]], pages: AsyncIterator[list[dict[str, Any]]]
) -> AsyncIterator[bytes]:
    book = Workbook(list(fields))
    yield book.heading() + book.rows(_row(fields, item) for item in first)
    async for page in pages:
        if part := book.rows(_row(fields, item) for item in page):
            yield part
    yield book.end()


def _lines(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_FORMULA) and not _is_number(value) else value
        case list() if all(isinstance(each, str) for each in value):
            return _text("、".join(value))
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _row(fields: dict[str, dict[str, Any]], item: dict[str, Any]) -> list[Cell]:
    """As a workbook has it: money and counts as numbers, codes as text."""
    return [_cell(schema, item.get(name)) for name, schema in fields.items()]


def _cell(schema: dict[str, Any], value: Any) -> Cell:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and "CNY" in schema.get("description", "") and _is_number(value):
        return float(value)
    return _text(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
