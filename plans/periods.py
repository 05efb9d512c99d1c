"""Periods as the plan data write them: `2013`, `2013-H1`, `2013-Q1`, `2013-02`, and spans of years `2011/2015`."""

import calendar
import re
from datetime import date

PERIOD = r"^\d{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"
SPAN = r"^\d{4}(/\d{4}|-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"


def months_of(period: str) -> tuple[int, int, int]:
    """Year, first month and last month of a period. Raises ValueError on anything else."""
    if not re.match(PERIOD, period):
        raise ValueError(
            f"{period!r} is not a year, half-year, quarter or month such as 2013, 2013-Q1 or 2013-02"
        )
    year, _, part = period.partition("-")
    if not part:
        return int(year), 1, 12
    if part[0] in "HQ":
        length = 6 if part[0] == "H" else 3
        last = int(part[1]) * length
        return int(year), last - length + 1, last
    return int(year), int(part), int(part)


def first_day(period: str) -> date:
    """The first day of a period."""
    year, first, _ = months_of(period)
    return date(year, first, 1)


def last_day(period: str) -> date:
    """The last day of a period."""
    year, _, last = months_of(period)
    return date(year, last, calendar.monthrange(year, last)[1])


def following(period: str) -> str:
    """The period of the same length that comes next."""
    year, first, last = months_of(period)
    length = last - first + 1
    if length == 12:
        return str(year + 1)
    if last == 12:
        year, last = year + 1, 0
    match length:
        case 6:
            return f"{year}-H{last // 6 + 1}"
        case 3:
            return f"{year}-Q{last // 3 + 1}"
        case _:
            return f"{year}-{last + 1:02d}"


def periods(first: str, last: str) -> tuple[str, ...]:
    """Every period from `first` to `last`, both included. Both must be of one length; else ValueError."""
    lengths = {end - start for _, start, end in (months_of(first), months_of(last))}
    if len(lengths) != 1:
        raise ValueError(f"{first} and {last} are not periods of one length")
    found = [first]
    while last_day(found[-1]) < last_day(last):
        found.append(following(found[-1]))
    return tuple(found) if last_day(first) <= last_day(last) else ()
