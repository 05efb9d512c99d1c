"""Sums of signed entries (projection/entries.py) at a single moment: every tally of the plan in two statements.

`counted.py` does the same for many moments at once, and needs half as much time again for one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.common.numbers import number
from services.progress.common.periods import When
from services.progress.measures.facts import Counted
from services.progress.measures.tally import Wanted
from shared.areas import AreaTree

# What counts on its first day alone is looked for from the first day on: an index holds entries by day.
_ASKED = """
    WITH asked AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a (
            number int, counting int, area bigint, by_unit boolean, day_from date, known timestamptz,
            first date, last date, held_first date, held_last date, by date
        )
    ), covered AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:covered AS jsonb)) AS c (area bigint, region bigint)
    )
"""
_ENTRIES = """
    FROM entry e
    WHERE e.counting = a.counting AND e.day >= a.day_from AND e.day <= a.last AND e.recorded_at <= a.known
      AND e.until >= a.first AND e.member_from <= a.held_last AND e.member_to >= a.held_first
"""
_SIGNED = "coalesce(sum(CASE sign WHEN 1 THEN amount ELSE -amount END), 0)"
_SUMS = text(f"""
    {_ASKED}
    SELECT number, CASE WHEN by_unit THEN region END AS unit, sum(things)::int AS things, sum(reached)::int AS reached,
           sum(amount) AS amount, max(fresh_at) AS fresh_at, bool_or(simulated) AS simulated
    FROM asked a CROSS JOIN LATERAL (
        SELECT region, sum(sign) AS things, sum(sign) FILTER (WHERE reached <= a.by) AS reached, {_SIGNED} AS amount,
               max(recorded_at) AS fresh_at, bool_or(simulated) AS simulated
        {_ENTRIES} GROUP BY region
    ) AS found JOIN covered USING (area, region) GROUP BY 1, 2
""")
# A thing other than a project may have several histories: it counts while the sum of its entries' signs is positive.
_SUMS_OF_THINGS = text(f"""
    {_ASKED}
    SELECT number, CASE WHEN by_unit THEN region END AS unit, count(*) FILTER (WHERE held > 0)::int AS things,
           0 AS reached, coalesce(sum(amount) FILTER (WHERE held > 0), 0) AS amount, max(fresh_at) AS fresh_at,
           bool_or(simulated) AS simulated
    FROM asked a CROSS JOIN LATERAL (
        SELECT region, sum(sign) AS held, {_SIGNED} AS amount, max(recorded_at) AS fresh_at,
               bool_or(simulated) AS simulated
        {_ENTRIES} GROUP BY region, thing
    ) AS found JOIN covered USING (area, region) GROUP BY 1, 2
""")


async def sums(
    conn: AsyncConnection, moment: When, areas: AreaTree, asked: Sequence[tuple[Wanted, str]]
) -> list[tuple[Counted, ...]]:
    """What each of the sums counts in its area at the moment: by region where it is wanted by unit, else together."""
    codes = {number(area.code): area.code for area in areas.all()}
    covered = [
        {"area": number(area), "region": number(code)}
        for area in {area for _, area in asked}
        for code in areas.covered_by(area) or [area]
    ]
    found: list[list[Counted]] = [[] for _ in asked]
    for statement, by_thing in ((_SUMS, False), (_SUMS_OF_THINGS, True)):
        put = [
            _put(n, moment, wanted, area)
            for n, (wanted, area) in enumerate(asked)
            if wanted.counting.by_thing == by_thing
        ]
        if put:
            for row in await conn.execute(statement, {"asked": _json(put), "covered": _json(covered)}):
                area = asked[row.number][1]
                found[row.number].append(
                    _counted(row, area if row.unit is None else codes.get(row.unit, area))
                )
    return [tuple(each) for each in found]


def _put(number_of_sum: int, moment: When, wanted: Wanted, area: str) -> dict[str, Any]:
    window = wanted.window
    return {
        "number": number_of_sum,
        "counting": wanted.counting.number,
        "area": number(area),
        "by_unit": wanted.by_unit,
        "day_from": window.first if wanted.counting.points else "-infinity",
        "known": moment.known,
        "first": window.first,
        "last": window.last,
        "held_first": window.held_first,
        "held_last": window.held_last,
        "by": window.by,
    }


def _counted(row: Row[Any], region: str) -> Counted:
    return Counted(
        region=region,
        things=row.things,
        amount=row.amount,
        reached=row.reached or 0,
        fresh_at=row.fresh_at,
        simulated=row.simulated,
    )


def _json(value: Iterable[Mapping[str, Any]]) -> str:
    return msgspec.json.encode(value).decode()
