"""Reads the facts back from the tables: what was known at a moment or at many, of one state of the tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.common.periods import When, months_of
from services.progress.common.rules import Rules
from services.progress.measures.facts import (
    COVERAGE,
    ENERGY_DAY,
    INVESTMENT,
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
from services.progress.measures.store.key_users import at_many, at_one
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


async def load(
    conn: AsyncConnection,
    rules: Rules,
    moments: Sequence[When],
    *,
    plan: str | None,
    settings: Settings,
    only: tuple[str, str | None] | None = None,
    tallies: Mapping[str, Tally] | None = None,
) -> list[Facts]:
    """What was known at each of the moments, in their order, about one plan (None: the latest year's).

    `only`: a target and a region (None: the target's own), of which no more is read than its value and those of its
    peers need, not who is heard of now.
    `tallies`: the counts of a single moment, if they are known already: counting again is the most expensive part.
    """
    found = await settings.at(conn, [each.known for each in moments], plan)
    measures = {t.measure for each in found for t in each.targets if only is None or only[0] == t.target}
    closed: Sequence[date | None] = [None] * len(moments)
    key_users: Sequence[Mapping[str, Sequence[KeyUsers]]] = [{}] * len(moments)
    counts: Sequence[Mapping[str, Tally]] = [tallies or {}] * len(moments)
    if only is None or ONLINE in measures:
        closed = await _closed_days(conn, moments)
        if only is None:
            key_users = [
                await at_one(conn, rules, moment, setting, day)
                for moment, setting, day in zip(moments, found, closed, strict=True)
            ]
        else:
            key_users = await at_many(conn, rules, moments, found, closed, only)
    if TALLY in measures and tallies is None:
        counts = await counted.tallies(conn, rules, moments, found, only and only[0])
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
