"""Parses the text of a cell: amount, share, day, month, code. Ambiguous text is refused."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared.language import Said

_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?$")
_MONTH = re.compile(r"^(\d{4})([-/.年]?)(\d{1,2})月?$")
_NUMBER = re.compile(r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$")
_EXPONENT = re.compile(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
_LIST = re.compile(r"[、,，;；\s]+")
_YES = frozenset({"是", "yes", "true", "1", "y"})
_NO = frozenset({"否", "no", "false", "0", "n"})
_MOST = Decimal(10) ** 16


class Unreadable(ValueError):
    """What is wrong with a cell or heading, and what to do."""

    def __init__(self, why: Said, remedy: Said) -> None:
        super().__init__(why.en)
        self.why, self.remedy = why, remedy


def _plain(cell: str) -> str:
    """Full-width digits and signs as narrow ones (１２，０００ is 12,000)."""
    return unicodedata.normalize("NFKC", cell).strip()


def text(cell: str) -> str:
    """As it is."""
    return cell


def number(cell: str) -> Decimal:
    """A decimal number, with or without commas between thousands; a percentage is refused."""
    plain = _plain(cell)
    shown = repr(cell[:50])
    if plain.endswith("%"):
        raise Unreadable(
            Said(f"{shown} is a share, not an amount.", f"“{cell[:50]}”是百分数，不是金额。"),
            Said("Write the amount itself, in the unit of the heading.", "请按标题中的单位填写金额本身。"),
        )
    if _EXPONENT.match(plain):
        raise Unreadable(
            Said(f"{shown} has lost digits.", f"“{cell[:50]}”是科学计数法，已丢失位数。"),
            Said(
                "Format the cell as a number and write all digits.", "请将单元格设为数值格式，写出全部数字。"
            ),
        )
    if not _NUMBER.match(plain) or not plain.isascii():
        comma = "," in plain and re.fullmatch(r"[\d,.+-]+", plain) is not None
        raise Unreadable(
            Said(f"{shown} is not a number.", f"“{cell[:50]}”不是数字。"),
            Said(
                "A comma stands between thousands only: 1,200.5, not 1200,5.",
                "逗号只能用作千分位：写 1,200.5，不写 1200,5。",
            )
            if comma
            else Said("Write digits only; the unit stands above.", "只写数字；单位写在标题中。"),
        )
    value = Decimal(plain.replace(",", ""))
    if abs(value) >= _MOST:
        raise Unreadable(
            Said(f"{shown} is no amount.", f"“{cell[:50]}”过大，不是金额。"),
            Said("Check the number and its unit.", "请核对数字和单位。"),
        )
    return value


def percent(cell: str) -> str:
    """A share in percent: 35 and 35% are the same. 0.35 is ambiguous (35% or 0.35%) and needs a percent sign."""
    plain = _plain(cell)
    value = number(plain.removesuffix("%").rstrip())
    if not plain.endswith("%") and 0 < abs(value) < 1:
        raise Unreadable(
            Said(
                f"{cell[:50]!r} may be {value} % or {(value * 100).normalize():f} %.",
                f"“{cell[:50]}”可能是 {value}%，也可能是 {(value * 100).normalize():f}%。",
            ),
            Said("Write the sign too: 35%.", "请连同百分号填写，如 35%。"),
        )
    return f"{value:f}"


def code(cell: str) -> str:
    """A code of digits, which a spreadsheet may have converted to a number: 350181.0."""
    return _plain(cell).removesuffix(".0")


def day(cell: str) -> str:
    """2013-03-01, 2013/3/1 or 2013年3月1日."""
    if found := _DAY.match(_plain(cell)):
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            pass
    raise Unreadable(
        Said(f"{cell[:50]!r} is not a day.", f"“{cell[:50]}”不是日期。"),
        Said("Write it as 2013-03-01.", "请写成 2013-03-01。"),
    )


def month(cell: str) -> str:
    """2013-03, 2013/3, 2013.10, 201303 or 2013年3月; of a day its month. 2013.1 may be a cut 2013.10."""
    plain = _plain(cell)
    if found := _MONTH.match(plain):
        year, mark, number_of = found.groups()
        if mark == "." and number_of == "1":
            raise Unreadable(
                Said(
                    f"{cell[:50]!r} may be January or October.", f"“{cell[:50]}”可能是 1 月，也可能是 10 月。"
                ),
                Said(f"Write {year}-01 or {year}-10.", f"请写成 {year}-01 或 {year}-10。"),
            )
        if 1 <= int(number_of) <= 12 and (mark or len(number_of) == 2):
            return f"{year}-{int(number_of):02d}"
    elif _DAY.match(plain):
        return day(plain)[:7]
    raise Unreadable(
        Said(f"{cell[:50]!r} is not a month.", f"“{cell[:50]}”不是月份。"),
        Said("Write it as 2013-03.", "请写成 2013-03。"),
    )


def words(cell: str) -> list[str]:
    """Several texts, separated by 、 or a comma."""
    return [word for word in _LIST.split(cell) if word]


def yes(cell: str) -> bool:
    """是 or 否."""
    lower = _plain(cell).lower()
    if lower in _YES or lower in _NO:
        return lower in _YES
    raise Unreadable(
        Said(f"{cell[:50]!r} is neither yes nor no.", f"“{cell[:50]}”既不是“是”也不是“否”。"),
        Said("Write yes or no.", "请写“是”或“否”。"),
    )


def one_of(names: Mapping[str, str]) -> Callable[[str], str]:
    """A reader that maps Chinese names to values of the API; it accepts the API's values as well."""

    def read(cell: str) -> str:
        plain = _plain(cell)
        if plain not in names and plain not in names.values():
            raise Unreadable(
                Said(f"{cell[:50]!r} is none of these.", f"“{cell[:50]}”不在可选值之内。"),
                Said(f"Write one of: {', '.join(names.values())}.", f"请填写：{'、'.join(names)}。"),
            )
        return names.get(plain, plain)

    return read


def many(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """A reader of several values, separated by 、 or a comma, each read by `read`."""
    return lambda cell: [read(word) for word in words(cell)]
