"""The events that made a figure: which, from where, what they said, with the hash to find them in the log by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress import measures
from services.progress.facts import COVERAGE, FEED, INVESTMENT, KEY_USER, KEY_USER_LIST, STATISTIC, TALLY
from services.progress.figure import Figure
from services.progress.investment import reporting_regions
from services.progress.model import Snapshot
from services.progress.periods import months_of, year_of
from services.progress.readers import SOURCES
from services.progress.rules import Rules
from services.progress.scope import Scope
from services.progress.tally import Wanted
from services.progress.tally import wanted as wanted_tally
from services.progress.views import View, plain
from shared.problems import forbidden, invalid


class EvidenceItem(View):
    """One event's part in a figure."""

    source: str = Field(examples=["projects"])
    position: int = Field(description="Place in the source's log.")
    ordinal: int = Field(description="Which part of the event.")
    event_id: str
    type: str = Field(examples=["MonthlyReportFiled"])
    hash: str = Field(description="The log's chain at that position, hex.")
    occurred_at: datetime
    recorded_at: datetime
    simulated: bool
    region: str
    period: str
    enterprise: str | None
    value: Decimal | None = Field(description="What it contributes, in `unit`.")
    unit: str
    superseded_by: int | None = Field(description="Position of the event that said it anew; null: it counts.")
    data: dict[str, Any] = Field(description="The fields that were used.")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which contributions a figure is made of."""

    measures: list[str]
    regions: list[str]
    periods: list[str]
    tally: Wanted | None = None


_COLUMNS = """source, position, ordinal, event_id, event_type, hash, occurred_at, recorded_at, simulated"""
_KNOWN = "(CAST(:as_of AS timestamptz) IS NULL OR {alias}recorded_at <= :as_of)"
_EVIDENCE = text(f"""
    SELECT * FROM (
        SELECT {_COLUMNS}, region, period, subject, value, unit, detail AS data,
               (SELECT min(n.position) FROM contribution n
                WHERE n.measure = c.measure AND n.source = c.source AND n.key = c.key
                  AND n.position > c.position AND {_KNOWN.format(alias="n.")}) AS superseded_by
        FROM contribution c
        WHERE measure = ANY(:measures) AND (region = ANY(:regions) OR region = '')
          AND (period = ANY(:periods) OR period = ''
               OR (CAST(:last AS text) IS NOT NULL AND period <= :last AND (period >= :first OR :standing)))
          AND (CAST(:filters AS jsonb) IS NULL
               OR EXISTS (SELECT FROM jsonb_array_elements(CAST(:filters AS jsonb)) AS f WHERE detail @> f))
          AND {_KNOWN.format(alias="")}
          AND (CAST(:subject AS text) IS NULL OR subject = :subject)
          AND (measure <> '{STATISTIC}' OR detail->>'indicator' IN ('gdp', 'total_energy'))
        UNION ALL
        SELECT {_COLUMNS}, region, data->>'period', NULL, (data->>'value')::numeric, data->>'unit', data,
               (SELECT min(n.position) FROM target n
                WHERE n.plan = t.plan AND n.target = t.target AND n.position > t.position
                  AND {_KNOWN.format(alias="n.")})
        FROM target t WHERE plan = :plan AND target = :target AND {_KNOWN.format(alias="")}
    ) AS evidence
    WHERE (source, position, ordinal) > (:source, :position, :ordinal)
    ORDER BY source, position, ordinal LIMIT :limit
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
    wanted = _wanted(snapshot, rules, figure)
    allowed = set(scope.detail_regions(figure.region))
    if not allowed:
        raise forbidden(
            f"The events behind figures of {figure.region_name} are shown to that region only.",
            remedy="Ask for a figure of your own region; rankings and values of all cities are on the board.",
        )
    source, position, ordinal = _parse(cursor)
    rows = await conn.execute(
        _EVIDENCE,
        {
            "measures": wanted.measures,
            "regions": [region for region in wanted.regions if region in allowed],
            "periods": wanted.periods,
            "subject": scope.enterprise,
            **_span(wanted.tally),
            "as_of": snapshot.as_of if snapshot.past else None,
            "plan": figure.plan,
            "target": figure.target,
            "source": source,
            "position": position,
            "ordinal": ordinal,
            "limit": limit + 1,
        },
    )
    items = [_item(row) for row in rows]
    more = len(items) > limit
    page = items[:limit]
    return page, f"{page[-1].source}:{page[-1].position}:{page[-1].ordinal}" if more else None


def _wanted(snapshot: Snapshot, rules: Rules, figure: Figure) -> _Wanted:
    facts = snapshot.facts
    covered = facts.areas.covered_by(figure.region) or [figure.region]
    match figure.measure:
        case measures.GROWTH | "tech_renovation_investment":
            regions = reporting_regions(facts.targets[figure.target], facts)
            return _Wanted([INVESTMENT], regions, list(months_of(figure.period)))
        case measure if measure == TALLY:
            target = facts.targets[figure.target]
            tallied = wanted_tally(target, rules, snapshot.day)
            return _Wanted(list(tallied.counts) if tallied else [], covered, [], tallied)
        case measures.INTENSITY:
            return _Wanted([STATISTIC], [figure.region], [figure.period])
        case measures.ONLINE:
            closed = facts.closed_day
            days = [day.isoformat() for day in (closed, snapshot.day) if day is not None]
            days = days or [(snapshot.day - timedelta(days=1)).isoformat()]
            return _Wanted(
                [KEY_USER_LIST, KEY_USER, COVERAGE, FEED], covered, [year_of(figure.period), *days]
            )
        case _:
            return _Wanted([], [], [])


def _span(tallied: Wanted | None) -> dict[str, Any]:
    """Of a tally only the marks that its rule counts: in its span (a stock's: since ever), and of its kind."""
    if tallied is None:
        return {"first": None, "last": None, "standing": False, "filters": None}
    return {
        "first": tallied.first.isoformat(),
        "last": tallied.last.isoformat(),
        "standing": tallied.when != "within",
        "filters": msgspec.json.encode(tallied.filters).decode(),
    }


def _item(row: Any) -> EvidenceItem:
    return EvidenceItem(
        source=row.source,
        position=row.position,
        ordinal=row.ordinal,
        event_id=row.event_id,
        type=row.event_type,
        hash=row.hash,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        simulated=row.simulated,
        region=row.region,
        period=row.period,
        enterprise=row.subject,
        value=plain(row.value),
        unit=row.unit,
        superseded_by=row.superseded_by,
        data=row.data,
    )


def _parse(cursor: str | None) -> tuple[str, int, int]:
    if cursor is None:
        return "", 0, -1
    parts = cursor.split(":")
    numbers = parts[1:]
    if (
        len(parts) != 3
        or parts[0] not in SOURCES
        or not all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in numbers)
    ):
        raise invalid(
            f"{cursor!r} is no cursor of this list.", where="cursor", remedy="Use next_cursor, unchanged."
        )
    return parts[0], int(parts[1]), int(parts[2])
