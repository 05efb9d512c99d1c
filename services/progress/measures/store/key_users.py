"""Reads the key users of a year's list and their verdicts: of one moment with who is heard of then, or of many moments.

A year's list replaces the one before as a whole: the last header says which event counts. Every moment that has a list
gets a row at least: one without a region where nobody is on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.common.periods import When
from services.progress.common.rules import Rules
from services.progress.measures.coverage import judged_day, listed
from services.progress.measures.facts import COVERAGE, FEED, KEY_USER, KEY_USER_LIST, ONLINE, KeyUsers, Target
from services.progress.measures.store.setting import Setting

_HEADED = f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a (
            number int, known timestamptz, target text, year text, line numeric, inclusive boolean, closed text,
            today text, area int
        )
    ), headed AS MATERIALIZED (
        SELECT a.*, header.*, dense_rank() OVER (ORDER BY source, position, line, inclusive, area) AS list
        FROM asked a CROSS JOIN LATERAL (
            SELECT source, position FROM contribution h
            WHERE h.measure = '{KEY_USER_LIST}' AND h.source = 'energy' AND h.key = a.year AND h.recorded_at <= a.known
            ORDER BY position DESC LIMIT 1
        ) AS header
    )
"""
_VERDICT = f"""
    LEFT JOIN LATERAL (
        SELECT value, recorded_at FROM contribution v
        WHERE v.measure = '{COVERAGE}' AND v.period = {{day}} AND v.subject = u.subject AND v.recorded_at <= a.known
        ORDER BY position DESC LIMIT 1
    ) AS
"""
_AT_ONE_MOMENT = text(f"""
    {_HEADED}
    SELECT a.number, a.target, found.* FROM headed a
    LEFT JOIN LATERAL (
        SELECT u.region, count(*) AS listed, count(closed.value) AS judged,
               count(*) FILTER (WHERE closed.value = 1) AS online,
               count(*) FILTER (WHERE coalesce(feed.value = 1, today.value = 1 OR closed.value = 1)) AS heard,
               greatest(max(u.recorded_at), max(closed.recorded_at)) AS fresh_at, bool_or(u.simulated) AS simulated,
               array_agg(DISTINCT coalesce(u.detail->>'basis', 'None')) AS bases
        FROM contribution u
        {_VERDICT.format(day="a.closed")} closed ON true
        {_VERDICT.format(day="a.today")} today ON true
        LEFT JOIN LATERAL (
            SELECT value FROM contribution f
            WHERE f.measure = '{FEED}' AND f.source = 'energy' AND f.key = u.subject AND f.recorded_at <= a.known
            ORDER BY position DESC LIMIT 1
        ) AS feed ON true
        WHERE u.source = a.source AND u.position = a.position AND u.measure = '{KEY_USER}'
          AND (u.value > a.line OR (a.inclusive AND u.value = a.line))
        GROUP BY u.region
    ) AS found ON true
""")
# Most moments have the same list, so it is read once; the verdicts of a day are read in the index's order. Who is on
# the list is looked up in an object: the planner expects one enterprise, not hundreds, and would join in loops.
_AT_MANY = text(f"""
    {_HEADED}, covered AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:covered AS jsonb)) AS c (area int, region text)
    ), lists AS MATERIALIZED (
        SELECT l.list, jsonb_object_agg(u.subject, true) AS users, max(u.recorded_at) AS fresh_at,
               bool_or(u.simulated) AS simulated, array_agg(DISTINCT coalesce(u.detail->>'basis', 'None')) AS bases
        FROM (SELECT DISTINCT list, source, position, line, inclusive, area FROM headed) AS l
        JOIN contribution u ON u.source = l.source AND u.position = l.position AND u.measure = '{KEY_USER}'
             AND (u.value > l.line OR (l.inclusive AND u.value = l.line))
        WHERE (l.area, u.region) IN (SELECT area, region FROM covered) GROUP BY l.list
    )
    SELECT number, target, area, (SELECT count(*) FROM jsonb_object_keys(users)) AS listed, judged, online,
           online AS heard, greatest(lists.fresh_at, verdicts.fresh_at) AS fresh_at, simulated, bases
    FROM headed a LEFT JOIN lists USING (list) LEFT JOIN LATERAL (
        SELECT count(value) AS judged, count(*) FILTER (WHERE value = 1) AS online, max(recorded_at) AS fresh_at
        FROM (
            SELECT DISTINCT ON (subject) subject, value, recorded_at FROM contribution v
            WHERE v.measure = '{COVERAGE}' AND v.period = a.closed AND v.recorded_at <= a.known
            ORDER BY subject, position DESC
        ) AS last WHERE lists.users ? subject
    ) AS verdicts ON true
""")


async def at_one(
    conn: AsyncConnection, rules: Rules, moment: When, setting: Setting, closed: date | None
) -> dict[str, list[KeyUsers]]:
    """The key users of each region, by target, and who of them is heard of at the moment."""
    asked = [
        _asked(rules, 0, moment, target, closed) for target in setting.targets if target.measure == ONLINE
    ]
    found: dict[str, list[KeyUsers]] = {}
    if asked:
        for row in await conn.execute(_AT_ONE_MOMENT, {"asked": _json(asked)}):
            of_target = found.setdefault(row.target, [])
            if row.region is not None:
                of_target.append(_key_users(row, row.region))
    return found


async def at_many(
    conn: AsyncConnection,
    rules: Rules,
    moments: Sequence[When],
    settings: Sequence[Setting],
    closed: Sequence[date | None],
    only: tuple[str, str | None],
) -> list[dict[str, list[KeyUsers]]]:
    """At each moment the key users of one target's region (None: its own) as a whole.

    Who was heard of isn't read: those who were online stand for them.
    """
    areas: dict[tuple[int, str], int] = {}
    asked: list[dict[str, Any]] = []
    covered: list[dict[str, Any]] = []
    for n, (moment, setting) in enumerate(zip(moments, settings, strict=True)):
        for target in setting.targets:
            if target.target != only[0] or target.measure != ONLINE:
                continue
            code = only[1] or target.region
            area = areas.setdefault((id(setting), code), len(areas))
            if not covered or area > covered[-1]["area"]:
                covered += (
                    {"area": area, "region": each} for each in setting.areas.covered_by(code) or [code]
                )
            asked.append({**_asked(rules, n, moment, target, closed[n]), "area": area})
    found: list[dict[str, list[KeyUsers]]] = [{} for _ in moments]
    if asked:
        codes = {area: code for (_, code), area in areas.items()}
        for row in await conn.execute(_AT_MANY, {"asked": _json(asked), "covered": _json(covered)}):
            found[row.number][row.target] = [_key_users(row, codes[row.area])] if row.listed else []
    return found


def _asked(rules: Rules, number: int, moment: When, target: Target, closed: date | None) -> dict[str, Any]:
    of = listed(target, rules, judged_day(closed, target), moment.day)
    return {"number": number, "known": moment.known, **msgspec.to_builtins(of)}


def _key_users(row: Row[Any], region: str) -> KeyUsers:
    return KeyUsers(
        region=region,
        listed=row.listed,
        judged=row.judged,
        online=row.online,
        heard=row.heard,
        fresh_at=row.fresh_at,
        simulated=row.simulated,
        bases=frozenset(row.bases),
    )


def _json(value: Iterable[Mapping[str, Any]]) -> str:
    return msgspec.json.encode(value).decode()
