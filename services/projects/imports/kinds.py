"""Which columns make which command: one entry per kind of spreadsheet."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from services.projects.app import matching, projects, reports
from services.projects.app.context import App
from services.projects.events import listing_stream, project_stream, report_stream
from services.projects.imports.columns import (
    Column,
    code,
    day,
    month,
    number,
    one_of,
    plain_number,
    text,
    words,
    yes,
)
from services.projects.models.matching import RegisterListing
from services.projects.models.projects import RegisterProject
from services.projects.models.reports import FileMonthlyReport
from shared.rpc import Call, Reply


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read: `number` as the spreadsheet counts, values by field."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """The rows of one command and its request. `place` says which row and field a part of the request is from."""

    rows: tuple[Row, ...]
    body: dict[str, Any]
    place: Callable[[Sequence[str | int]], tuple[Row, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of spreadsheet: columns, the command of its rows, and the stream that it will be in, if known."""

    name: str
    term: str
    operation: str
    columns: tuple[Column, ...]
    model: type[BaseModel]
    handle: Callable[[App, Call, Any], Awaitable[Reply]]
    units: Callable[[Sequence[Row]], list[Unit]]
    stream: Callable[[dict[str, Any]], str | None] = field(default=lambda _: None)
    grouped: bool = False
    """One command may be made of several rows."""
    independent: bool = False
    """No command reads a table that another one of its file writes."""


def each_row(rows: Sequence[Row]) -> list[Unit]:
    """One command per row."""
    return [_unit(row) for row in rows]


def _unit(row: Row) -> Unit:
    return Unit((row,), dict(row.values), lambda where: (row, str(where[0]) if where else ""))


def reports_of_months(rows: Sequence[Row]) -> list[Unit]:
    """One report per region and month: the row without a project is the city's total, the others are its projects."""
    grouped: dict[tuple[Any, Any], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row.values.get("region"), row.values.get("month")), []).append(row)
    return [_report(tuple(group)) for group in grouped.values()]


def _report(rows: tuple[Row, ...]) -> Unit:
    totals = [row for row in rows if "project" not in row.values]
    lines = [row for row in rows if "project" in row.values]
    head = totals[0] if len(totals) == 1 else rows[0]
    body: dict[str, Any] = {
        name: head.values[name]
        for name in ("region", "month", "reported_on", "confirmed")
        if name in head.values
    }
    if len(totals) == 1 and "investment" in head.values:
        body["investment"] = head.values["investment"]
    body["projects"] = [
        {
            name: row.values[name]
            for name in ("project", "investment", "progress_percent", "note")
            if name in row.values
        }
        for row in lines
    ]

    def place(where: Sequence[str | int]) -> tuple[Row, str]:
        if len(where) >= 2 and where[0] == "projects" and isinstance(where[1], int):
            return lines[where[1]], str(where[2]) if len(where) > 2 else "project"
        return head, str(where[0]) if where else ""

    return Unit(rows, body, place)


_PROJECTS = Kind(
    "projects",
    "技改项目",
    "register-project",
    (
        Column("project", "项目编号", text),
        Column("name", "项目名称", text, required=True),
        Column("region", "地区", code, required=True),
        Column("industry", "行业代码", code, required=True),
        Column("total_investment", "总投资", number, required=True, money=True),
        Column("equipment_investment", "设备投资", number, required=True, money=True),
        Column("enterprise", "企业编号", text),
        Column("enterprise_name", "企业名称", text),
        Column("programmes", "专项", words),
        Column("tags", "标签", words),
        Column("bank_loan", "银行贷款", number, money=True),
        Column("confirmed", "已核实", yes),
        Column("planned_on", "策划日期", day, required=True),
        Column("evidence", "依据", text),
        Column("reported_by", "填报单位", text),
    ),
    RegisterProject,
    projects.register_project,
    each_row,
    lambda body: project_stream(body["project"]) if body.get("project") else None,
    independent=True,
)
_REPORTS = Kind(
    "reports",
    "月报",
    "file-report",
    (
        Column("region", "地区", code, required=True),
        Column("month", "月份", month, required=True),
        Column("project", "项目编号", text),
        Column("investment", "完成投资", number, required=True, money=True),
        Column("progress_percent", "形象进度", plain_number),
        Column("note", "备注", text),
        Column("reported_on", "报送日期", day),
        Column("confirmed", "已核实", yes),
    ),
    FileMonthlyReport,
    reports.file_report,
    reports_of_months,
    lambda body: (
        report_stream(body["region"], body["month"]) if body.get("region") and body.get("month") else None
    ),
    grouped=True,
)
_MEETINGS = {
    "产学研": "technology",
    "招商": "investment",
    "银企": "finance",
    "两化融合": "integration",
}


def _listings(name: str, term: str, side: str, title: str, party: str) -> Kind:
    """One side of the meeting points; where the column 对接平台 is empty, of 产学研."""

    def units(rows: Sequence[Row]) -> list[Unit]:
        said = {"meeting": "technology", "side": side}
        return each_row([Row(row.number, {**said, **row.values}) for row in rows])

    return Kind(
        name,
        term,
        "register-listing",
        (
            Column("listing", "编号", text),
            Column("meeting", "对接平台", one_of(_MEETINGS)),
            Column("title", title, text, required=True),
            Column("party", party, text, required=True),
            Column("region", "地区", code, required=True),
            Column("description", "说明", text),
            Column("keywords", "关键词", words),
            Column("industries", "行业代码", words),
            Column("amount_min", "金额下限", number, money=True),
            Column("amount_max", "金额上限", number, money=True),
            Column("valid_from", "开始日期", day),
            Column("valid_to", "截止日期", day),
            Column("excluded_parties", "排除单位", words),
            Column("tags", "标签", words),
            Column("confirmed", "已核实", yes),
        ),
        RegisterListing,
        matching.register_listing,
        units,
        lambda body: listing_stream(body["listing"]) if body.get("listing") else None,
        independent=True,
    )


_NEEDS = _listings("needs", "需求", "need", "需求名称", "需求单位")
_RESULTS = _listings("results", "项目成果及其他供给", "offer", "成果名称", "供给单位")
KINDS: dict[str, Kind] = {kind.name: kind for kind in (_PROJECTS, _REPORTS, _NEEDS, _RESULTS)}
"""Every kind of spreadsheet that can be imported."""
