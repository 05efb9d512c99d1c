"""What decisions and queries need to know of the world: regions, registers, duties, other reports."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.duty import CITY_REPORT, Duty, due_on, find, last_day
from services.projects.domain.monthly_report import Known, ReportLine
from services.projects.domain.plan import Region, RegionRelation
from services.projects.domain.plausibility import Usual
from shared.areas import Area, AreaTree, Relation

TIME_ZONE = ZoneInfo("Asia/Shanghai")
"""Days and months are those of +08:00."""


def local_day(now: datetime) -> date:
    """The day that the Clock's moment falls on."""
    return now.astimezone(TIME_ZONE).date()


async def regions(conn: AsyncConnection) -> list[Region]:
    """Every loaded region, by code."""
    rows = await conn.execute(select(tables.region).order_by(tables.region.c.code))
    return [
        Region(
            row.code,
            row.name,
            row.level,
            row.parent,
            row.administered,
            row.valid_from,
            row.valid_to,
            tuple(msgspec.convert(row.relations, tuple[RegionRelation, ...])),
        )
        for row in rows
    ]


async def area_tree(conn: AsyncConnection) -> AreaTree:
    """The regions as a tree for questions of coverage."""
    return tree_of(await regions(conn))


def tree_of(known: Iterable[Region]) -> AreaTree:
    """The tree of these regions; a relation of any kind counts as coverage."""
    return AreaTree(
        Area(
            region.code,
            region.name,
            region.level,
            (
                *((Relation("parent", region.parent),) if region.parent else ()),
                *(Relation(rel.kind, rel.to, rel.valid_from, rel.valid_to) for rel in region.relations),
            ),
            region.valid_from,
            region.valid_to,
            region.administered,
        )
        for region in known
    )


async def duties(conn: AsyncConnection, duty: str) -> list[Duty]:
    """The duty of that id, once per plan that has it."""
    rows = await conn.execute(
        select(tables.duty.c.duty_data).where(tables.duty.c.duty == duty).order_by(tables.duty.c.plan)
    )
    return [msgspec.convert(row.duty_data, Duty) for row in rows]


async def register_levels(conn: AsyncConnection) -> dict[str, str]:
    """Whose each loaded register is: its level by its id."""
    rows = await conn.execute(select(tables.register.c.register, tables.register.c.level))
    return {row.register: row.level for row in rows}


async def programme_codes(conn: AsyncConnection) -> set[str]:
    """The codes of the loaded programmes."""
    return set((await conn.execute(select(tables.programme.c.code))).scalars())


async def project_region(conn: AsyncConnection, project: str) -> str | None:
    """The region of a project; None if there is no such project."""
    found: str | None = (
        await conn.execute(select(tables.project.c.region).where(tables.project.c.project == project))
    ).scalar_one_or_none()
    return found


async def known_for_report(
    conn: AsyncConnection,
    known: Sequence[Region],
    region: str,
    month: str,
    lines: Iterable[ReportLine],
    today: date,
) -> Known:
    """Everything that a report of `region` for `month` is judged by."""
    named = sorted({line.project for line in lines})
    table = tables.project.c
    rows = await conn.execute(select(table.project, table.region).where(table.project.in_(named)))
    return Known(
        today=today,
        due_on=await _due_on(conn, known, region, month),
        project_regions={row.project: row.region for row in rows},
        covered=frozenset(tree_of(known).covered_by(region)),
        usual=await _usual(conn, region, month),
    )


async def _due_on(conn: AsyncConnection, known: Sequence[Region], region: str, month: str) -> date | None:
    duty = find(await duties(conn, CITY_REPORT), CITY_REPORT, month)
    if duty is None:
        return None
    on = last_day(month)
    owes = any(each.code == region and each.owes(duty, on) for each in known)
    return due_on(duty, month) if owes else None


async def _usual(conn: AsyncConnection, region: str, month: str) -> Usual:
    report, target = tables.monthly_report.c, tables.investment_target.c
    mean = (
        await conn.execute(
            select(func.avg(report.investment)).where(report.region == region, report.month != month)
        )
    ).scalar_one()
    year_target = (
        await conn.execute(
            select(func.max(target.value)).where(target.region == region, target.year == int(month[:4]))
        )
    ).scalar_one()
    if mean is not None:
        mean = mean.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return Usual(mean, year_target)
