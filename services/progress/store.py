"""Reads the facts back from the tables: what was known at a moment, or now."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.facts import (
    COVERAGE,
    ENERGY_DAY,
    FEED,
    INVESTMENT,
    KEY_USER,
    KEY_USER_LIST,
    STATISTIC,
    Base,
    Contribution,
    DayEnergy,
    Facts,
    Plan,
    Target,
)
from services.progress.rules import Rules
from services.progress.standing import KNOWN
from services.progress.tally import Counted, Tally, all_wanted
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
    SELECT max(period) FROM contribution
    WHERE measure IN ('{COVERAGE}', '{ENERGY_DAY}') AND period < :today AND {_KNOWN}
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
_WANTED = """
    wanted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS w (
            target text, counts jsonb, filters jsonb, "when" text, first text, last text, by text, reached text
        )
    )
"""
# Tallies of whose kind anything was ever reported: none in the period is then a real zero.
_TALLIES_KNOWN = text(f"""
    WITH {_WANTED} SELECT target FROM wanted WHERE EXISTS (
        SELECT FROM contribution, jsonb_array_elements(wanted.filters) AS f
        WHERE (measure = '{KNOWN}' OR measure IN (SELECT jsonb_array_elements_text(wanted.counts)))
          AND detail @> f AND {_KNOWN}
    )
""")
# What counts for each tally: of every mark the last that was said. `filters` are alternatives of which a mark's
# detail must contain one. A thing with several marks counts once; `parts` says how many there are of each.
_TALLIES = text(f"""
    WITH {_WANTED}, last AS (
        SELECT DISTINCT ON (measure, source, key) measure, key, region, period, value, detail, recorded_at, simulated
        FROM contribution
        WHERE measure IN (SELECT jsonb_array_elements_text(counts) FROM wanted) AND {_KNOWN}
        ORDER BY measure, source, key, position DESC, ordinal DESC
    ), counted AS (
        SELECT w.target, l.region, l.measure, l.value,
               coalesce(l.detail->>'thing', l.detail->>'project', l.key) AS thing,
               l.recorded_at, l.simulated, coalesce(l.detail->'reached'->>w.reached <= w.by, false) AS reached
        FROM wanted w JOIN last l ON w.counts ? l.measure
        WHERE l.period <> '' AND CASE w."when"
                WHEN 'within' THEN l.period BETWEEN w.first AND w.last
                WHEN 'standing' THEN l.period <= w.last AND coalesce(l.detail->>'until' >= w.last, true)
                ELSE l.period <= w.last AND coalesce(l.detail->>'until' >= w.first, true)
              END
          AND EXISTS (SELECT FROM jsonb_array_elements(w.filters) AS f WHERE l.detail @> f)
    ), part AS (
        SELECT target, region, jsonb_object_agg(measure, things) AS parts FROM (
            SELECT target, region, measure, count(DISTINCT thing) AS things FROM counted
            GROUP BY target, region, measure
        ) AS of_mark GROUP BY target, region
    )
    SELECT target, region, count(DISTINCT thing) AS things, coalesce(sum(value), 0) AS amount,
           count(DISTINCT thing) FILTER (WHERE reached) AS reached, max(recorded_at) AS fresh_at,
           bool_or(simulated) AS simulated, part.parts
    FROM counted JOIN part USING (target, region) GROUP BY target, region, part.parts ORDER BY target, region
""")


async def load_facts(
    conn: AsyncConnection,
    rules: Rules,
    *,
    today: date,
    as_of: datetime | None = None,
    plan: str | None = None,
    tallies: Mapping[str, Tally] | None = None,
) -> Facts:
    """What was known at `as_of` (None: all that is applied) about one plan (None: the latest year's).

    `today` is the day in the plan's time that the question is asked for: days before it are closed.
    `tallies`: what is known to be counted already; counting anew is the dearest part.
    """
    moment = {"as_of": as_of}
    plans = [_plan(row.data) for row in await conn.execute(_PLANS, moment)]
    chosen = _choose(plans, plan)
    areas = AreaTree.read(row.data for row in await conn.execute(_REGIONS, moment))
    code = chosen.plan if chosen else (plan or "")
    targets = [_target(row) for row in await conn.execute(_TARGETS, {**moment, "plan": code})]
    closed = (await conn.execute(_CLOSED_DAY, {**moment, "today": today.isoformat()})).scalar_one_or_none()
    days = [day for day in (closed, today.isoformat()) if day]
    rows = [
        *await conn.execute(_LAST, {**moment, "measures": [INVESTMENT, STATISTIC, FEED]}),
        *await conn.execute(_LISTED, moment),
        *await conn.execute(_OF_DAYS, {**moment, "days": days}),
    ]
    energy = await conn.execute(_DAY_ENERGY, {**moment, "day": closed}) if closed else ()
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
        tallies=tallies if tallies is not None else await _tallies(conn, targets, rules, today, moment),
    )


async def _tallies(
    conn: AsyncConnection,
    targets: list[Target],
    rules: Rules,
    today: date,
    moment: dict[str, datetime | None],
) -> dict[str, Tally]:
    asked = [each for target in targets for each in all_wanted(target, rules, today)]
    if not asked:
        return {}
    asking = {**moment, "wanted": msgspec.json.encode(asked).decode()}
    known = set((await conn.execute(_TALLIES_KNOWN, asking)).scalars())
    found: dict[str, list[Counted]] = {}
    for row in await conn.execute(_TALLIES, asking):
        found.setdefault(row.target, []).append(
            Counted(row.region, row.things, row.amount, row.reached, row.parts, row.fresh_at, row.simulated)
        )
    return {
        each.target: Tally(each.counts, each.target in known, tuple(found.get(each.target, ())))
        for each in asked
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
    base = data.get("base")
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
        base=None
        if base is None
        else Base(Decimal(base["value"]), base["unit"], base["period"], base["vintage"], base["source"]),
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
