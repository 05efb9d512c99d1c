"""How numbers, days and units are written: the one place that rounds, for pages, CSV, XLSX and JSON alike."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from shared.clock import CHINA, local_day
from shared.language import Language

MISSING = "—"
_LOCALES = {"zh": "zh_CN", "en": "en_GB"}
_MINUS = "−"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as the API names it: how it is written, and the digits behind the point that it is shown with."""

    zh: str
    en: str
    digits: int

    def to(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


UNITS = {
    "CNY_1e8": Unit("亿元", "100 million yuan", 1),
    "CNY_1e4": Unit("万元", "10,000 yuan", 1),
    "CNY": Unit("元", "yuan", 2),
    "CNY_1e12": Unit("万亿元", "trillion yuan", 3),
    "percent": Unit("%", "%", 1),
    "points": Unit("个百分点", "pp", 1),
    "tce": Unit("吨标准煤", "tce", 1),
    "tce_1e4": Unit("万吨标准煤", "10,000 tce", 2),
    "tce_per_CNY_1e4": Unit("吨标准煤/万元", "tce per 10,000 yuan", 3),
    "count": Unit("个", "", 0),
    "score": Unit("分", "points", 2),
    "": Unit("", "", 0),
}


def unit(code: str | None) -> Unit:
    """The unit of that code; what we don't know is written as it comes, with two digits."""
    return UNITS.get(code or "", Unit(code or "", code or "", 2))


def decimal(value: Any) -> Decimal | None:
    """A number as the API sends it (text, to keep it exact); None for nothing and for what is no number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def or_zero(value: Any) -> Decimal:
    """A number of the API to add up with: nothing counts as zero."""
    return decimal(value) or Decimal(0)


def rounded(value: Any, digits: int) -> Decimal | None:
    """Half away from zero, as people round; never a negative zero."""
    found = decimal(value)
    if found is None:
        return None
    made = found.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return abs(made) if made == 0 else made


def number(value: Any, digits: int, language: Language, *, sign: bool = False) -> str:
    """With groups of thousands; `sign`: a plus before what is above zero. A dash for what is missing."""
    found = rounded(value, digits)
    if found is None:
        return MISSING
    shape = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(abs(found), shape, locale=_LOCALES[language])
    return (_MINUS if found < 0 else "+" if sign and found > 0 else "") + text


def percent(value: Any, language: Language) -> str:
    """75.9%: one digit."""
    text = number(value, UNITS["percent"].digits, language)
    return text if text == MISSING else f"{text}%"


def points(value: Any, language: Language) -> str:
    """A lead (+) or lag (−) in percentage points, without the unit."""
    return number(value, UNITS["points"].digits, language, sign=True)


def amount(value: Any, code: str | None, language: Language) -> str:
    """A number with its unit."""
    text = number(value, unit(code).digits, language)
    if text == MISSING:
        return text
    name = unit(code).to(language)
    return f"{text}%" if name == "%" else f"{text} {name}".strip()


def day(value: Any, language: Language) -> str:
    """2013年9月30日, 30 September 2013: of a day, or of a moment in China's time."""
    found = as_date(value)
    if found is None:
        return MISSING
    return format_date(found, "y年M月d日" if language == "zh" else "d MMMM y", locale=_LOCALES[language])


def moment(value: Any, language: Language) -> str:
    """A day with hour and minute, in China's time."""
    found = as_moment(value)
    if found is None:
        return MISSING
    shape = "y年M月d日 HH:mm" if language == "zh" else "d MMMM y, HH:mm"
    return format_datetime(found.astimezone(CHINA), shape, locale=_LOCALES[language])


def month(value: str | None, language: Language) -> str:
    """2013年9月, September 2013: of 2013-09."""
    try:
        found = date.fromisoformat(f"{value}-01")
    except ValueError:
        return value or MISSING
    return format_date(found, "y年M月" if language == "zh" else "MMMM y", locale=_LOCALES[language])


def as_moment(value: Any) -> datetime | None:
    """An ISO moment with its offset; None for what is none."""
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=CHINA)


def as_date(value: Any) -> date | None:
    """A day; of a moment the day that it is in China."""
    if isinstance(value, datetime):
        return local_day(value)
    if isinstance(value, date):
        return value
    text = str(value or "")
    if len(text) == len("2013-01-01"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    found = as_moment(text) if text else None
    return None if found is None else local_day(found)


TYPED_1E8, TYPED_1E4 = Decimal(100_000_000), Decimal(10_000)
"""Yuan in one of what is typed: 亿元, 万元."""
_MOST_YUAN = Decimal(10**16)  # what the API takes at the most: sixteen digits


def in_1e8(yuan: Any) -> Decimal | None:
    """Yuan, as the API has amounts of projects and reports, in 亿元."""
    found = decimal(yuan)
    return None if found is None else found / TYPED_1E8


def yuan(typed: str, scale: Decimal = TYPED_1E8) -> Decimal | None:
    """What somebody typed in 亿元 (or another `scale`), in yuan; None for what is no amount.

    Groups and full-width digits are understood, and the unit written behind them.
    """
    found = typed_number(typed, "亿元" if scale == TYPED_1E8 else "万元")
    if found is None or not 0 <= found < _MOST_YUAN / scale:
        return None
    return (found * scale).quantize(Decimal("0.01"))


def typed_number(typed: str, unit: str = "") -> Decimal | None:
    """A number that somebody typed: groups, full-width digits and the unit behind it are understood."""
    return decimal(unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "").removesuffix(unit))


def typed(value: Any) -> str:
    """A number as somebody would type it: no groups, no zeros at the end."""
    found = decimal(value)
    return "" if found is None else f"{found.normalize():f}"


def in_1e4(yuan: Any) -> Decimal | None:
    """Yuan, in 万元."""
    found = decimal(yuan)
    return None if found is None else found / TYPED_1E4
