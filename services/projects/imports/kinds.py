"""The kinds of spreadsheet: the columns of each and the command that its rows become."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.imports.batch import Batch
from services.projects.imports.cells import code, day, many, month, number, one_of, percent, text, words, yes
from services.projects.imports.changes import Change, of_project
from services.projects.imports.columns import Column
from services.projects.imports.twins import Twins, listing_twins, project_twins
from services.projects.matching.listings.decisions import RegisterListing
from services.projects.matching.listings.facts import stream as listing_stream
from services.projects.matching.listings.feature import FEATURE as LISTINGS
from services.projects.projects.decisions.commands import RegisterProject
from services.projects.projects.facts import stream as project_stream
from services.projects.projects.feature import FEATURE as PROJECTS
from services.projects.reports.decisions import FileMonthlyReport
from services.projects.reports.facts import stream as report_stream
from services.projects.reports.feature import FEATURE as REPORTS
from shared.language import Said
from shared.rpc import Call, Reply
from shared.service import Service


@dataclass(frozen=True, slots=True)
class Row:
    """A parsed row: `number` as the spreadsheet counts, values by field."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """The rows of one command, and its request body. `place` maps a part of the request back to row and field."""

    rows: tuple[Row, ...]
    body: dict[str, Any]
    place: Callable[[Sequence[str | int]], tuple[Row, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of spreadsheet: columns, command of its rows, and the command's stream if it is known beforehand."""

    name: str
    term: str
    operation: str
    columns: tuple[Column, ...]
    model: type[Any]
    handle: Callable[[Service, Call, Any], Awaitable[Reply]]
    units: Callable[[Sequence[Row]], list[Unit]]
    stream: Callable[[dict[str, Any]], str | None] = field(default=lambda _: None)
    grouped: bool = False
    """Whether one command may take several rows."""
    independent: bool = False
    """Whether no command reads a table that another command of the same file writes."""
    twins: Twins | None = None
    """How to find existing things by name, which a row without an id may mean; None: not looked for."""
    change: Callable[[Batch, AsyncConnection, Call, Any], Awaitable[Change | None]] | None = None
    """Computes what a row with the id of an existing thing changes; None: such a row is refused."""
    accepts: TypeAdapter[Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "accepts", TypeAdapter(self.model))


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


_ID = Said("letters, digits, dot, dash, underscore; at most 64", "字母、数字、点、横线、下划线，最多 64 个")
_NAME = Said("at most 200 characters", "最多 200 字")
_REGION = Said("name or code of a region", "行政区划名称或代码")
_INDUSTRY = Said(
    "GB/T 4754-2011, four digits with their 0 (as text)",
    "国民经济行业分类 GB/T 4754-2011 四位代码，保留前面的 0（文本格式）",
)
_AMOUNT = Said("digits only, in the heading's unit", "只写数字，单位见标题")
_DAY = Said("YYYY-MM-DD", "年-月-日")
_MONTH = Said("YYYY-MM", "年-月")
_WORDS = Said("several parted by a comma", "多个用顿号分隔")
_YES = Said("yes or empty", "是，或留空")
_FREE = Said("in words", "文字说明")

_CONFIRMED = Column(
    "confirmed",
    "已核实",
    yes,
    Said(
        "yes: the amounts are right although unusual, or it is another one of the same name",
        "是：金额虽异常但无误，或确为同名的另一项",
    ),
    choices="yes",
)

