"""Reads the facts back from the tables: what was known at a moment, or now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.countings import of_kind
from services.progress.entries import number
from services.progress.facts import (
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
    Plan,
    Target,
)
from services.progress.rules import Rules
from services.progress.tally import Counted, Tally, Wanted, all_wanted
from shared.areas import AreaTree

# `:as_of` NULL means everything that has been applied, whatever its time: "now" must not depend on whether
# this process has heard of the clock's last step already.
_KNOWN = "(CAST(:as_of AS timestamptz) IS NULL OR recorded_at <= :as_of)"
_COLUMNS = (
    """source, position, measure, region, period, key, subject, value, unit, detail, recorded_at, simulated"""
)

_PLANS = text(f"SELECT DISTINCT ON (plan) plan, data FROM plan WHERE {_KNOWN} ORDER BY plan, position DESC")
_REGIONS = text(f"""
    WITH last AS (SELECT plan, max(position) AS position FROM region WHERE {_KNOWN} GROUP BY plan)
    SELECT DISTINCT ON (code) data FROM region JOIN last USING (plan, position)
    ORDER BY code, position DESC, ordinal DESC
""")
_TARGETS = text(f"""
    SELECT * FROM (
        SELECT DISTINCT ON (target) data, recorded_at, simulated FROM target
        WHERE plan = :plan AND {_KNOWN} ORDER BY target, position DESC, ordinal DESC
    ) AS last WHERE NOT coalesce((data->>'withdrawn')::boolean, false)
""")
_LAST = text(f"""
    SELECT DISTINCT ON (measure, source, key) {_COLUMNS} FROM contribution
    WHERE measure = ANY(:measures) AND {_KNOWN}
    ORDER BY measure, source, key, position DESC, ordinal DESC
""")
# A year's list replaces the one before as a whole: the last header says which event counts.
_LISTED = text(f"""
    WITH header AS (
        SELECT DISTINCT ON (source, key) source, position FROM contribution
        WHERE measure = '{KEY_USER_LIST}' AND {_KNOWN} ORDER BY source, key, position DESC
    )
    SELECT {_COLUMNS} FROM contribution
    WHERE (source, position) IN (SELECT source, position FROM header)
      AND measure IN ('{KEY_USER}', '{KEY_USER_LIST}')
""")
_OF_DAYS = text(f"""
    SELECT DISTINCT ON (source, key) {_COLUMNS} FROM contribution
    WHERE measure = '{COVERAGE}' AND period = ANY(:days) AND {_KNOWN}
    ORDER BY source, key, position DESC
""")
_CLOSED_DAY = text(f"""
    SELECT max(last.period) FROM (VALUES ('{COVERAGE}'), ('{ENERGY_DAY}')) AS of (measure)
    CROSS JOIN LATERAL (
        SELECT period FROM contribution
        WHERE contribution.measure = of.measure AND period < :today AND {_KNOWN} ORDER BY period DESC LIMIT 1
    ) AS last
""")
_DAY_ENERGY = text(f"""
    SELECT region, sum(value) AS tce_equal, sum(tce_equivalent) AS tce_equivalent, count(*) AS enterprises,
           count(*) - count(value) AS unknown, count(*) - count(tce_equivalent) AS unknown_equivalent
    FROM (
        SELECT DISTINCT ON (source, key) region, value, (detail->>'tce_equivalent')::numeric AS tce_equivalent
        FROM contribution WHERE measure = '{ENERGY_DAY}' AND period = :day AND {_KNOWN}
        ORDER BY source, key, position DESC
    ) AS last GROUP BY region
""")
_ASKED = """
    asked AS (
        SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS a (
            name text, counting int, first date, last date, held_first date, held_last date, by date
        )
    )
"""
_MEETS = """
    e.counting = a.counting AND e.day <= a.last AND e.until >= a.first
    AND e.member_from <= a.held_last AND e.member_to >= a.held_first
"""
# What is counted is the sum of the signs: see entries.py. Countings are few, their entries many: one look at the index
# for each.
_TALLIES = text(f"""
    WITH {_ASKED}
    SELECT a.name, found.* FROM asked a CROSS JOIN LATERAL (
        SELECT region, sum(sign) AS things, coalesce(sum(sign * amount), 0) AS amount,
               coalesce(sum(sign) FILTER (WHERE reached <= a.by), 0) AS reached,
               max(recorded_at) AS fresh_at, bool_or(simulated) AS simulated
        FROM entry e WHERE {_MEETS} AND {_KNOWN} GROUP BY region HAVING sum(sign) > 0
    ) AS found
