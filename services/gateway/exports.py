"""Any list, and the board, as CSV or XLSX: the same route and filters, asked for with `Accept`.

All pages are written to a file on disk before the first byte is sent, so that a list that is too long, or a service
that fails halfway, is answered with a problem and not with half a file. In a CSV, a text that a spreadsheet program
would run as a formula or convert to a number begins with an apostrophe; in a workbook, codes are text cells.
"""

import asyncio
import csv
import io
import json
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse

from services.gateway.columns import Column, columns, rows_key
from services.gateway.contracts import OperationContract
from services.gateway.workbooks import Cell, Number, Workbook
from shared.clock import CHINA
from shared.language import Language, Said
from shared.problems import Problem, unavailable

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000
PAGE = 500
"""Page size that is requested from a service, if its operation allows that many rows."""
_SMALLEST = 20
_AT_ONCE = 2
_WAITS_S = 20.0
_SENT = 65_536
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠\t\r\n]|^[\t\r\n]")
_CODE = re.compile(r"^(0\d+|\d{16,}|\d+[eE]\d+)$")
"""Codes that a spreadsheet program would convert to numbers: 0111, sixteen digits or more, 12E5."""
_EXACT = 15
"""Significant digits of a number in a workbook; more are lost."""

Ask = Callable[[dict[str, Any]], Awaitable[bytes]]
"""Answers one page: JSON with `items` and `next_cursor`, or a board's `rows`."""
Names = Mapping[str, Mapping[str, str]]
"""The names of codes, by list and code."""


def wanted(request: Request) -> str | None:
    """The media type CSV or XLSX, if Accept asks for it; else None."""
    for part in request.headers.get("accept", "").split(","):
        media = part.partition(";")[0].strip().lower()
        if media in (CSV, XLSX):
            return media
    return None


class Exports:
    """Limits running exports: a fixed number at once, and one per person."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._people: set[str] = set()

    async def answer(
        self,
        media: str,
        operation: OperationContract,
        body: dict[str, Any],
        ask: Ask,
        names: Callable[[], Awaitable[Names]],
        person: str,
        language: Language,
    ) -> StreamingResponse:
        """The file with all rows. Raises Problem before the first byte; 429 while the person's other export runs."""
        shown = _checked(operation, body)
        with self._one_of(person, language):
            try:
                async with asyncio.timeout(_WAITS_S):
                    await self._turns.acquire()
            except TimeoutError as error:
                raise unavailable("Many lists are being exported.", retry_after=10) from error
            try:
                known = await names() if any(column.names for column in shown) else {}
                rows = _rows(operation, body, ask, language)
                file = await _written(media, shown, rows, known, language)
            finally:
                self._turns.release()
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        name = f"{operation.name.removeprefix('list-')}.{'csv' if media == CSV else 'xlsx'}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
            "Cache-Control": "no-store",
            "Vary": "Authorization, Accept, Accept-Language",
        }
        kind = "text/csv; charset=utf-8" if media == CSV else XLSX
        return StreamingResponse(
            iter(lambda: file.read(_SENT), b""), 200, headers, kind, BackgroundTask(file.close)
        )

    @contextmanager
    def _one_of(self, person: str, language: Language) -> Iterator[None]:
        if person in self._people:
            raise Problem(
                429,
                "export-running",
                "One export at a time",
                Said("Another list is being exported for you.", "您的另一个列表正在导出。").to(language),
                remedy=Said("Ask again when it has come.", "请在其完成后再导出。").to(language),
                retry_after=5,
            )
        self._people.add(person)
        try:
            yield
        finally:
            self._people.discard(person)


def _checked(operation: OperationContract, body: dict[str, Any]) -> tuple[Column, ...]:
    shown = columns(operation)
    if shown is None:
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
    return shown


