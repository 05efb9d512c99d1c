"""Maps the headings of a spreadsheet to fields.

A heading is the field's Chinese name or its English one; an amount's Chinese heading names its unit, as in
总投资（万元）, because a bare number in the wrong unit is wrong by ten thousand and looks right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from services.projects.imports.cells import Unreadable, percent
from shared.headings import parted
from shared.language import Language, Said

_UNITS = {
    "元": Decimal(1),
    "CNY": Decimal(1),
    "万元": Decimal(10_000),
    "亿元": Decimal(100_000_000),
}

Choices = Literal["regions", "industries", "programmes", "tags", "yes", "meetings"]
"""The list of values that a cell is chosen from; the template contains it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field: its English name, its Chinese heading, how its cells are read, what they look like."""

    field: str
    term: str
    read: Callable[[str], Any]
    form: Said
    example: str = ""
    required: bool = False
    money: bool = False
    choices: Choices | None = None

    @property
    def heading(self) -> str:
        """The Chinese heading as in a template, with its unit."""
        return f"{self.term}（万元）" if self.money else f"{self.term}（%）" if self.quantity else self.term

    @property
    def quantity(self) -> bool:
        """Whether it is a share of something."""
        return self.read is percent

    @property
    def counts(self) -> bool:
        """Whether values are summed: a cell merged over two rows would count twice."""
        return self.money or self.quantity

    def title(self, language: Language) -> str:
        """The heading in the reader's language, with its unit."""
        if language == "zh":
            return self.heading
        return f"{self.field} (CNY)" if self.money else f"{self.field} (%)" if self.quantity else self.field


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file has a field: its column, counted from 0, and how many yuan one unit is."""

    column: Column
    index: int
    title: str
    unit: Decimal = Decimal(1)

    def value(self, cell: str) -> Any:
        """The cell as the request's field has it; None for an empty one. Raises Unreadable."""
        text = cell.strip()
        if not text:
            return None
        value = self.column.read(text)
        return str((value * self.unit).normalize().quantize(Decimal("0.01"))) if self.column.money else value

    def shown(self, value: Any) -> str:
        """A value as the file would show it, in the unit of the heading; None is an empty text."""
        if value is None:
            return ""
        if isinstance(value, list):
            return "、".join(value)
        return f"{(value / self.unit).normalize():,f}" if self.column.money else str(value)


def places(heading: Sequence[str], columns: Sequence[Column]) -> list[Place]:
    """The field of each heading. Raises Unreadable for unknown, repeated or missing ones, or money without unit."""
    found: list[Place] = []
    unknown: list[str] = []
    for index, title in enumerate(heading):
        if title.strip():
            place = _place(index, title.strip(), columns)
            if place is None:
                unknown.append(title.strip()[:50])
            else:
                found.append(place)
    fields = [place.column.field for place in found]
    missing = [column.heading for column in columns if column.required and column.field not in fields]
    if unknown:
        raise _unknown(unknown, missing, columns)
    for place in found:
        if fields.count(place.column.field) > 1:
            raise Unreadable(
                Said(f"Two columns are {place.column.term}.", f"有两列都是“{place.column.term}”。"),
                Said("Leave one of them out.", "请删去其中一列。"),
            )
    if missing:
        raise Unreadable(
            Said(f"There is no column {'、'.join(missing)}.", f"缺少列：{'、'.join(missing)}。"),
            Said(
                "Write these headings above their columns, or begin with the template.",
                "请补上这些列标题，或从模板填起。",
            ),
        )
    return found


def _unknown(unknown: Sequence[str], missing: Sequence[str], columns: Sequence[Column]) -> Unreadable:
    """One fault that names all wrong headings, so that the user can correct them in one go."""
    known = "、".join(column.heading for column in columns)
    also = Said(
        f" There is no column {'、'.join(missing)} either." if missing else "",
        f"同时缺少列：{'、'.join(missing)}。" if missing else "",
    )
    return Unreadable(
        Said(
            f"Nobody knows the column {', '.join(map(repr, unknown[:10]))}.{also.en}",
            f"无法识别列标题：{'、'.join(unknown[:10])}。{also.zh}",
        ),
        Said(
            f"Leave it out, or use the template. Known: {known}.",
            f"请删去或改正，也可使用模板。可用列：{known}。",
        ),
    )


def _place(index: int, title: str, columns: Sequence[Column]) -> Place | None:
    """The place of a heading. Raises Unreadable for an amount without a known unit."""
    name, unit = parted(title)
    for column in columns:
        if name not in (column.field, column.term):
            continue
        if not column.money:
            return Place(column, index, title)
        if unit in _UNITS:
            return Place(column, index, title, _UNITS[unit])
        if unit is None and name == column.field:
            return Place(column, index, title)  # a field name of the API, whose unit is the yuan
        raise Unreadable(
            Said(f"The column {title!r} doesn't say its unit.", f"列“{title}”没有写明金额单位。"),
            Said(
                f"Write {column.term}（元）, {column.term}（万元） or {column.term}（亿元）.",
                f"请写成{column.term}（元）、{column.term}（万元）或{column.term}（亿元）。",
            ),
        )
    return None
