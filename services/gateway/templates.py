"""A template of each kind of spreadsheet, as a workbook: headings with units, lists to choose from, an example."""

import asyncio
import io
from typing import Any

from fastapi import APIRouter
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from starlette.requests import Request
from starlette.responses import Response

from services.gateway import exports, openapi
from services.gateway.auth import Authenticator
from services.gateway.settings import GatewaySettings
from services.gateway.sheet_notes import TEMPLATE_ABOUT, TEMPLATE_LIST
from shared.language import Language, Said, preferred
from shared.rpc import Client

_ROWS = 2_000
"""How many rows of the template have drop-down lists."""
_TEXT, _AMOUNT = "@", "#,##0.00"
_NEEDED = PatternFill("solid", fgColor="FFF2CC")
_DATA = Said("data", "填报")
_HEADINGS = (
    Said("heading", "列标题"),
    Said("needed", "是否必填"),
    Said("how it is written", "填写要求"),
    Said("example", "示例"),
    Said("list", "可选值所在工作表"),
)
_YES = Said("yes", "必填")
_VALUE, _MEANING = Said("value", "填写值"), Said("meaning", "含义")


def router(settings: GatewaySettings, authenticator: Authenticator, client: Client) -> APIRouter:
    """GET /import-kinds/{kind}/template."""
    routes = APIRouter(tags=["imports"])

    @routes.get(
        "/import-kinds/{kind}/template",
        operation_id="projects.import-template",
        summary="A template of a kind of spreadsheet",
        description=__doc__,
        openapi_extra={
            "security": openapi.SECURITY,
            "parameters": [
                {
                    "name": "kind",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "pattern": "^[a-z]{1,20}$"},
                },
                openapi.header("Accept-Language", "zh or en: the language of headings and texts"),
            ],
            "responses": {
                "200": {
                    "description": "A workbook",
                    "content": {exports.XLSX: {"schema": {"type": "string", "format": "binary"}}},
                },
                **openapi.errors(),
            },
        },
        response_model=None,
    )
    async def template(request: Request) -> Response:
        caller = await authenticator.identify(request)
        language = preferred(request.headers.get("accept-language"))
        kind = request.path_params["kind"]
        asked = {"kind": kind, "language": language}
        answer = await client.call(
            "projects", "get-import-template", asked, caller.actor, timeout=settings.call_timeout
        )
        content = await asyncio.to_thread(workbook, answer["data"], language)
        headers = {
            "Content-Disposition": f'attachment; filename="{kind}-template.xlsx"',
            "Cache-Control": "private, no-cache",
            "Vary": "Authorization, Accept-Language",
        }
        return Response(content, 200, headers, exports.XLSX)

    return routes


def workbook(template: dict[str, Any], language: Language) -> bytes:
    """The workbook of a template: the sheet to fill in first, then how, then a sheet for each list."""
    book = Workbook()
    data = book.active
    assert isinstance(data, Worksheet)  # noqa: S101 - a new workbook has one
    data.title = _DATA.to(language)
    data.freeze_panes = "A2"
    lists = {
        name: _list(book, name, choices, language) for name, choices in template["lists"].items() if choices
    }
    for index, column in enumerate(template["columns"], start=1):
        _column(data, index, column, lists)
    about = book.create_sheet(TEMPLATE_ABOUT.to(language), 1)
    about.append([each.to(language) for each in _HEADINGS])
    for column in template["columns"]:
        needed = _YES.to(language) if column["required"] else ""
        sheet = f"{TEMPLATE_LIST}{column['choices']}" if column["choices"] in lists else ""
        about.append([column["title"], needed, column["form"], column["example"], sheet])
    for cell in (*about[1], *data[1]):
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (24, 10, 60, 40, 20), strict=True):
        about.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _column(data: Worksheet, index: int, column: dict[str, Any], lists: dict[str, str]) -> None:
    """Writes a column: heading with a note on what to enter, cell format, and drop-down list."""
    letter = get_column_letter(index)
    head = data.cell(1, index, column["title"])
    example = f"\n{column['example']}" if column["example"] else ""
    head.comment = Comment(f"{column['form']}{example}", "")
    if column["required"]:
        head.fill = _NEEDED
    dimension = data.column_dimensions[letter]
    dimension.width = max(12, 2 * len(column["title"]) + 4)
    dimension.number_format = _AMOUNT if column["money"] else _TEXT
    if column["choices"] in lists:
        several = column["field"] in ("tags", "programmes", "industries")
        choice = DataValidation(
            type="list", formula1=lists[column["choices"]], allow_blank=True, showErrorMessage=not several
        )
        data.add_data_validation(choice)
        choice.add(f"{letter}2:{letter}{_ROWS}")


def _list(book: Workbook, name: str, choices: list[dict[str, str]], language: Language) -> str:
    """Writes a sheet with the values of a list and their meanings; returns the cell range of the values."""
    sheet = book.create_sheet(f"{TEMPLATE_LIST}{name}")
    sheet.append([_VALUE.to(language), _MEANING.to(language)])
    for row, each in enumerate(choices, start=2):
        sheet.cell(row, 1, each["value"]).number_format = _TEXT
        sheet.cell(row, 2, each["name"])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 40
    return f"'{TEMPLATE_LIST}{name}'!$A$2:$A${len(choices) + 1}"
