"""Spans of days, both ends included; `ALWAYS` and `FOR_EVER` where an end is open. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

ALWAYS = date.min
FOR_EVER = date.max

Span = tuple[date, date]
EVER: Span = (ALWAYS, FOR_EVER)
_DAY = timedelta(days=1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days as disjoint spans in order; what overlaps or touches is one span."""
    found: list[Span] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if found and (found[-1][1] == FOR_EVER or first <= found[-1][1] + _DAY):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The days that lie in a span of each."""
    both = [(max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other]
    return merged(span for span in both if span[0] <= span[1])


def day_before(day: date) -> date:
    """The last day of a span that another one follows from `day` on."""
    return day if day == ALWAYS else day - _DAY
