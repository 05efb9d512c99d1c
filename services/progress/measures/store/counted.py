"""Sums of signed entries (entries.py), for any number of moments at once: what tallies are made of.

The window of a later moment never begins or ends before that of an earlier one. So an entry counts at neighbouring
moments, from the first at which it is known and its days are reached to the last before its days are over. The database
finds the first and the last moment of each entry and adds up the entries that share both: the count at a moment is then
a sum of few rows, however many entries and moments there are.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.common.numbers import number
from services.progress.common.periods import When
from services.progress.common.rules import Rules
from services.progress.measures.countings import of_kind
from services.progress.measures.facts import Counted, Tally
from services.progress.measures.store import counted_at_one
from services.progress.measures.store.setting import Setting
from services.progress.measures.tally import Wanted, all_wanted

# One row per sum and run of moments, with the bounds of its window at each of them, in order. What counts on its first
# day alone is looked for from the first day on: an index holds them by day.
_ASKED = """
    WITH asked AS MATERIALIZED (
        SELECT *, cardinality(moments) AS n, moments[1] AS known_first, moments[cardinality(moments)] AS known_last,
               firsts[1] AS first, firsts[cardinality(moments)] AS first_last,
               lasts[1] AS last_first, lasts[cardinality(moments)] AS last,
               held_firsts[1] AS held_first, held_firsts[cardinality(moments)] AS held_first_last,
               held_lasts[1] AS held_last_first, held_lasts[cardinality(moments)] AS held_last,
               bys[1] AS by_first, bys[cardinality(moments)] AS by_last,
               CASE WHEN points THEN firsts[1] ELSE '-infinity' END AS day_from
        FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a (
            number int, counting int, area bigint, by_unit boolean, points boolean, moments timestamptz[],
            firsts date[], lasts date[], held_firsts date[], held_lasts date[], bys date[]
        )
    ), covered AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:covered AS jsonb)) AS c (area bigint, region bigint)
    )
"""
# Most entries count at every moment; for the others width_bucket finds the moments. It returns how many bounds are at
# or below a value, and so for the value less one step the index of the first bound that reaches it.
_FROM = """
    FROM entry e CROSS JOIN LATERAL (
        SELECT CASE WHEN e.recorded_at <= a.known_first AND e.day <= a.last_first AND e.member_from <= a.held_last_first
                   THEN 0
                   ELSE greatest(width_bucket(e.recorded_at - interval '1 microsecond', a.moments),
                                 width_bucket(e.day - 1, a.lasts), width_bucket(e.member_from - 1, a.held_lasts))
               END AS since,
               CASE WHEN e.until >= a.first_last AND e.member_to >= a.held_first_last THEN n
                   ELSE least(width_bucket(e.until, a.firsts), width_bucket(e.member_to, a.held_firsts))
               END AS until
    ) AS counts
"""
_MEETS = """
    WHERE e.counting = a.counting AND e.day >= a.day_from AND e.day <= a.last AND e.recorded_at <= a.known_last
      AND e.until >= a.first AND e.member_from <= a.held_last AND e.member_to >= a.held_first
      AND (n = 1 OR counts.since < counts.until)
"""
_SUMS = text(f"""
    {_ASKED}
    SELECT number, CASE WHEN by_unit THEN region END AS unit, since, reached, until, sum(things)::int AS things,
           sum(amount) AS amount, max(fresh_at) AS fresh_at, bool_or(simulated) AS simulated
    FROM asked a CROSS JOIN LATERAL (
        SELECT e.region, counts.since, counts.until,
               CASE WHEN e.reached <= a.by_first THEN counts.since
                    WHEN e.reached <= a.by_last THEN greatest(counts.since, width_bucket(e.reached - 1, a.bys))
               END AS reached,
               sum(sign) AS things, coalesce(sum(sign * amount), 0) AS amount,
               max(recorded_at) AS fresh_at, bool_or(simulated) AS simulated
        {_FROM} {_MEETS} GROUP BY 1, 2, 3, 4
    ) AS found JOIN covered USING (area, region) GROUP BY 1, 2, 3, 4, 5
