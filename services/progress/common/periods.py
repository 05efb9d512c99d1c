"""The periods that figures are for: a year, a half, a quarter, a month. Boundaries are in the plan's own time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shared.clock import local_day

_PERIOD = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?")


def months_of(period: str) -> tuple[str, ...]:
    """The months of "2013", "2013-H1", "2013-Q1" or "2013-02", as "2013-02". ValueError on anything else."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"{period!r} is no year, half, quarter or month")
    year, half, quarter, month = match.groups()
    if month:
        return (period,)
    if half:
        first, count = (int(half) - 1) * 6 + 1, 6
    elif quarter:
        first, count = (int(quarter) - 1) * 3 + 1, 3
    else:
        first, count = 1, 12
    return tuple(f"{year}-{number:02d}" for number in range(first, first + count))


def day_in_next_month(month: str, day: int) -> date:
    """`day` of the month after `month` ("2013-12" and 5: 2014-01-05)."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // 12, number % 12 + 1, day)


def year_of(period: str) -> str:
    """The year a period lies in, as it is printed: "2013"."""
    return months_of(period)[0][:4]


@dataclass(frozen=True, slots=True)
class When:
    """What is asked about: what was recorded until `known`, looked at on `day` of the plan's time."""

    known: datetime
    day: date

    @classmethod
    def past(cls, moment: datetime) -> "When":
        """As it was known at a moment, looked at on its day."""
        return cls(moment, local_day(moment))

    @classmethod
    def now(cls, day: date) -> "When":
        """Everything that is applied, whatever its time: this process may not have heard of the Clock's last step."""
        return cls(datetime.max.replace(tzinfo=UTC), day)