_PROJECTS = Kind(
    "projects",
    "技改项目",
    "register-project",
    (
        Column(
            "project",
            "项目编号",
            text,
            Said(
                f"{_ID.en}; empty: one is made; of a known project: what differs is shown, and changed if you agree",
                f"{_ID.zh}；留空则自动编号；填已登记项目的编号，则列出不同之处，经确认后变更",
            ),
            "FZ-2013-017",
        ),
        Column("name", "项目名称", text, _NAME, "年产20万吨差别化纤维技改项目", required=True),
        Column("region", "地区", code, _REGION, "福清市", required=True, choices="regions"),
        Column("industry", "行业代码", code, _INDUSTRY, "2822", required=True, choices="industries"),
        Column("total_investment", "总投资", number, _AMOUNT, "12000", required=True, money=True),
        Column("equipment_investment", "设备投资", number, _AMOUNT, "8350", required=True, money=True),
        Column("enterprise", "企业编号", text, _ID, "E-0042"),
        Column("enterprise_name", "企业名称", text, _NAME, "示例化纤有限公司"),
        Column("programmes", "专项", words, _WORDS, "TR", choices="programmes"),
        Column("tags", "标签", words, _WORDS, choices="tags"),
        Column("bank_loan", "银行贷款", number, _AMOUNT, "3000", money=True),
        _CONFIRMED,
        Column("planned_on", "策划日期", day, _DAY, "2013-01-10", required=True),
        Column("evidence", "依据", text, _NAME, "榕经贸技改〔2013〕12号"),
        Column("reported_by", "填报单位", text, _NAME, "福清市经贸局"),
    ),
    RegisterProject,
    PROJECTS.carry_out,
    each_row,
    lambda body: project_stream(body["project"]) if body.get("project") else None,
    independent=True,
    twins=project_twins,
    change=of_project,
)
_REPORTS = Kind(
    "reports",
    "月报",
    "file-report",
    (
        Column(
            "region",
            "地区",
            code,
            Said("the reporting city, name or code", "填报的设区市名称或代码"),
            "福州市",
            required=True,
            choices="regions",
        ),
        Column("month", "月份", month, _MONTH, "2013-01", required=True),
        Column(
            "project",
            "项目编号",
            text,
            Said("empty: the row is the city's total", "留空：本行为全市合计数"),
            "FZ-2013-017",
        ),
        Column("investment", "完成投资", number, _AMOUNT, "950", required=True, money=True),
        Column("progress_percent", "形象进度", percent, Said("0 to 100", "0 至 100"), "35"),
        Column("note", "备注", text, _FREE, "设备安装中"),
        Column("reported_on", "报送日期", day, _DAY),
        _CONFIRMED,
    ),
    FileMonthlyReport,
    REPORTS.carry_out,
    reports_of_months,
    lambda body: (
        report_stream(body["region"], body["month"]) if body.get("region") and body.get("month") else None
    ),
    grouped=True,
)
MEETINGS = {
    "产学研": "technology",
    "招商": "investment",
    "银企": "finance",
    "两化融合": "integration",
}


def _listings(name: str, term: str, side: str, title: str, party: str) -> Kind:
    """The kind for one side of the meeting points; if the column 对接平台 is empty, the meeting point is 产学研."""

    def units(rows: Sequence[Row]) -> list[Unit]:
        said = {"meeting": "technology", "side": side}
        return each_row([Row(row.number, {**said, **row.values}) for row in rows])

    return Kind(
        name,
        term,
        "register-listing",
        (
            Column("listing", "编号", text, _ID, "N-2013-017"),
            Column(
                "meeting",
                "对接平台",
                one_of(MEETINGS),
                Said("empty: 产学研 (technology)", "留空：产学研"),
                "产学研",
                choices="meetings",
            ),
            Column("title", title, text, _NAME, "印染废水深度处理", required=True),
            Column("party", party, text, _NAME, "示例染整有限公司", required=True),
            Column("region", "地区", code, _REGION, "福清市", required=True, choices="regions"),
            Column("description", "说明", text, Said("at most 4,000 characters", "最多 4000 字")),
            Column("keywords", "关键词", words, _WORDS, "膜法、回用"),
            Column("industries", "行业代码", many(code), _INDUSTRY, "1713", choices="industries"),
            Column("amount_min", "金额下限", number, _AMOUNT, money=True),
            Column("amount_max", "金额上限", number, _AMOUNT, "300", money=True),
            Column("valid_from", "开始日期", day, _DAY, "2013-06-01"),
            Column("valid_to", "截止日期", day, _DAY, "2013-12-31"),
            Column("excluded_parties", "排除单位", words, _WORDS),
            Column("tags", "标签", words, _WORDS, "6·18"),
            _CONFIRMED,
        ),
        RegisterListing,
        LISTINGS.carry_out,
        units,
        lambda body: listing_stream(body["listing"]) if body.get("listing") else None,
        independent=True,
        twins=listing_twins,
    )


_NEEDS = _listings("needs", "需求", "need", "需求名称", "需求单位")
_RESULTS = _listings("results", "项目成果及其他供给", "offer", "成果名称", "供给单位")
KINDS: dict[str, Kind] = {kind.name: kind for kind in (_PROJECTS, _REPORTS, _NEEDS, _RESULTS)}
"""Every kind of spreadsheet that can be imported."""
