"""Reads the facts back from the tables: what was known at a moment or at many, of one state of the tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.common.periods import When, months_of
from services.progress.common.rules import Rules
from services.progress.measures.coverage import judged_day, listed
from services.progress.measures.facts import (
    COVERAGE,
    ENERGY_DAY,
    FEED,
    INVESTMENT,
    KEY_USER,
    KEY_USER_LIST,
    ONLINE,
    STATISTIC,
    TALLY,
    Contribution,
    DayEnergy,
    Facts,
    KeyUsers,
    Tally,
)
from services.progress.measures.store import counted
from services.progress.measures.store.setting import Setting, Settings

_REPORTED = text(f"""
    SELECT source, position, ordinal, measure, region, period, key, value, unit, recorded_at, simulated, NULL AS detail
    FROM contribution
    WHERE measure = '{INVESTMENT}' AND period = ANY(:months) AND region = ANY(:regions) AND recorded_at <= :known
    UNION ALL
    SELECT source, position, ordinal, measure, region, period, key, value, unit, recorded_at, simulated, detail
    FROM contribution WHERE measure = '{STATISTIC}' AND recorded_at <= :known
    ORDER BY recorded_at, position, ordinal
""")
_CLOSED_DAYS = text(f"""
    SELECT max(last.period) FROM unnest(CAST(:knowns AS timestamptz[]), CAST(:days AS text[])) WITH ORDINALITY
         AS asked (known, day, number)
    CROSS JOIN (VALUES ('{COVERAGE}'), ('{ENERGY_DAY}')) AS of (measure)
    LEFT JOIN LATERAL (
        SELECT period FROM contribution c
        WHERE c.measure = of.measure AND c.period < asked.day AND c.recorded_at <= asked.known
        ORDER BY period DESC LIMIT 1
    ) AS last ON true GROUP BY number ORDER BY number
""")
_DAY_ENERGY = text(f"""
    SELECT region, sum(value) AS tce_equal, sum(tce_equivalent) AS tce_equivalent, count(*) AS enterprises,
           count(*) - count(value) AS unknown, count(*) - count(tce_equivalent) AS unknown_equivalent
    FROM (
        SELECT DISTINCT ON (source, key) region, value, (detail->>'tce_equivalent')::numeric AS tce_equivalent
        FROM contribution WHERE measure = '{ENERGY_DAY}' AND period = :day AND recorded_at <= :known
        ORDER BY source, key, position DESC
    ) AS last GROUP BY region
""")
_VERDICT = f"""
    LEFT JOIN LATERAL (
        SELECT value, recorded_at FROM contribution v
        WHERE v.measure = '{COVERAGE}' AND v.period = {{day}} AND v.subject = u.subject AND v.recorded_at <= a.known
        ORDER BY position DESC LIMIT 1
    ) AS
"""
# A year's list replaces the one before as a whole: the last header says which event counts. A row without a region: the
# list is there, and nobody is on it.
_KEY_USERS = text(f"""
    WITH asked AS (
        SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a (
            number int, known timestamptz, target text, year text, line numeric, inclusive boolean, closed text,
            today text
        )
    )
    SELECT a.number, a.target, found.* FROM asked a
    CROSS JOIN LATERAL (
        SELECT source, position FROM contribution h
        WHERE h.measure = '{KEY_USER_LIST}' AND h.source = 'energy' AND h.key = a.year AND h.recorded_at <= a.known
        ORDER BY position DESC LIMIT 1
    ) AS header
    LEFT JOIN LATERAL (
        SELECT u.region, count(*) AS listed, count(closed.value) AS judged,
               count(*) FILTER (WHERE closed.value = 1) AS online,
               count(*) FILTER (WHERE coalesce(feed.value = 1, today.value = 1 OR closed.value = 1)) AS heard,
               greatest(max(u.recorded_at), max(closed.recorded_at)) AS fresh_at, bool_or(u.simulated) AS simulated,
               array_agg(DISTINCT coalesce(u.detail->>'basis', 'None')) AS bases
        FROM contribution u
        {_VERDICT.format(day="a.closed")} closed ON true
        {_VERDICT.format(day="a.today")} today ON :now
        LEFT JOIN LATERAL (
            SELECT value FROM contribution f
            WHERE f.measure = '{FEED}' AND f.source = 'energy' AND f.key = u.subject AND f.recorded_at <= a.known
            ORDER BY position DESC LIMIT 1
        ) AS feed ON :now
        WHERE u.source = header.source AND u.position = header.position AND u.measure = '{KEY_USER}'
          AND (u.value > a.line OR (a.inclusive AND u.value = a.line))
        GROUP BY u.region
    ) AS found ON true
