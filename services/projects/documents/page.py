"""A document as a plain HTML page: self-contained, without scripts, printable."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from html import escape

from services.projects.documents.views import (
    DifferenceView,
    DocumentView,
    FigureView,
    ReserveDropsView,
    SectionView,
)

_STYLE = (
    "body{font-family:serif;max-width:60em;margin:2em auto;line-height:1.6}"
    "h1,.label{text-align:center}table{border-collapse:collapse;width:100%;margin:1em 0}"
    "th,td{border:1px solid #999;padding:.2em .6em}td.n{text-align:right}"
    ".draft{color:#a00;text-align:center}footer{color:#555;font-size:.9em}"
)
_YI = Decimal(100_000_000)
_STANDINGS = {"draft": "草稿，未印发", "reviewed": "已审核，未印发", "discarded": "已作废"}


def document_page(view: DocumentView) -> str:
    """The page. Money is shown in 亿元 with two decimals, rounded half to even; JSON has the yuan."""
    return "".join(
        (
            "<!doctype html>\n<html lang=zh-CN><head><meta charset=utf-8>",
            f"<title>{escape(view.title)} {escape(view.label or view.period)}</title>",
            f"<style>{_STYLE}</style></head><body>\n",
            f"<h1>{escape(view.title)}</h1>\n<p class=label>{_label(view)}</p>\n",
            *(f"<p>{escape(text)}</p>\n" for text in view.remarks),
            _outdated(view),
            _differences(view),
            *(_section(section) for section in view.sections),
            _drops(view.reserve_drops),
            _footer(view),
            "</body></html>\n",
        )
    )


def _label(view: DocumentView) -> str:
    if view.standing in _STANDINGS:
        return f"{escape(view.period)} <strong class=draft>{_STANDINGS[view.standing]}</strong>"
    printed = f"{escape(view.label or '')} · {escape(view.period)} · {view.issued_on}"
    if view.corrected_by:
        printed += f" · 已由 {escape(view.corrected_by)} 更正"
    return printed


def _outdated(view: DocumentView) -> str:
    """The figures that changed after issue, as long as no correction of the document is issued."""
    if not view.outdated:
        return ""
    head = "<h2 class=draft>印发后所依据的月报有更正，本件尚未更正</h2>\n"
    return head + _changes(view.outdated, "本件数<th>现报数")


def _differences(view: DocumentView) -> str:
    if view.corrects is None:
        return ""
    head = f"<h2>更正 {escape(view.corrects)}：{escape(view.reason or '')}</h2>\n"
    return head + _changes(view.differences, "原数<th>更正数")


def _changes(changes: Iterable[DifferenceView], columns: str) -> str:
    rows = (
        f"<tr><td>{_place(each)}<td>{escape(each.term)}<td class=n>{_value(each.before, each.unit)}"
        f"<td class=n>{_value(each.after, each.unit)}</tr>\n"
        for each in changes
    )
    return f"<table><tr><th>对象<th>指标<th>{columns}</tr>\n{''.join(rows)}</table>\n"


def _section(section: SectionView) -> str:
    """A row for each region and group, a column for each measure."""
    columns = {each.measure: f"{each.term}{_unit(each)}" for each in section.figures}
    rows: dict[str, dict[str, FigureView]] = {}
    for each in section.figures:
        rows.setdefault(_place(each), {})[each.measure] = each
    head = "".join(f"<th>{escape(term)}" for term in columns.values())
    body = "".join(f"<tr><td>{place}{_cells(columns, row)}</tr>\n" for place, row in rows.items())
    return f"<h2>{escape(section.term)}</h2>\n<table><tr><th>{head}</tr>\n{body}</table>\n"


def _drops(drops: ReserveDropsView | None) -> str:
    """The list of drops, the rule behind them, and a sentence on how many it leaves out."""
    if drops is None:
        return ""
    rule = f"连续{drops.quarters_in_a_row}个季度未更新的项目移出储备库（依据：{escape(drops.source)}）。"
    told = f"本期移出 {drops.total} 项。" if drops.total else "本期没有移出的项目。"
    if drops.left_out:
        told += f"下表列出前 {len(drops.listed)} 项，其余 {drops.left_out} 项未列出；"
        told += f"完整名单：{escape(drops.whole_list)}"
    head = f"<h2>移出储备库名单</h2>\n<p>{rule}{told}</p>\n"
    if not drops.listed:
        return head
    rows = (
        f"<tr><td>{each.on}<td>{escape(each.project)}<td>{escape(each.name)}"
        f"<td>{escape(each.region_name or each.region)}<td>{escape(each.register_term)}"
        f"<td class=n>{_value(each.total_investment, 'CNY')}<td>{escape(each.reason)}</tr>\n"
        for each in drops.listed
    )
    columns = "<th>日期<th>编号<th>项目<th>地区<th>储备库<th>总投资（亿元）<th>原因"
    return f"{head}<table><tr>{columns}</tr>\n{''.join(rows)}</table>\n"


def _cells(columns: Iterable[str], row: dict[str, FigureView]) -> str:
    found = (row.get(measure) for measure in columns)
    return "".join(f"<td class=n>{_value(each.value, each.unit) if each else ''}" for each in found)


def _place(one: FigureView | DifferenceView) -> str:
    return escape(
        " ".join(part for part in (one.region_name or one.region, one.group_term) if part) or "全省"
    )


def _unit(one: FigureView) -> str:
    return {"CNY": "（亿元）", "percent": "（%）"}.get(one.unit, "")


def _value(value: Decimal | None, unit: str) -> str:
    if value is None:
        return "—"
    if unit == "CNY":
        return f"{(value / _YI).quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"
    return f"{value:,}" if unit == "count" else f"{value:f}"


def _footer(view: DocumentView) -> str:
    positions = "，".join(f"{escape(each.source)} {each.position}" for each in view.positions)
    return f"<footer>数据截至 {view.as_of}；日志位置：{positions}。“—”表示缺报或未知。</footer>\n"
