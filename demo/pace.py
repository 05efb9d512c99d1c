"""How finely a simulated day is played, and which pace a week can afford.

Devices push every quarter of an hour of their own time. To play that for every day of a year takes longer than a
newcomer waits, so the first days are played in steps of 90 minutes, and then as many whole weeks as the time budget
allows. On the other days every device still sends all of its readings, but once, shortly before midnight: sums and
"online" are complete, and by the rule of two hours each feed counts as silent for part of the day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from demo.outgoing import china
from demo.world import FIRST_DAY

OPENING = timedelta(days=10)
"""The fault table plays in these days, at the finest pace."""
ENDING = timedelta(days=1)
"""The summary shows a day of live figures."""
_WEEK = 7
_MARGIN = 1.1  # a day may cost a tenth more than the days before


class Pace(StrEnum):
    """How often the clock stops on a day for the devices to send."""

    FINE = "every 90 minutes"
    DAILY = "once a day"
    WEEKLY = "once a week"


@dataclass(frozen=True, slots=True)
class Stop:
    """A moment at which the clock stands; `push`: the devices send what they have measured since the last push."""

    moment: datetime
    push: bool


def stops(day: date, pace: Pace, others: Iterable[datetime] = ()) -> list[Stop]:
    """The stops of a day in order; its 24:00 is the last one, but inside a week of one push.

    `others`: moments at which something else is due.
    """
    midnight = china(day.year, day.month, day.day)
    late, ends = midnight + timedelta(minutes=1435), midnight + timedelta(days=1)
    pushes: set[datetime] = set()
    plain = set(others)
    match pace:
        case Pace.FINE:
            minutes = [*range(90, 1441, 90)]
            if day == FIRST_DAY:  # the board lives from the first quarter-hour on
                minutes = [*range(15, 181, 15), *range(270, 1441, 90)]
            pushes = {midnight + timedelta(minutes=each) for each in minutes}
        case Pace.DAILY:
            pushes, plain = {late}, plain | {ends}
        case Pace.WEEKLY if day.weekday() == _WEEK - 1:
            pushes, plain = {late}, plain | {ends}
        case Pace.WEEKLY:
            pass
    return [Stop(moment, moment in pushes) for moment in sorted(pushes | plain)]


@dataclass(slots=True)
class Budget:
    """Chooses the pace week by week from what the days before have cost.

    `seconds`: for all days up to `last`; None: no limit, every day at the finest pace. Costs are system seconds a day.
    """

    last: date
    seconds: float | None
    spent: float = 0.0
    played: dict[Pace, int] = field(default_factory=lambda: dict.fromkeys(Pace, 0))
    _cost: dict[Pace, float] = field(default_factory=dict)

    def note(self, pace: Pace, seconds: float) -> None:
        """A day was played at this pace and took so long."""
        self.spent += seconds
        self.played[pace] += 1
        before = self._cost.get(pace, seconds)
        self._cost[pace] = before + (seconds - before) * 0.3

    def choose(self, day: date) -> Pace:
        """The pace for the week that begins on `day`."""
        if self.seconds is None or day < FIRST_DAY + OPENING or day > self.last - ENDING:
            return Pace.FINE
        if Pace.DAILY not in self._cost:
            return Pace.DAILY  # to learn what it costs
        left = self.seconds - self.spent
        days = (self.last - day).days + 1
        daily, fine = self._cost[Pace.DAILY], self._cost.get(Pace.FINE, self._cost[Pace.DAILY])
        week = min(_WEEK, days)
        if left > (daily * (days - week) + fine * week) * _MARGIN:
            return Pace.FINE
        if left > daily * days * 0.9:
            return Pace.DAILY
        # Other programs may have slowed it down: after some weeks this pace is tried again.
        self._cost[Pace.DAILY] = daily * 0.97
        return Pace.WEEKLY

    def words(self) -> str:
        """What was done, for the summary."""
        parts = [f"{days} days {pace.value}" for pace, days in self.played.items() if days]
        return ", ".join(parts) or "no day"


def weeks(first: date, last: date) -> Sequence[tuple[date, date]]:
    """The stretches that are played at one pace: the opening days, weeks from Monday to Sunday, the last day."""
    made = []
    day = first
    opening_ends = FIRST_DAY + OPENING - timedelta(days=1)
    while day <= last:
        sunday = day + timedelta(days=_WEEK - 1 - day.weekday())
        end = opening_ends if day <= opening_ends else sunday
        end = last if day > last - ENDING else min(end, last - ENDING)
        made.append((day, end))
        day = end + timedelta(days=1)
    return made
