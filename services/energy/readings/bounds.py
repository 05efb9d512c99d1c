"""The most that one meter of a carrier can pass in an hour, from `bounds.csv`: dated data with source and confidence.

It parks what is beyond belief, whatever capacity a meter was registered with, or none. Which row holds is chosen by
the reading's own time. What has been counted stays counted: a changed bound is a new row from a day to come on, never
another number in an old one (ADR 0280).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources

from shared.clock import day_start, local_day


@dataclass(frozen=True, slots=True)
class Bound:
    """`per_hour` in `unit`, of one carrier, or ("") of all that are counted in this unit. Days are those of +08:00."""

    carrier: str
    unit: str
    per_hour: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str


@cache
def loaded() -> tuple[Bound, ...]:
    """The rows of `bounds.csv`."""
    return parse(resources.files("services.energy.readings").joinpath("bounds.csv").read_text("utf-8"))


def parse(text: str) -> tuple[Bound, ...]:
    """Rows from text shaped as `bounds.csv`. Raises ValueError for what can't be one."""
    return tuple(_bound(row) for row in csv.DictReader(text.splitlines()))


def _bound(row: dict[str, str]) -> Bound:
    valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    bound = Bound(
        row["carrier"],
        row["unit"],
        Decimal(row["per_hour"]),
        date.fromisoformat(row["valid_from"]),
        valid_to,
        row["source"],
        row["confidence"],
    )
    if not (bound.per_hour > 0 and bound.unit and bound.source):
        raise ValueError(f"a bound without unit, amount or source: {row}")
    return bound


def starts(bounds: Sequence[Bound]) -> list[int]:
    """The moments (epoch seconds) after which another row may hold, the earliest first."""
    begins = {bound.valid_from for bound in bounds}
    ends = {bound.valid_to + timedelta(days=1) for bound in bounds if bound.valid_to is not None}
    return [int(day_start(day).timestamp()) for day in sorted(begins | ends)]


def per_hour(bounds: Sequence[Bound], carrier: str, unit: str, after: int) -> Decimal | None:
    """The bound in force right after a moment: the carrier's own, else that of its unit; None: nobody has said."""
    day = local_day(datetime.fromtimestamp(after, UTC))
    found = {
        bound.carrier: bound.per_hour
        for bound in bounds
        if bound.unit == unit
        and bound.valid_from <= day
        and (bound.valid_to is None or day <= bound.valid_to)
    }
    return found.get(carrier, found.get(""))
