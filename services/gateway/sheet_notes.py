"""Notes on a spreadsheet that was read: faults of single cells, and what was left out and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from services.gateway.sheet_lines import Cell, Line
from shared.language import Said

TEMPLATE_ABOUT = Said("how to fill in", "填写说明")
TEMPLATE_LIST = "list-"
"""Prefix of the lookup sheets in our templates: they come back with the file, but hold no data."""
_MOST_NAMED = 20
_ERRORS = ("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was left out: what (`code`), where, how many, why, and what to do so that it is read."""

    code: str
    where: str
    count: int
    why: Said
    remedy: Said

    def to_dict(self) -> dict[str, Any]:
        """As JSON for messages, with both languages side by side."""
        return {
            "code": self.code,
            "where": self.where[:300],
            "count": self.count,
            "why": self.why.en[:300],
            "why_zh": self.why.zh[:300],
            "remedy": self.remedy.en[:300],
            "remedy_zh": self.remedy.zh[:300],
        }


@dataclass(slots=True)
class Notes:
    """Gathers what is left out while a file is read."""

    _sheets: list[Note] = field(default_factory=list)
    _above: list[Note] = field(default_factory=list)
    _hidden: list[int] = field(default_factory=list)
    _sums: list[int] = field(default_factory=list)
    _no_heading: dict[int, list[int]] = field(default_factory=dict)

    def other_sheet(self, name: str, *, hidden: bool) -> None:
        if name in TEMPLATE_ABOUT or name.startswith(TEMPLATE_LIST):
            return
        why = (
            Said(
                f"The sheet {name!r} is hidden; one sheet is read.",
                f"工作表“{name}”已隐藏；只读取一个工作表。",
            )
            if hidden
            else Said(
                f"The sheet {name!r} was not read: one sheet is.", f"未读取工作表“{name}”：只读取一个工作表。"
            )
        )
        remedy = Said(
            "Send its rows as a file of their own, or put them into the sheet that is read.",
            "如需导入，请另存为单独的文件，或并入所读取的工作表。",
        )
        self._sheets.append(Note("hidden-sheet" if hidden else "other-sheet", name, 1, why, remedy))

    def above(self, lines: Sequence[Line], heading: int) -> None:
        where = _ranges([line.number for line in lines])
        why = Said(
            f"Row {where} stands above the headings in row {heading}.",
            f"第 {where} 行位于第 {heading} 行列标题之上，未读取。",
        )
        remedy = Said("Nothing, if it is a title.", "如为表名或说明，无需处理。")
        self._above.append(Note("above-headings", where, len(lines), why, remedy))

    def hidden_row(self, number: int) -> None:
        self._hidden.append(number)

    def sum_row(self, number: int) -> None:
        self._sums.append(number)

    def no_heading(self, column: int, number: int) -> None:
        self._no_heading.setdefault(column, []).append(number)

    def all(self) -> list[Note]:
        """Everything that was left out, the largest parts first."""
        notes = [*self._sheets, *self._above]
        if self._hidden:
            where = _ranges(self._hidden)
            why = Said(f"Row {where} is hidden or filtered out.", f"第 {where} 行被隐藏或筛选掉，未读取。")
            remedy = Said("Show the row, if it is to be read.", "如需导入，请取消隐藏或清除筛选。")
            notes.append(Note("hidden-rows", where, len(self._hidden), why, remedy))
        if self._sums:
            where = _ranges(self._sums)
            why = Said(f"Row {where} is a row of sums.", f"第 {where} 行是合计行，未读取。")
            remedy = Said(
                "Nothing, if it is; else write its name in another way.",
                "如确为合计，无需处理；否则请改写名称。",
            )
            notes.append(Note("sums", where, len(self._sums), why, remedy))
        for column, numbers in sorted(self._no_heading.items())[:_MOST_NAMED]:
            letter = get_column_letter(column + 1)
            where = "、".join(f"{letter}{number}" for number in numbers[:5]) + (
                "…" if len(numbers) > 5 else ""
            )
            why = Said(
                f"Column {letter} has values under no heading.", f"{letter} 列有值但没有列标题，未读取。"
            )
            remedy = Said("Write a heading over them, if they are to be read.", "如需导入，请补写列标题。")
            notes.append(Note("no-heading", where, len(numbers), why, remedy))
        return notes


def cell_fault(cell: Cell, longest: int) -> dict[str, str] | None:
    """What is wrong with a cell whatever its column (formula, error value, length); None: nothing."""
    text = cell.text
    if cell.formula:
        return _fault(
            Said("The cell holds a formula.", "单元格是公式。"),
            Said(
                "Write its value: formulas aren't computed here.",
                "请填写数值（复制后“选择性粘贴—数值”）：此处不计算公式。",
            ),
        )
    if text in _ERRORS:
        return _fault(
            Said(f"The cell holds an error ({text}).", f"单元格是错误值（{text}）。"),
            Said("Mend it in the spreadsheet.", "请在表格中更正。"),
        )
    if len(text) > longest:
        return _fault(
            Said(f"The cell holds {len(text)} characters.", f"单元格有 {len(text)} 个字符。"),
            Said(f"At most {longest} are read; shorten it.", f"最多读取 {longest} 个，请缩短。"),
        )
    if "\0" in text:
        return _fault(
            Said("The cell holds the character U+0000.", "单元格含有字符 U+0000。"),
            Said("Leave the character out.", "请删去该字符。"),
        )
    return None


def _fault(why: Said, remedy: Said) -> dict[str, str]:
    return {"why": why.en, "why_zh": why.zh, "remedy": remedy.en, "remedy_zh": remedy.zh}


def _ranges(numbers: Sequence[int]) -> str:
    """3–5、9, at most so many of them."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    shown = "、".join(str(a) if a == b else f"{a}–{b}" for a, b in parts[:_MOST_NAMED])
    return shown + ("…" if len(parts) > _MOST_NAMED else "")
