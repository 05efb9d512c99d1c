"""A meter's life laid out again: when a change is entered late, corrected or undone.

Everything from that moment on is taken out of its series, the registers that people stated are set aside, the series
are made what they should be, and the readings are put where they belong now. All of it by the kernel and under the
partition's lock, so that the sums are what they would be if the life had been entered right at first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.energy.common.scale import VOID
from services.energy.readings.archive_line import archive_line, refuse_archived
from services.energy.readings.memory import FOREVER, Connection
from services.energy.readings.ranks import correction_at
from services.energy.readings.reference import (
    SeriesSpec,
    change_partition,
    insert_series,
    update_series,
)
from services.energy.readings.revise import Stored, cut_tail, put

_OUT_OF_TIME = datetime(1990, 1, 1, tzinfo=UTC)
"""Abolished series are moved to here, before every time that a reading can have, each to a second of its own."""

_SERIES = """
SELECT s, p, valid_from, valid_to FROM series
WHERE meter = $1 AND statistic_type = $2 AND valid_from >= '2000-01-01' ORDER BY valid_from
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A series as it should be, with the registers stated for its two ends."""

    spec: SeriesSpec
    opening: int | None
    closing: int | None


async def lay_out(
    conn: Connection,
    stretches: Sequence[Stretch],
    stated: Mapping[int, int | None],
    since: datetime,
    now: datetime,
) -> None:
    """Make the meter's series what `stretches` (all of one meter and statistic type, in order) say from `since` on.

    `stated`: by moment (epoch seconds) of the changes known until now, the register stated for the end before it.
    Raises Problem 409 if `since` is archived.
    """
    meter, statistic_type = stretches[0].spec.meter, stretches[0].spec.statistic_type
    rows = await conn.fetch(_SERIES, meter, statistic_type)
    p = rows[0]["p"]
    generation = await change_partition(conn, p)
    begin = _seconds(since)
    refuse_archived(await archive_line(conn), begin)
    touched = [row for row in rows if row["valid_to"] is None or row["valid_to"] >= since]
    readings: dict[int, Stored] = {}
    for row in touched:
        await conn.execute("UPDATE series SET generation = $2 WHERE s = $1", row["s"], generation)
        after = max(begin, _seconds(row["valid_from"])) - 1
        removed = await cut_tail(conn, p, meter, row["s"], after, now)
        readings |= {stored.t: stored for stored in await _of_devices(conn, row, removed, stated)}
    wanted = [each for each in stretches if each.spec.valid_to is None or each.spec.valid_to >= since]
    known = {row["valid_from"]: row["s"] for row in touched}
    gone = set(known) - {each.spec.valid_from for each in wanted}
    for nth in sorted(known[moment] for moment in gone):
        await conn.execute(
            "UPDATE series SET valid_from = $2, valid_to = $3 WHERE s = $1",
            *(nth, _OUT_OF_TIME + timedelta(seconds=2 * nth), _OUT_OF_TIME + timedelta(seconds=2 * nth + 1)),
        )
    series = []
    for each in wanted:
        s = known.get(each.spec.valid_from)
        if s is None:
            s, _ = await insert_series(conn, each.spec)
        else:
            await update_series(conn, s, each.spec, generation)
        series.append(s)
    await _move_verdicts(conn, [row["s"] for row in touched], wanted, series)
    for each, s in zip(wanted, series, strict=True):
        await put(conn, p, meter, s, _content(each, readings, each is stretches[0], now), now)


def _content(stretch: Stretch, readings: Mapping[int, Stored], first: bool, now: datetime) -> list[Stored]:
    """What belongs to a series: its devices' readings, and the registers that were stated."""
    low = _seconds(stretch.spec.valid_from)
    high = FOREVER if stretch.spec.valid_to is None else _seconds(stretch.spec.valid_to)
    found = [each for t, each in readings.items() if low < t <= high or (first and t == low)]
    rank = max([correction_at(now), *(each.rank + 1 for each in found)])
    if stretch.opening is not None:
        found.append(Stored(low, rank, stretch.opening))
    if stretch.closing is not None:
        found.append(Stored(high, rank, stretch.closing))
    return found


async def _of_devices(
    conn: Connection, row: Any, removed: Sequence[Stored], stated: Mapping[int, int | None]
) -> list[Stored]:
    """Of the readings taken out, those that devices sent, including values that a stated register had superseded."""
    opening, closing = (
        _seconds(row["valid_from"]),
        None if row["valid_to"] is None else _seconds(row["valid_to"]),
    )
    found = []
    for each in removed:
        if each.t == opening and opening in stated:
            continue
        if each.t == closing and closing in stated and each.v in (stated[closing], VOID):
            older = await conn.fetchrow(
                "SELECT rk, v FROM history WHERE s = $1 AND t = $2 AND v <> $3 AND v <> $4 ORDER BY rk DESC, v DESC "
                "LIMIT 1",
                *(row["s"], each.t, each.v, stated[closing]),
            )
            if older is None:
                continue
            each = Stored(each.t, older["rk"], older["v"])
        found.append(each)
    return found


async def _move_verdicts(
    conn: Connection, old: Sequence[int], wanted: Sequence[Stretch], series: Sequence[int]
) -> None:
    """Move people's verdicts along with their intervals; the verdict on an interval that a change now cuts is
    dropped."""
    for row in await conn.fetch("SELECT * FROM confirmed WHERE s = ANY ($1::int[])", list(old)):
        s = next((s for each, s in zip(wanted, series, strict=True) if _within(row, each.spec)), None)
        if s == row["s"]:
            continue
        await conn.execute(
            "DELETE FROM confirmed WHERE s = $1 AND t0 = $2 AND t = $3", row["s"], row["t0"], row["t"]
        )
        if s is not None:
            await conn.execute(
                "INSERT INTO confirmed (s, t0, t, verdict, confirmed_by, confirmed_at) "
                "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (s, t0, t) DO NOTHING",
                *(s, row["t0"], row["t"], row["verdict"], row["confirmed_by"], row["confirmed_at"]),
            )


def _within(row: Any, spec: SeriesSpec) -> bool:
    ends = FOREVER if spec.valid_to is None else _seconds(spec.valid_to)
    return _seconds(spec.valid_from) <= int(row["t0"]) and int(row["t"]) <= ends


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