""")
# A thing other than a project may have several histories: designated at two levels, or a second time. It counts while
# the sum of its entries' signs is positive: the count rises by one where that sum becomes positive, and falls by one
# where it ends.
_SUMS_OF_THINGS = text(f"""
    {_ASKED}
    SELECT number, CASE WHEN by_unit THEN region END AS unit, since, NULL AS reached,
           cardinality(max(moments)) AS until, sum(things)::int AS things, sum(amount) AS amount,
           max(fresh_at) AS fresh_at, bool_or(simulated) AS simulated
    FROM asked a CROSS JOIN LATERAL (
        SELECT region, since, held - lag(held, 1, 0) OVER turns AS things,
               CASE held WHEN 1 THEN amount ELSE 0 END
                   - lag(CASE held WHEN 1 THEN amount ELSE 0 END, 1, 0.0) OVER turns AS amount, fresh_at, simulated
        FROM (
            SELECT region, thing, since, CASE WHEN sum(sum(sign)) OVER so_far > 0 THEN 1 ELSE 0 END AS held,
                   sum(coalesce(sum(amount), 0)) OVER so_far AS amount,
                   max(fresh_at) AS fresh_at, bool_or(simulated) AS simulated
            FROM (
                SELECT e.region, e.thing, moved.*, CASE WHEN moved.sign = e.sign THEN e.recorded_at END AS fresh_at,
                       e.simulated
                {_FROM} CROSS JOIN LATERAL (VALUES
                    (counts.since, e.sign, e.sign * e.amount), (counts.until, -e.sign, -e.sign * e.amount)
                ) AS moved (since, sign, amount)
                {_MEETS} AND moved.since < n
            ) AS moved GROUP BY region, thing, since
            WINDOW so_far AS (PARTITION BY region, thing ORDER BY since)
        ) AS of_thing WINDOW turns AS (PARTITION BY region, thing ORDER BY since)
    ) AS found JOIN covered USING (area, region) WHERE things <> 0 OR amount <> 0 GROUP BY 1, 2, 3
""")
# Countings for which anything was ever reported: for these, none in the period is a real zero.
_EVER_COUNTED = text("""
    SELECT number FROM unnest(CAST(:countings AS int[]), CAST(:moments AS timestamptz[])) WITH ORDINALITY
         AS of (counting, moment, number)
    WHERE EXISTS (SELECT FROM entry WHERE entry.counting = of.counting AND entry.recorded_at <= of.moment)
