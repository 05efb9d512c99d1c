"""Finds the events that made a figure, page by page, as the snapshot of the figure held them."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.access import Scope
from services.progress.common.numbers import number
from services.progress.common.periods import months_of, year_of
from services.progress.common.rules import Rules
from services.progress.common.sources import SOURCES
from services.progress.evidence.views import EvidenceItem, item
from services.progress.measures import facts as facts_of
from services.progress.measures.coverage import judged_day
from services.progress.measures.facts import COVERAGE, FEED, INVESTMENT, KEY_USER, KEY_USER_LIST, STATISTIC
from services.progress.measures.figure import Figure
from services.progress.measures.investment import reporting_regions
from services.progress.measures.store.read_model import Snapshot
from services.progress.measures.tally import wanted as wanted_tally
from shared import lists
from shared.problems import bad_cursor, forbidden


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which contributions a figure is made of."""

    measures: list[str]
    regions: list[str]
    periods: list[str]


_COLUMNS = """source, position, ordinal, event_id, event_type, hash, occurred_at, recorded_at, simulated"""
# What the snapshot held: a page and its figure are of one moment.
_KNOWN = """(CAST(:as_of AS timestamptz) IS NULL OR {alias}recorded_at <= :as_of)
    AND {alias}position <= coalesce((CAST(:applied AS jsonb)->>{alias}source)::bigint, 0)"""
_TARGET = f"""
    SELECT {_COLUMNS}, region, data->>'period' AS period, NULL AS subject, (data->>'value')::numeric AS value,
           data->>'unit' AS unit, data,
           (SELECT min(n.position) FROM target n
            WHERE n.plan = t.plan AND n.target = t.target AND n.position > t.position
              AND {_KNOWN.format(alias="n.")}) AS superseded_by
    FROM target t WHERE plan = :plan AND target = :target AND {_KNOWN.format(alias="")}
"""
_PAGE = """
    WHERE (source, position, ordinal) > (:source, :position, :ordinal)
    ORDER BY source, position, ordinal LIMIT :limit
"""
_EVIDENCE = text(f"""
    SELECT * FROM (
        SELECT {_COLUMNS}, region, period, subject, value, unit, detail AS data,
               (SELECT min(n.position) FROM contribution n
                WHERE n.measure = c.measure AND n.source = c.source AND n.key = c.key
                  AND n.position > c.position AND {_KNOWN.format(alias="n.")}) AS superseded_by
        FROM contribution c
        WHERE measure = ANY(:measures) AND (region = ANY(:regions) OR region = '')
          AND (period = ANY(:periods) OR period = '')
          AND {_KNOWN.format(alias="")}
          AND (CAST(:subject AS text) IS NULL OR subject = :subject)
          AND (measure <> '{STATISTIC}' OR detail->>'indicator' = ANY(:indicators))
        UNION ALL {_TARGET}
    ) AS evidence {_PAGE}
""")
# For tallies: the entries that meet the figure's days, each with the contribution that shows it, and the event that
# cancelled it, if one did.
_COUNTED = text(f"""
    SELECT * FROM (
        SELECT c.source, c.position, c.ordinal, c.event_id, c.event_type, c.hash, c.occurred_at, c.recorded_at,
               c.simulated, c.region, c.period, c.subject, c.value, c.unit, c.detail AS data,
               (SELECT min(n.position) FROM entry n
                WHERE n.counting = e.counting AND n.source = e.source AND n.thing = e.thing AND n.sign = -e.sign
                  AND (n.day, n.until, n.member_from, n.member_to) = (e.day, e.until, e.member_from, e.member_to)
                  AND n.amount IS NOT DISTINCT FROM e.amount AND n.reached IS NOT DISTINCT FROM e.reached
                  AND n.position > e.position AND {_KNOWN.format(alias="n.")}) AS superseded_by
        FROM entry e
        JOIN contribution c ON (c.source, c.position, c.ordinal) = (e.source, e.position, e.mark)
        WHERE e.counting = :counting AND e.sign > 0 AND e.region = ANY(:areas)
          AND e.day <= :last AND e.until >= :first
          AND e.member_from <= :held_last AND e.member_to >= :held_first
          AND {_KNOWN.format(alias="e.")}
          AND (CAST(:subject AS text) IS NULL OR c.subject = :subject)
        UNION ALL {_TARGET}
    ) AS evidence {_PAGE}
""")


