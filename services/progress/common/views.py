"""What all answers of progress have in common: how a question is put, what is written down, how numbers are rounded.

Decimals are strings in JSON, so that they arrive as they were sent. Rounding happens in views and nowhere else.
"""

import hashlib
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared.rpc import Encoded

AnyDate = TypeVar("AnyDate", date, datetime)
REGION = Field(None, max_length=12, description="Region code.", examples=["350100"])
_FIRST_YEAR = 2000


def _in_our_time(moment: AnyDate) -> AnyDate:
    """Raises ValueError for a date before anything was recorded: it is a slip, and arithmetic near year 1 fails."""
    if moment.year < _FIRST_YEAR:
        raise ValueError(f"nothing is recorded before {_FIRST_YEAR}")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_time)]


class View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Question(BaseModel):
    """What every query takes."""

    model_config = ConfigDict(extra="forbid")

    plan: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,60}$",
        description="Plan; without it the latest year's.",
        examples=["fujian-2013"],
    )
    as_of: Moment | None = Field(
        None,
        description="What was known at this past moment (by the time of recording); without it: now.",
        examples=["2013-06-30T23:59:59+08:00"],
    )
    at_least: dict[str, int] | None = Field(
        None,
        max_length=8,
        description="Positions that the answer must hold (read-your-writes); waits at most 2 s, then 503.",
        examples=[{"projects": 12}],
    )


# The fields of an answer about "now" that change with every query: its moment, and the ages counted from it.
_MOMENTS = re.compile(rb'("as_of":"[^"]{16})[^"]*"|("age_seconds":)([0-9]+)[^,}]*')


def answered(model: View) -> Encoded:
    """Encode an answer, with a tag that stays the same while only those fields change, but for a minute at most."""
    data = Encoded.of(model).data
    return Encoded(data, hashlib.sha256(_MOMENTS.sub(_to_the_minute, data)).hexdigest()[:32])


def _to_the_minute(found: re.Match[bytes]) -> bytes:
    moment, age, seconds = found.groups()
    return moment or b"%b%d" % (age, int(seconds) // 60)


_POINTS = Decimal("0.01")
_DIGITS = {"CNY_1e8": Decimal("0.0001"), "percent": Decimal("0.01"), "tce_per_CNY_1e4": Decimal("0.001")}
_TCE = Decimal("0.001")


def round_value(value: Decimal | None, unit: str) -> Decimal | None:
    """As shown: 亿元 to four decimals (万元), percent to two, intensity to three, anything else as it is."""
    if value is None:
        return None
    quantum = _DIGITS.get(unit)
    return value if quantum is None else value.quantize(quantum, ROUND_HALF_UP)


def points(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_POINTS, ROUND_HALF_UP)


def plain(value: Decimal | None) -> Decimal | None:
    """The same number without an exponent: 7000000000, not 7E+9."""
    return None if value is None else Decimal(f"{value:f}")


def tce(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_TCE, ROUND_HALF_UP)
