"""What the rule for silence took out of the reserve library in a period, as a document lists it (移出储备库)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.rules import in_force
from services.projects.documents.facts import DroppedStay, Figure, ReserveDrops
from services.projects.plan import reference
from services.projects.projects.reserve.decisions import SilenceRule
from services.projects.projects.reserve.rules import SILENCE
from services.projects.projects.reserve.views import DROP
from services.projects.projects.views import TABLE as PROJECT

LISTED = 500
"""Most drops that a document lists, so that it stays short enough to read and send; the rest is only counted."""


async def drops(conn: AsyncConnection, first: date, last: date) -> ReserveDrops | None:
    """The drops from `first` to `last`, both included; None if no rule is in force on the last day."""
    rules = await reference.rules(conn, SILENCE)
    if not any(rule.holds(last) for rule in rules):
        return None
    silence = await reference.parameters(conn, SILENCE, last, SilenceRule)
    drop, project = DROP.c, PROJECT.c
    found = _of(first, last)
    rows = await conn.execute(
        found.with_only_columns(*drop, project.name)
        .join(PROJECT, project.project == drop.project)
        .order_by(drop.on_day, drop.project, drop.register)
        .limit(LISTED)
    )
    total = (await conn.execute(found.with_only_columns(func.count()))).scalar_one()
    listed = tuple(
        DroppedStay(
            row.project, row.name, row.region, row.register, row.on_day, row.total_investment, row.reason
        )
        for row in rows
    )
    return ReserveDrops(silence.quarters_in_a_row, in_force(rules, SILENCE, last).source, total, listed)


async def figures(
    conn: AsyncConnection, first: date, last: date, home: Mapping[str, str], province: str | None
) -> list[Figure]:
    """Number of drops and their investment (CNY, yuan), by reporting region and for the province."""
    drop = DROP.c
    rows = await conn.execute(
        _of(first, last)
        .with_only_columns(
            drop.region, func.count().label("many"), func.sum(drop.total_investment).label("of")
        )
        .group_by(drop.region)
    )
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        for region in {home.get(row.region), province} - {None}:
            many, of = sums.get(region or "", (Decimal(0), Decimal(0)))
            sums[region or ""] = (many + row.many, of + row.of)
    found = []
    for region, (many, of) in sorted(sums.items()):
        found.append(Figure("reserve", "dropped_by_rule", "count", region, value=many))
        found.append(Figure("reserve", "total_investment", "CNY", region, value=of))
    return found


def _of(first: date, last: date) -> Select[tuple[object, ...]]:
    drop = DROP.c
    return select(DROP).where(drop.by_rule, drop.on_day >= first, drop.on_day <= last)