""")
# What isn't a project may be one thing with several histories: designated at two levels, or anew.
_TALLIES_BY_THING = text(f"""
    WITH {_ASKED}
    SELECT a.name, found.* FROM asked a CROSS JOIN LATERAL (
        SELECT region, count(*) AS things, coalesce(sum(amount), 0) AS amount, 0 AS reached,
               max(recorded_at) AS fresh_at, bool_or(simulated) AS simulated
        FROM (
            SELECT region, thing, sum(sign * amount) AS amount, max(recorded_at) AS recorded_at,
                   bool_or(simulated) AS simulated
            FROM entry e WHERE {_MEETS} AND {_KNOWN} GROUP BY region, thing HAVING sum(sign) > 0
        ) AS thing GROUP BY region
    ) AS found
""")
# Countings of which anything was ever reported: none in the period is then a real zero.
_EVER_COUNTED = text(f"""
    SELECT counting FROM unnest(CAST(:countings AS int[])) AS of (counting)
    WHERE EXISTS (SELECT FROM entry WHERE entry.counting = of.counting AND {_KNOWN})
""")


# What a plan is made of: the same as long as this is.
_EDITION = text(f"""
    SELECT (SELECT max(position) FROM plan WHERE {_KNOWN}), (SELECT max(position) FROM region WHERE {_KNOWN}),
           (SELECT max(position) FROM target WHERE {_KNOWN})
""")


@dataclass(frozen=True, slots=True)
class Setting:
    """A plan with its regions and targets, as known at one moment."""

    plan: Plan | None
    areas: AreaTree
    targets: Sequence[Target]


Settings = dict[tuple[str | None, int | None, int | None, int | None], Setting]
"""Settings that were read before, by the plan asked for and how far its parts' logs had come."""


async def _setting(
    conn: AsyncConnection, moment: Mapping[str, datetime | None], plan: str | None, known: Settings
) -> Setting:
    key = (plan, *(await conn.execute(_EDITION, moment)).one())
    if key not in known:
        plans = [_plan(row.data) for row in await conn.execute(_PLANS, moment)]
        chosen = _choose(plans, plan)
        areas = AreaTree.read(row.data for row in await conn.execute(_REGIONS, moment))
        code = chosen.plan if chosen else (plan or "")
        targets = [_target(row) for row in await conn.execute(_TARGETS, {**moment, "plan": code})]
        known[key] = Setting(chosen, areas, targets)
    return known[key]


async def load_facts(
    conn: AsyncConnection,
    rules: Rules,
    *,
    today: date,
    as_of: datetime | None = None,
    plan: str | None = None,
    tallies: Mapping[str, Tally] | None = None,
    only: str | None = None,
    settings: Settings | None = None,
) -> Facts:
    """What was known at `as_of` (None: all that is applied) about one plan (None: the latest year's).

    `today` is the day in the plan's time that the question is asked for: days before it are closed.
    `tallies`: what is known to be counted already; counting anew is the dearest part. `only`: a target, of which no
    more is read than its figures and those of its peers need. `settings`: filled, so that of many moments the plan is
    read once.
    """
    moment = {"as_of": as_of}
    setting = await _setting(conn, moment, plan, {} if settings is None else settings)
    chosen, areas, targets = setting.plan, setting.areas, setting.targets
    measure = next((t.measure for t in targets if t.target == only), None)
    online = only is None or measure == ONLINE
    closed = None
    rows = list(await conn.execute(_LAST, {**moment, "measures": _reported(measure, every=only is None)}))
    if online:
        asked_at = {**moment, "today": today.isoformat()}
        closed = (await conn.execute(_CLOSED_DAY, asked_at)).scalar_one_or_none()
        days = {day for day in (closed, today.isoformat()) if day}
        days |= {t.deadline.isoformat() for t in targets if t.measure == ONLINE and t.deadline is not None}
        rows += await conn.execute(_LISTED, moment)
        rows += await conn.execute(_OF_DAYS, {**moment, "days": sorted(days)})
    energy = await conn.execute(_DAY_ENERGY, {**moment, "day": closed}) if closed and only is None else ()
    counted = [target for target in targets if only in (None, target.target)]
    return Facts(
        plan=chosen,
        areas=areas,
        targets={target.target: target for target in targets},
        contributions=_by_measure(rows),
        closed_day=date.fromisoformat(closed) if closed else None,
        day_energy={
            row.region: DayEnergy(
                row.region,
                row.tce_equal,
                row.tce_equivalent,
                row.enterprises,
                row.unknown,
                row.unknown_equivalent,
            )
            for row in energy
        },
        tallies=tallies
        if tallies is not None
        else await _tallies(conn, counted, areas, rules, today, moment),
    )


