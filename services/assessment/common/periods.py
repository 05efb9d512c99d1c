"""Period (期): `2013`, `2013-H1`, `2013-Q1`, `2013-02`; boundaries are days in +08:00."""

import calendar
import re
from datetime import date

PATTERN = r"^(19|20)\d{2}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"


def first_day(period: str) -> date:
    """The period's first day. ValueError for anything that isn't a period."""
    year, first, _ = _months(period)
    return date(year, first, 1)


def last_day(period: str) -> date:
    """The period's last day. ValueError for anything that isn't a period."""
    year, _, last = _months(period)
    return date(year, last, calendar.monthrange(year, last)[1])


def _months(period: str) -> tuple[int, int, int]:
    if not re.match(PATTERN, period):
        raise ValueError(f"{period!r} is not a year, half-year, quarter or month: 2013, 2013-Q1, 2013-02")
    year, _, part = period.partition("-")
    if not part:
        return int(year), 1, 12
    if part[0] in "HQ":
        length = 6 if part[0] == "H" else 3
        last = int(part[1]) * length
        return int(year), last - length + 1, last
    return int(year), int(part), int(part)