async def _rows(
    operation: OperationContract, body: dict[str, Any], ask: Ask, language: Language
) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows, page by page. Raises Problem 413 for more rows than an export may have."""
    key = rows_key(operation) or "items"
    limit = operation.request_object().get("properties", {}).get("limit")
    size = min(PAGE, limit.get("maximum", PAGE)) if limit is not None else 0
    cursor: str | None = None
    count = 0
    while True:
        asked = {**body, **({"limit": str(size)} if size else {}), **({"cursor": cursor} if cursor else {})}
        try:
            answer = json.loads(await ask(asked))
        except Problem as problem:
            if problem.code != "answer-too-large" or size < _SMALLEST:
                raise
            size //= 2  # rows with long texts: fewer of them fit into one NATS message
            continue
        count += len(answer[key])
        if count > MOST_ROWS:
            raise Problem(
                413,
                "too-many-rows",
                "The list is too long",
                Said(
                    f"It has over {MOST_ROWS:,} rows; so many an export has at the most.",
                    f"超过 {MOST_ROWS:,} 行，一次最多导出这么多。",
                ).to(language),
                where="query",
                remedy=Said(
                    "Narrow it: by region, period or programme.", "请按地区、期间或专项缩小范围。"
                ).to(language),
            )
        yield answer[key]
        cursor = answer.get("next_cursor")
        if cursor is None:
            return


async def _written(
    media: str,
    shown: Sequence[Column],
    pages: AsyncIterator[list[dict[str, Any]]],
    names: Names,
    language: Language,
) -> IO[bytes]:
    """Writes the file to disk. Raises Problem, so a refusal never comes in the middle of a download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        titles = [column.heading.to(language) for column in shown]
        if media == CSV:
            file.write(
                b"\xef\xbb\xbf" + _lines([titles])
            )  # the byte order mark by which spreadsheet programs recognise UTF-8
            async for page in pages:
                file.write(_lines([_text(_value(column, item, names)) for column in shown] for item in page))
        else:
            book = Workbook(titles)
            file.write(book.heading())
            async for page in pages:
                file.write(
                    book.rows(
                        [_cell(column, _value(column, item, names)) for column in shown] for item in page
                    )
                )
            file.write(book.end())
    except BaseException:
        file.close()
        raise
    return file


def _value(column: Column, item: Mapping[str, Any], names: Names) -> Any:
    """A column's value in an item; for a column with `names`, the name of the code."""
    value = column.value(item)
    if column.names is None or value is None:
        return value
    known = names.get(column.names, {})
    if isinstance(value, list):
        return [known.get(str(each), "") for each in value]
    return known.get(str(value))


def _lines(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def _text(value: Any) -> str:
    """A value in a CSV. An apostrophe keeps formulas from being run and codes from becoming numbers."""
    match value:
        case str() if not _number(value) and _FORMULA.match(value):
            return f"'{value}"
        case str() if _CODE.match(value):
            return f"'{value}"
        case _:
            return _plain(value) if not isinstance(value, list) else _guarded(_plain(value))


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() if all(isinstance(each, str) for each in value):
            return "、".join(each for each in value if each)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _cell(column: Column, value: Any) -> Cell:
    """A value in a workbook: numbers, dates and times in their own types, codes as text."""
    match value:
        case bool() | None:
            return _plain(value)
        case int() | float():
            return value
        case str() if column.type in ("number", "money") and _exact(value):
            return Number(float(value), money=column.type == "money")
        case str() if column.type == "date":
            return _day(value)
        case str() if column.type == "moment":
            return _moment(value)
        case _:
            text = _plain(value)
            return f"'{text}" if _FORMULA.match(text) and not _number(text) else text


def _day(value: str) -> Cell:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _moment(value: str) -> Cell:
    """The timestamp as local time in +08:00, because a workbook has no time zones."""
    try:
        return datetime.fromisoformat(value).astimezone(CHINA)
    except ValueError:
        return value


def _exact(text: str) -> bool:
    """Whether a workbook can hold the number without losing digits."""
    return _number(text) and len(Decimal(text).normalize().as_tuple().digits) <= _EXACT


def _number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) is not None
