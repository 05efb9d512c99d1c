"""Moments as the readings' store has them (whole seconds since 1970), and the days to which they belong."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "+08:00")
"""Boundaries of days stand in China's time, which has had no summer time since 1991."""


def moment(seconds: int) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def day_of(moment: datetime) -> date:
    """The day in +08:00 to which a moment of the Clock belongs."""
    return moment.astimezone(CHINA).date()


def day_start(day: date) -> datetime:
    """00:00 in +08:00 of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
