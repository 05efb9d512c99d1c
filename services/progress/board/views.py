"""A region's energy as the board shows it: today so far, and the latest closed day."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from services.progress.board.live import RunningDay
from services.progress.common.views import View, tce


class RunningDayView(View):
    """Provisional: today so far, from the running figures outside the log."""

    day: date
    tce_equal: Decimal | None = Field(description="By equal value (当量值).")
    tce_equivalent: Decimal | None = Field(description="By equivalent value (等价值).")
    enterprises: int = Field(description="Enterprises heard of today.")
    unknown: int = Field(description="Of them without a figure; they are not in the sums.")
    unknown_equivalent: int = Field(description="Of them without one by equivalent value; not in that sum.")
    present: int = Field(description="Intervals present.")
    expected: int = Field(description="Intervals expected so far.")
    last_reading_at: datetime | None = Field(description="Newest reading, time of the event.")
    sent_at: datetime = Field(description="When the newest of them was sent, system time.")
    provisional: bool = True


class ClosedDayView(View):
    day: date
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    enterprises: int
    unknown: int = Field(description="Of them without a figure; they are not in the sums.")
    unknown_equivalent: int = Field(description="Of them without one by equivalent value; not in that sum.")


def running_view(running: RunningDay | None) -> RunningDayView | None:
    if running is None:
        return None
    return RunningDayView(
        day=running.day,
        tce_equal=tce(running.tce_equal),
        tce_equivalent=tce(running.tce_equivalent),
        enterprises=running.enterprises,
        unknown=running.unknown,
        unknown_equivalent=running.unknown_equivalent,
        present=running.present,
        expected=running.expected,
        last_reading_at=running.last_reading_at,
        sent_at=running.sent_at,
    )
