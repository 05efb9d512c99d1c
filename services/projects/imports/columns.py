"""Headings and cells of a spreadsheet: which column is which field, and what its text says.

A heading is the field's Chinese name or its English one; an amount's Chinese heading names its unit, as in
总投资（万元）, because a bare number in the wrong unit is wrong by ten thousand and looks right.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

_UNITS = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_UNIT = re.compile(r"^(?P<name>.*?)\s*[（(](?P<unit>[^（）()]*)[）)]$")
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?$")
_MONTH = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$")
_LIST = re.compile(r"[、,，;；\s]+")
_YES = frozenset({"是", "yes", "true", "1", "y"})
_NO = frozenset({"否", "no", "false", "0", "n"})


class Unreadable(ValueError):
    """What is wrong with a cell or heading, and what to do."""

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


@dataclass(frozen=True, slots=True)
class Column:
    """One field: its English name, its Chinese heading, how its cells are read."""

    field: str
    term: str
    read: Callable[[str], Any]
    required: bool = False
    money: bool = False

    @property
    def heading(self) -> str:
        """As a template shows it."""
        return f"{self.term}（万元）" if self.money else self.term


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands in a file: its column, counted from 0, and the yuan of a unit of it."""

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


def places(heading: Sequence[str], columns: Sequence[Column]) -> list[Place]:
    """Which field each heading is. Raises Unreadable for an unknown, doubled or missing one, or money without unit."""
    found: list[Place] = []
    for index, title in enumerate(heading):
        if title.strip():
            found.append(_place(index, title.strip(), columns))
    fields = [place.column.field for place in found]
    for place in found:
        if fields.count(place.column.field) > 1:
            raise Unreadable(f"Two columns are {place.column.term}.", "Leave one of them out.")
    if missing := [column.heading for column in columns if column.required and column.field not in fields]:
        raise Unreadable(f"There is no column {missing[0]!r}.", f"Needed: {'、'.join(missing)}.")
    return found


def _place(index: int, title: str, columns: Sequence[Column]) -> Place:
    parted = _UNIT.match(title)
    for column in columns:
        if title == column.field:
            return Place(column, index, title)  # an API's own name, and so its own unit: yuan
        if column.money:
            if parted and parted["name"] == column.term and parted["unit"] in _UNITS:
                return Place(column, index, title, _UNITS[parted["unit"]])
            if title == column.term or (parted and parted["name"] == column.term):
                raise Unreadable(
                    f"The column {title!r} doesn't say its unit.",
                    f"Write {column.term}（元）, {column.term}（万元） or {column.term}（亿元）.",
                )
        elif title == column.term:
            return Place(column, index, title)
    known = "、".join(column.heading for column in columns)
    raise Unreadable(f"Nobody knows the column {title!r}.", f"Leave it out. Known: {known}.")


def text(cell: str) -> str:
    """As it is."""
    return cell


def number(cell: str) -> Decimal:
    """A decimal number, with or without commas between thousands."""
    try:
        value = Decimal(cell.replace(",", "").replace("，", "").removesuffix("%"))
    except InvalidOperation as error:
        raise Unreadable(
            f"{cell[:50]!r} is not a number.", "Write digits only; the unit stands above."
        ) from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 16:
        raise Unreadable(f"{cell[:50]!r} is no amount.", "Check the number and its unit.")
    return value


def plain_number(cell: str) -> str:
    """A number as the request takes it."""
    return f"{number(cell):f}"


def code(cell: str) -> str:
    """A code of digits, which a spreadsheet may have made a number of: 350181.0."""
    return cell.removesuffix(".0")


def day(cell: str) -> str:
    """2013-03-01, 2013/3/1 or 2013年3月1日."""
    if found := _DAY.match(cell):
        year, month, number = map(int, found.groups())
        return f"{year:04d}-{month:02d}-{number:02d}"
    raise Unreadable(f"{cell[:50]!r} is not a day.", "Write it as 2013-03-01.")


def month(cell: str) -> str:
    """2013-03, 2013/3 or 2013年3月; of a day its month."""
    if found := _MONTH.match(cell):
        year, number = map(int, found.groups())
        return f"{year:04d}-{number:02d}"
    return day(cell)[:7]


def words(cell: str) -> list[str]:
    """Several, parted by 、 or a comma."""
    return [word for word in _LIST.split(cell) if word]


def yes(cell: str) -> bool:
    """是 or 否."""
    lower = cell.lower()
    if lower in _YES or lower in _NO:
        return lower in _YES
    raise Unreadable(f"{cell[:50]!r} is neither yes nor no.", "Write 是 or 否.")


def one_of(names: Mapping[str, str]) -> Callable[[str], str]:
    """A reader of Chinese names for an API's values; an API's value stands for itself."""

    def read(cell: str) -> str:
        return names.get(cell, cell)

    return read