""")


@dataclass(frozen=True, slots=True)
class _Run:
    """One sum, of the moments from number `first` on; `wanted` has its window at each of them."""

    first: int
    moments: Sequence[When]
    wanted: Sequence[Wanted]
    area: str
    marks: frozenset[str]

    def asked(self, number_of_run: int) -> dict[str, Any]:
        windows = [each.window for each in self.wanted]
        return {
            "number": number_of_run,
            "counting": self.wanted[0].counting.number,
            "area": number(self.area),
            "by_unit": self.wanted[0].by_unit,
            "points": self.wanted[0].counting.points,
            "moments": [each.known for each in self.moments],
            "firsts": [each.first for each in windows],
            "lasts": [each.last for each in windows],
            "held_firsts": [each.held_first for each in windows],
            "held_lasts": [each.held_last for each in windows],
            "bys": [each.by for each in windows],
        }


async def tallies(
    conn: AsyncConnection,
    rules: Rules,
    moments: Sequence[When],
    settings: Sequence[Setting],
    only: str | None = None,
) -> list[dict[str, Tally]]:
    """What is counted at each moment, by the names of `all_wanted`; `only`: for one target.

    The moments are in order; each has its setting.
    """
    runs = [
        run for first, last in _same(settings) for run in _runs(rules, moments, settings, first, last, only)
    ]
    found: list[dict[str, Tally]] = [{} for _ in moments]
    if not runs:
        return found
    ever = await _ever(conn, runs)
    if len(moments) == 1:
        of_one = await counted_at_one.sums(
            conn, moments[0], settings[0].areas, [(run.wanted[0], run.area) for run in runs]
        )
        for run, counted in zip(runs, of_one, strict=True):
            found[0][run.wanted[0].name] = Tally(_known(run, 0, ever), counted, run.marks)
        return found
    rows: dict[int, list[Row[Any]]] = {}
    # Each sum has thousands of entries. The planner can't know that, because countings are data, and would sort them.
    await conn.execute(text("SET LOCAL enable_sort = off"))
    for statement, by_thing in ((_SUMS, False), (_SUMS_OF_THINGS, True)):
        asked = [run.asked(n) for n, run in enumerate(runs) if run.wanted[0].counting.by_thing == by_thing]
        if asked:
            where = {"asked": _json(asked), "covered": _json(_covered(runs, settings))}
            for row in await conn.execute(statement, where):
                rows.setdefault(row.number, []).append(row)
    codes = {number(area.code): area.code for each in dict.fromkeys(settings) for area in each.areas.all()}
    for n, run in enumerate(runs):
        for place, wanted in enumerate(run.wanted):
            counted = _at(place, rows.get(n, ()), codes, run.area)
            found[run.first + place][wanted.name] = Tally(_known(run, place, ever), counted, run.marks)
    return found


def _known(run: _Run, place: int, ever: Set[tuple[int, When]]) -> bool:
    """Whether anything of the kind was reported until a moment of the run."""
    kinds = of_kind(run.wanted[place].counting)
    return any((each.number, run.moments[place]) in ever for each in kinds)


def _same(settings: Sequence[Setting]) -> Iterable[tuple[int, int]]:
    """The runs of moments that have one setting, as (first, last + 1)."""
    for _, run in groupby(range(len(settings)), key=lambda n: id(settings[n])):
        numbers = list(run)
        yield numbers[0], numbers[-1] + 1


def _runs(
    rules: Rules,
    moments: Sequence[When],
    settings: Sequence[Setting],
    first: int,
    last: int,
    only: str | None,
) -> Iterable[_Run]:
    days = [moment.day for moment in moments[first:last]]
    for target in settings[first].targets:
        if only not in (None, target.target):
            continue
        by_moment = [all_wanted(target, rules, day) for day in days]
        # While the rule stays the same, so does what is asked.
        said = [[each.counting.number for each in asked] for asked in by_moment]
        for _, run in groupby(range(len(days)), key=lambda n: said[n]):
            numbers = list(run)
            marks = frozenset(mark for each in by_moment[numbers[0]] for mark in each.counting.marks)
            of_run = [moments[first + n] for n in numbers]
            for wanted in zip(*(by_moment[n] for n in numbers), strict=True):
                yield _Run(first + numbers[0], of_run, wanted, target.region, marks)


def _at(place: int, rows: Iterable[Row[Any]], codes: Mapping[int, str], area: str) -> tuple[Counted, ...]:
    """What is counted at a moment, by unit where it was asked by unit, else together."""
    by_unit: dict[str, list[Row[Any]]] = {}
    for row in rows:
        if row.since <= place < row.until:
            by_unit.setdefault(area if row.unit is None else codes.get(row.unit, area), []).append(row)
    return tuple(
        Counted(
            region=unit,
            things=sum(row.things for row in of_unit),
            amount=sum(row.amount for row in of_unit),
            reached=sum(row.things for row in of_unit if row.reached is not None and row.reached <= place),
            fresh_at=max((row.fresh_at for row in of_unit if row.fresh_at is not None), default=None),
            simulated=any(row.simulated for row in of_unit),
        )
        for unit, of_unit in by_unit.items()
    )


async def _ever(conn: AsyncConnection, runs: Sequence[_Run]) -> set[tuple[int, When]]:
    asked = list(
        {
            (kind.number, moment)
            for run in runs
            for moment, wanted in zip(run.moments, run.wanted, strict=True)
            for kind in of_kind(wanted.counting)
        }
    )
    where = {"countings": [each for each, _ in asked], "moments": [moment.known for _, moment in asked]}
    found = (await conn.execute(_EVER_COUNTED, where)).scalars()
    return {asked[number - 1] for number in found}


def _covered(runs: Sequence[_Run], settings: Sequence[Setting]) -> list[dict[str, int]]:
    found = {(run.area, id(settings[run.first])): settings[run.first].areas for run in runs}
    pairs = {
        (number(area), number(code))
        for (area, _), areas in found.items()
        for code in areas.covered_by(area) or [area]
    }
    return [{"area": area, "region": region} for area, region in pairs]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