def _reported(measure: str | None, *, every: bool) -> list[str]:
    """What is reported for a measure, one row per thing that is said anew."""
    if every:
        return [INVESTMENT, STATISTIC, FEED]
    return {ONLINE: [FEED], TALLY: []}.get(measure or "", [INVESTMENT, STATISTIC])


async def _tallies(
    conn: AsyncConnection,
    targets: Sequence[Target],
    areas: AreaTree,
    rules: Rules,
    today: date,
    moment: dict[str, datetime | None],
) -> dict[str, Tally]:
    by_target = [all_wanted(target, rules, today) for target in targets]
    asked = [each for wanted in by_target for each in wanted]
    if not asked:
        return {}
    moved_by = {
        each.name: frozenset(mark for other in wanted for mark in other.counting.marks)
        for wanted in by_target
        for each in wanted
    }
    kinds = {each.name: {kind.number for kind in of_kind(each.counting)} for each in asked}
    countings = sorted(set().union(*kinds.values()))
    ever = set((await conn.execute(_EVER_COUNTED, {**moment, "countings": countings})).scalars())
    regions = {number(area.code): area.code for area in areas.all()}
    found: dict[str, list[Counted]] = {}
    for by_thing, statement in ((False, _TALLIES), (True, _TALLIES_BY_THING)):
        rows = [_asked(each) for each in asked if each.counting.by_thing == by_thing]
        if not rows:
            continue
        for row in await conn.execute(statement, {**moment, "asked": msgspec.json.encode(rows).decode()}):
            if (region := regions.get(row.region)) is not None:
                found.setdefault(row.name, []).append(
                    Counted(region, row.things, row.amount, row.reached, row.fresh_at, row.simulated)
                )
    return {
        each.name: Tally(
            not ever.isdisjoint(kinds[each.name]), tuple(found.get(each.name, ())), moved_by[each.name]
        )
        for each in asked
    }


def _asked(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "counting": wanted.counting.number,
        **msgspec.to_builtins(wanted.window),
    }


def _choose(plans: list[Plan], wanted: str | None) -> Plan | None:
    if wanted is not None:
        return next((plan for plan in plans if plan.plan == wanted), None)
    return max(plans, key=lambda plan: (plan.year, plan.plan), default=None)


def _by_measure(rows: Iterable[Row[Any]]) -> dict[str, list[Contribution]]:
    found: dict[str, list[Contribution]] = {}
    for row in rows:
        found.setdefault(row.measure, []).append(
            Contribution(
                source=row.source,
                position=row.position,
                measure=row.measure,
                region=row.region,
                period=row.period,
                key=row.key,
                value=row.value,
                recorded_at=row.recorded_at,
                subject=row.subject,
                unit=row.unit,
                detail=row.detail,
                simulated=row.simulated,
            )
        )
    return found


def _plan(data: dict[str, Any]) -> Plan:
    issued = data.get("issued_on")
    programmes = tuple((item["code"], item["name"]) for item in data.get("programmes", ()))
    return Plan(
        data["plan"], data["title"], data["year"], date.fromisoformat(issued) if issued else None, programmes
    )


def _target(row: Row[Any]) -> Target:
    data = row.data
    return Target(
        plan=data["plan"],
        target=data["target"],
        row=data["row"],
        programme=data["programme"],
        name=data["name"],
        measure=data.get("measure"),
        region=data["region"],
        level=data["level"],
        period=data["period"],
        value=_decimal(data.get("value")),
        unit=data["unit"],
        comparator=data["comparator"],
        metric_type=data["metric_type"],
        deadline=_day(data.get("deadline")),
        parent=data.get("parent"),
        basis=data.get("basis"),
        price_base=data.get("price_base"),
        comparator_printed=data.get("comparator_printed") or "",
        recorded_at=row.recorded_at,
        revised=bool(data.get("revised")),
        simulated=row.simulated,
    )


def _decimal(text_value: str | None) -> Decimal | None:
    return None if text_value is None else Decimal(text_value)


def _day(text_value: str | None) -> date | None:
    return None if text_value is None else date.fromisoformat(text_value)
