"""The faults of a row in both languages and in a clerk's words: refused commands, and values that don't validate.

A refusal has its details in English; Chinese readers get the meaning of its code with the cell's value, and what to do
in their spreadsheet. A code without Chinese words here keeps its English details.
"""

from collections.abc import Mapping
from typing import Any

from services.projects.imports.columns import Column
from shared.language import Said

_ZH: Mapping[str, tuple[str, str]] = {
    "unknown-region": (
        "没有名称或代码为“{value}”的地区。",
        "请填写行政区划名称（如 福清市）或代码（如 350181）。",
    ),
    "unknown-industry": (
        "没有行业代码“{value}”。",
        "请填写 GB/T 4754-2011 的代码；前面有 0 的请设为文本格式。",
    ),
    "no-plan": ("尚未载入方案，没有任何地区。", "请先由管理员载入方案。"),
    "forbidden": ("“{value}”不属于您可以填报的范围。", "请核对地区；不属本单位的，由其主管单位填报。"),
    "unknown-programme": ("没有专项“{value}”。", "请从模板的“专项”列表中选取代码。"),
    "unknown-tag": ("没有标签“{value}”。", "请从模板的“标签”列表中选取代码。"),
    "region-fixed": (
        "该项目登记在其他地区，地区不可变更为“{value}”。",
        "请核对项目编号；登记时填错地区的，请终止该项目后在正确的地区另行登记。",
    ),
    "change-not-shown": (
        "本行将变更的内容与预览时不同：其间已有登记或变更。",
        "请重新上传，并再次核对变更内容。",
    ),
    "change-not-agreed": (
        "本行将变更已登记的内容，尚未确认。",
        "请核对变更清单，填写变更原因后再执行；不需变更的，请删去本行。",
    ),
    "exists": ("编号“{value}”已登记，且内容不同。", "如需更正，请在系统中变更该项；如为另一项，请另用编号。"),
    "confirm-amount": ("金额“{value}”异常，可能用错单位。", "请核对单位；确认无误的，在“已核实”列填“是”。"),
    "equipment-over-total": ("设备投资“{value}”大于总投资。", "请核对两列的数字和单位。"),
    "part-over-total": ("银行贷款“{value}”大于总投资。", "请核对两列的数字和单位。"),
    "amount": ("金额“{value}”必须大于零。", "请填写金额。"),
    "future-date": ("日期“{value}”尚未到来。", "请在发生之后填报，或核对日期。"),
    "date-order": ("日期“{value}”与其他日期的先后不符。", "请核对日期。"),
    "already-filed": ("该市“{value}”的月报已经报送。", "如有错误，请在系统中更正并说明原因。"),
    "no-duty": ("该地区“{value}”没有月报任务。", "请核对地区和月份。"),
    "closed-month": ("月份“{value}”已关闭。", "请向省级申请重新开放该月，再上传。"),
    "future-month": ("月份“{value}”尚未结束。", "请核对月份，或在月末之后报送。"),
    "repeated": ("项目“{value}”在同一月报中出现两次。", "每个项目保留一行：合并，或删去错误的一行。"),
    "unknown-project": ("没有项目“{value}”。", "请先登记该项目，或核对编号。"),
    "foreign-project": ("项目“{value}”不在该市。", "请删去该行，或核对编号。"),
    "projects-over-total": ("各项目金额合计大于全市完成投资“{value}”。", "请核对单位和金额。"),
}
_FORMS: Mapping[str, Said] = {
    "missing": Said("It is missing.", "缺少此项。"),
    "string_too_long": Said("It is too long.", "超过允许长度。"),
    "string_too_short": Said("It is empty.", "内容为空。"),
    "too_long": Said("There are too many of them.", "个数过多。"),
    "greater_than": Said("It must be above zero.", "必须大于零。"),
    "greater_than_equal": Said("It is too small.", "数值过小。"),
    "less_than_equal": Said("It is too large.", "数值过大。"),
    "decimal_max_digits": Said("It is too large.", "数值过大。"),
    "decimal_max_places": Said("It has too many decimals.", "小数位过多。"),
    "decimal_whole_digits": Said("It is too large.", "数值过大。"),
}
_OTHER_FORM = Said("It has not the form that is needed.", "格式不符。")


def refusal(code: str, detail: str, remedy: str, value: str) -> tuple[Said, Said]:
    """Why a command was refused, and what to do."""
    why, what = _ZH.get(code, (f"不能办理：{detail}", remedy or "请按说明更正。"))
    return Said(detail, why.format(value=value[:50])), Said(remedy, what)


def misfit(error: Mapping[str, Any], column: Column | None, value: str) -> tuple[Said, Said]:
    """What is wrong with a value that fails validation, and the right form in words, never as a regular expression."""
    why = _FORMS.get(str(error["type"]), _OTHER_FORM)
    if error["type"] == "value_error":
        why = Said(str(error["msg"]).removeprefix("Value error, "), _OTHER_FORM.zh)
    elif value:
        why = Said(f"{value[:50]!r}: {why.en}", f"“{value[:50]}”：{why.zh}")
    if column is None:
        return why, Said("Correct the row.", "请更正该行。")
    example = (f" E.g. {column.example}.", f"，例如 {column.example}") if column.example else ("", "")
    return why, Said(f"Write {column.form.en}.{example[0]}", f"请填写：{column.form.zh}{example[1]}。")