""")


async def load(
    conn: AsyncConnection,
    rules: Rules,
    moments: Sequence[When],
    *,
    plan: str | None,
    settings: Settings,
    only: str | None = None,
    tallies: Mapping[str, Tally] | None = None,
) -> list[Facts]:
    """What was known at each of the moments, in their order, about one plan (None: the latest year's).

    `only`: a target, of which no more is read than its value and those of its peers need, not who is heard of now.
    `tallies`: the counts of a single moment, if they are known already: counting again is the most expensive part.
    """
    found = await settings.at(conn, [each.known for each in moments], plan)
    measures = {t.measure for each in found for t in each.targets if only in (None, t.target)}
    closed: Sequence[date | None] = [None] * len(moments)
    key_users: Sequence[Mapping[str, Sequence[KeyUsers]]] = [{}] * len(moments)
    counts: Sequence[Mapping[str, Tally]] = [tallies or {}] * len(moments)
    if only is None or ONLINE in measures:
        closed = await _closed_days(conn, moments)
        key_users = await _key_users(conn, rules, moments, found, closed, now=only is None)
    if TALLY in measures and tallies is None:
        counts = await counted.tallies(conn, rules, moments, found, only)
    reported: Iterable[Mapping[str, Sequence[Contribution]]] = [{}] * len(moments)
    if measures - {ONLINE, TALLY, None}:
        reported = _at_each(moments, await _reported(conn, moments[-1], found))
    energy = [
        await _day_energy(conn, moment, day) if day is not None and only is None else {}
        for moment, day in zip(moments, closed, strict=True)
    ]
    return [
        Facts(
            plan=setting.plan,
            areas=setting.areas,
            targets={target.target: target for target in setting.targets},
            contributions=contributions,
            closed_day=closed[n],
            day_energy=energy[n],
            tallies=counts[n],
            key_users=key_users[n],
        )
        for n, (setting, contributions) in enumerate(zip(found, reported, strict=True))
    ]


async def _closed_days(conn: AsyncConnection, moments: Sequence[When]) -> list[date | None]:
    """Of each moment the latest day before its own of which anything is known."""
    asked = {"knowns": [each.known for each in moments], "days": [each.day.isoformat() for each in moments]}
    found = (await conn.execute(_CLOSED_DAYS, asked)).scalars()
    return [None if day is None else date.fromisoformat(day) for day in found]


async def _key_users(
    conn: AsyncConnection,
    rules: Rules,
    moments: Sequence[When],
    settings: Sequence[Setting],
    closed: Sequence[date | None],
    *,
    now: bool,
) -> list[dict[str, list[KeyUsers]]]:
    asked = [
        {
            "number": n,
            "known": moment.known,
            **msgspec.to_builtins(listed(target, rules, judged_day(closed[n], target), moment.day)),
        }
        for n, moment in enumerate(moments)
        for target in settings[n].targets
        if target.measure == ONLINE
    ]
    found: list[dict[str, list[KeyUsers]]] = [{} for _ in moments]
    if not asked:
        return found
    where = {"asked": msgspec.json.encode(asked).decode(), "now": now}
    for row in await conn.execute(_KEY_USERS, where):
        of_target = found[row.number].setdefault(row.target, [])
        if row.region is not None:
            of_target.append(
                KeyUsers(
                    row.region,
                    row.listed,
                    row.judged,
                    row.online,
                    row.heard,
                    row.fresh_at,
                    row.simulated,
                    frozenset(row.bases),
                )
            )
    return found


async def _reported(conn: AsyncConnection, until: When, settings: Sequence[Setting]) -> Sequence[Row[Any]]:
    """Everything that was reported until a moment, corrections and what they corrected, of the plans' own months."""
    targets = [target for each in dict.fromkeys(settings) for target in each.targets]
    months = {
        month for target in targets if target.measure == INVESTMENT for month in months_of(target.period)
    }
    regions = {target.region for target in targets if target.measure is not None}
    regions |= {
        area.code
        for each in dict.fromkeys(settings)
        for area in each.areas.all()
        if area.level == "prefecture"
    }
    asked = {"months": sorted(months), "regions": sorted(regions), "known": until.known}
    return (await conn.execute(_REPORTED, asked)).all()


def _at_each(
    moments: Sequence[When], rows: Sequence[Row[Any]]
) -> Iterable[Mapping[str, Sequence[Contribution]]]:
    """What had been reported by each moment, by measure: of all that say the same thing the last of its source."""
    last: dict[tuple[str, str, str], tuple[tuple[int, int], Contribution]] = {}
    rest = iter(rows)
    row = next(rest, None)
    for moment in moments:
        while row is not None and row.recorded_at <= moment.known:
            key, place = (row.measure, row.source, row.key), (row.position, row.ordinal)
            if key not in last or last[key][0] < place:
                last[key] = place, _contribution(row)
            row = next(rest, None)
        by_measure: dict[str, list[Contribution]] = {}
        for _, each in last.values():
            by_measure.setdefault(each.measure, []).append(each)
        yield by_measure


def _contribution(row: Row[Any]) -> Contribution:
    return Contribution(
        source=row.source,
        position=row.position,
        measure=row.measure,
        region=row.region,
        period=row.period,
        key=row.key,
        value=row.value,
        recorded_at=row.recorded_at,
        unit=row.unit,
        detail=row.detail or {},
        simulated=row.simulated,
    )


async def _day_energy(conn: AsyncConnection, moment: When, day: date) -> dict[str, DayEnergy]:
    rows = await conn.execute(_DAY_ENERGY, {"day": day.isoformat(), "known": moment.known})
    return {row.region: DayEnergy(**row._mapping) for row in rows}