async def evidence(
    conn: AsyncConnection,
    snapshot: Snapshot,
    rules: Rules,
    figure: Figure,
    scope: Scope,
    *,
    cursor: str | None,
    limit: int,
) -> tuple[list[EvidenceItem], str | None]:
    """One page of the events behind `figure`, and the cursor of the next.

    Narrowed to the actor's own area. Raises Problem 403 when no part of the figure is the actor's to inspect.
    """
    allowed = set(scope.detail_regions(figure.region))
    if not allowed:
        raise forbidden(
            f"The events behind figures of {figure.region_name} are shown to that region only.",
            remedy="Ask for a figure of your own region; rankings and values of all cities are on the board.",
        )
    source, position, ordinal = _parse(cursor)
    asked = {
        "subject": scope.enterprise,
        "as_of": snapshot.as_of if snapshot.past else None,
        "applied": json.dumps({source: each.position for source, each in snapshot.applied.items()}),
        "plan": figure.plan,
        "target": figure.target,
        "source": source,
        "position": position,
        "ordinal": ordinal,
        "limit": limit + 1,
    }
    if (tallied := wanted_tally(snapshot.facts.targets[figure.target], rules, snapshot.day)) is not None:
        covered = snapshot.facts.areas.covered_by(figure.region) or [figure.region]
        areas = [number(region) for region in covered if region in allowed]
        window = dataclasses.asdict(tallied.window)
        rows = await conn.execute(
            _COUNTED, {**asked, "counting": tallied.counting.number, "areas": areas, **window}
        )
    else:
        wanted = _wanted(snapshot, figure)
        regions = [region for region in wanted.regions if region in allowed]
        rows = await conn.execute(
            _EVIDENCE,
            {
                **asked,
                "measures": wanted.measures,
                "regions": regions,
                "periods": wanted.periods,
                "indicators": _INDICATORS.get(figure.measure or "", []),
            },
        )
    page = lists.cut([item(row) for row in rows], limit, lambda one: (one.source, one.position, one.ordinal))
    return list(page.rows), page.next_cursor


_INDICATORS = {facts_of.INTENSITY: ["gdp", "total_energy"], facts_of.GROWTH: [INVESTMENT]}


def _wanted(snapshot: Snapshot, figure: Figure) -> _Wanted:
    facts = snapshot.facts
    covered = facts.areas.covered_by(figure.region) or [figure.region]
    target = facts.targets[figure.target]
    match figure.measure:
        case "tech_renovation_investment":
            return _Wanted([INVESTMENT], reporting_regions(target, facts), list(months_of(figure.period)))
        case facts_of.GROWTH:
            base = str(int(year_of(figure.period)) - 1)
            regions = [*reporting_regions(target, facts), figure.region]
            return _Wanted([INVESTMENT, STATISTIC], regions, [*months_of(figure.period), base])
        case facts_of.INTENSITY:
            return _Wanted([STATISTIC], [figure.region], [figure.period])
        case facts_of.ONLINE:
            closed = judged_day(facts.closed_day, target)
            days = [day.isoformat() for day in (closed, snapshot.day) if day is not None]
            days = days or [(snapshot.day - timedelta(days=1)).isoformat()]
            return _Wanted(
                [KEY_USER_LIST, KEY_USER, COVERAGE, FEED], covered, [year_of(figure.period), *days]
            )
        case _:
            return _Wanted([], [], [])


def _parse(cursor: str | None) -> tuple[str, int, int]:
    if not cursor:
        return "", 0, -1
    source, position, ordinal = lists.read(cursor, str, int, int)
    if source not in SOURCES or not all(0 <= number < 10**9 for number in (position, ordinal)):
        raise bad_cursor()
    return source, position, ordinal
