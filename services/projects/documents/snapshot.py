"""The snapshot of a document: its figures, all read at one position of the log.

One transaction at snapshot isolation reads the position and the figures, so that folding the log up to that position
yields the same figures again. They describe the document's period whenever it is drafted: projects and problems as
they stood on its last day.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.assessed.tables import TARGET
from services.projects.assessed.targets import CONSUMER as TARGETS
from services.projects.common.duty import CITY_REPORT, due_on, first_day, last_day, months, months_of
from services.projects.documents import reserve_drops
from services.projects.documents.facts import Figure, Position, Snapshot
from services.projects.duties.obligations import all_duties, obligations
from services.projects.duties.tables import CONSEQUENCES
from services.projects.plan import reference
from services.projects.plan.facts import Region
from services.projects.problems import past as past_problems
from services.projects.projects import past
from services.projects.reports.views import TABLE as REPORT
from shared.areas import AreaTree
from shared.checkpoint import Checkpoints
from shared.service import Service

_PERCENT = Decimal("0.01")
_REPORTING = ("prefecture", "zone")
NAMED = "periods_missing_in_a_row"
"""The measure by which a document names a region for missing its reports (通报批评)."""


@dataclass(frozen=True, slots=True)
class _World:
    """The inputs of every section."""

    period: str
    as_of: date
    judged_on: date
    regions: list[Region]
    tree: AreaTree

    @property
    def day(self) -> date:
        """The day that the document describes: the last of its period, or today while the period lasts."""
        return min(last_day(self.period), self.as_of)

    @property
    def first_day(self) -> date:
        return first_day(months_of(self.period)[0])

    def reporting(self) -> list[Region]:
        """The nine cities and the zone (X-2), by code."""
        on = last_day(self.period)
        return [
            each
            for each in self.regions
            if each.level in _REPORTING
            and each.administered
            and (each.valid_from is None or each.valid_from <= on)
            and (each.valid_to is None or on <= each.valid_to)
        ]

    def province(self) -> str | None:
        return next((each.code for each in self.regions if each.level == "province"), None)

    def home(self) -> Mapping[str, str]:
        """The reporting region of every region; for the zone, the zone itself and not the city that it is part of."""
        found: dict[str, str] = {}
        for one in sorted(self.reporting(), key=lambda each: each.level == "zone"):
            found |= dict.fromkeys(self.tree.covered_by(one.code) or [one.code], one.code)
        return found


async def take(service: Service, period: str, corrected: Snapshot | None = None) -> Snapshot:
    """All sections of a document for `period` ("2013-02", "2013-Q1"), by what is known now. CNY is yuan.

    A correction describes the same day as the `corrected` document: the day of that draft decides which reports count
    as late or missing.
    """
    today = service.today()
    judged_on = today if corrected is None else corrected.judged_on or corrected.as_of
    async with service.snapshots.connect() as conn:
        position = (await service.log.head(conn)).position
        targets = await Checkpoints(service.engine, TARGETS).all(conn)
        regions = await reference.regions(conn)
        world = _World(period, today, judged_on, regions, AreaTree.of(regions))
        figures = [figure for section in SECTIONS for figure in await section(conn, world)]
        dropped = await reserve_drops.drops(conn, world.first_day, last_day(period))
    positions = [
        Position(service.catalogue.source, position),
        *(Position(each.source, each.position) for each in targets),
    ]
    return Snapshot(world.as_of, tuple(positions), tuple(figures), dropped, judged_on)


async def investment_now(
    conn: AsyncConnection, periods: Iterable[str], today: date
) -> dict[str, list[Figure]]:
    """The section of investment of each period, by what is known now."""
    regions = await reference.regions(conn)
    tree = AreaTree.of(regions)
    return {
        period: list(await _investment(conn, _World(period, today, today, regions, tree)))
        for period in periods
    }


async def _investment(conn: AsyncConnection, world: _World) -> Iterable[Figure]:
    """Investment completed, by city and for the province. A month that isn't reported is missing, not zero."""
    year = f"{last_day(world.period).year}"
    until = months(f"{year}-01", months_of(world.period)[-1])
    table = REPORT.c
    rows = await conn.execute(
        select(table.region, table.month, table.investment).where(table.month.in_(until))
    )
    reported: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        reported[row.region][row.month] = row.investment
    targets = await _targets(conn, int(year))
    cities = [each.code for each in world.reporting() if each.level == "prefecture"]
    figures = [
        figure
        for city in cities
        for figure in _one_city(world, city, reported[city], until, targets.get(city))
    ]
    province = world.province()
    if province is not None:
        merged: dict[str, Decimal] = {}
        for month in until:
            known = [reported[city][month] for city in cities if month in reported[city]]
            if known:
                merged[month] = sum(known, Decimal(0))
        figures += _one_city(world, province, merged, until, targets.get(province))
        absent = sum(month not in reported[city] for city in cities for month in until)
        figures.append(Figure("investment", "months_missing", "count", province, value=Decimal(absent)))
    return figures


def _one_city(
    world: _World, region: str, reported: Mapping[str, Decimal], until: list[str], target: Decimal | None
) -> list[Figure]:
    in_period = [reported[month] for month in months_of(world.period) if month in reported]
    to_date = [reported[month] for month in until if month in reported]
    total = sum(to_date, Decimal(0)) if to_date else None
    share = (
        None if total is None or not target else (total * 100 / target).quantize(_PERCENT, ROUND_HALF_EVEN)
    )

    def figure(measure: str, unit: str, value: Decimal | None) -> Figure:
        return Figure("investment", measure, unit, region, value=value)

    found = [
        figure("in_period", "CNY", sum(in_period, Decimal(0)) if in_period else None),
        figure("year_to_date", "CNY", total),
        figure("target_of_year", "CNY", target),
        figure("share_of_target", "percent", share),
    ]
    if region != world.province():
        found.append(figure("months_missing", "count", Decimal(len(until) - len(to_date))))
    return found


async def _targets(conn: AsyncConnection, year: int) -> dict[str, Decimal]:
    table = TARGET.c
    rows = await conn.execute(
        select(table.region, func.max(table.value).label("value"))
        .where(table.year == year)
        .group_by(table.region)
    )
    return {row.region: row.value for row in rows}


async def _projects(conn: AsyncConnection, world: _World) -> Iterable[Figure]:
    """Projects by programme on the document's day, once for each that they carry (X-9), never added up over them."""
    rows = await past.projects(conn, world.day)
    home = world.home()
    counted = _sums(
        rows, lambda row: [(home.get(row.region), row.programme), (world.province(), row.programme)]
    )
    figures = []
    for (region, code), (projects, investment) in sorted(counted.items()):
        figures.append(Figure("projects", "projects", "count", region, code, projects))
        figures.append(Figure("projects", "total_investment", "CNY", region, code, investment))
    stages = _sums(rows, lambda row: [(row.programme, row.stage)])
    figures += [
        Figure("stages", stage, "count", world.province(), code, projects)
        for (code, stage), (projects, _) in sorted(stages.items())
    ]
    return figures


def _sums(
    rows: Iterable[past.Projects], keys: Callable[[past.Projects], list[tuple[str | None, str]]]
) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for row in rows:
        for first, second in keys(row):
            if first is not None:
                count, money = found.get((first, second), (Decimal(0), Decimal(0)))
                found[first, second] = (count + row.projects, money + row.investment)
    return found


async def _duties(conn: AsyncConnection, world: _World) -> Iterable[Figure]:
    """How the cities' monthly reports of the year stand, and who is named for missing them (通报批评)."""
    reports = [each for each in await all_duties(conn) if each.duty == CITY_REPORT]
    year, until = f"{last_day(world.period).year}", months_of(world.period)[-1]
    figures = []
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in await obligations(conn, reports, world.regions):
        if f"{year}-01" <= one.period <= until and due_on(one.duty, one.period):
            counted[one.region.code][one.standing(world.judged_on)] += 1
    for region, standings in sorted(counted.items()):
        for standing in ("received", "late", "missing", "waived"):
            value = Decimal(standings[standing])
            figures.append(Figure("reports", standing, "count", region, value=value))
    table = CONSEQUENCES.c
    rows = await conn.execute(
        select(CONSEQUENCES)
        .where(table.last_period.startswith(year), table.drawn_on <= world.judged_on)
        .order_by(table.region, table.duty, table.last_period)
    )
    return [*figures, *_consequences(rows, world)]


def _consequences(rows: Iterable[Any], world: _World) -> Iterable[Figure]:
    """The regions named for missing reports, each in one bulletin and its corrections, and lifted ones (撤销)."""
    periods: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        before = row.document_period is not None and not (
            set(months_of(row.document_period)) & set(months_of(world.period))
        )
        if row.lifted_on is not None and row.lifted_on <= world.judged_on:
            periods[row.region, row.duty, "consequence_lifted"] += row.periods
        elif row.consequence == "named_in_bulletin" and not before:
            periods[row.region, row.duty, NAMED] += row.periods
    return [
        Figure("named", measure, "count", region, duty, Decimal(count))
        for (region, duty, measure), count in sorted(periods.items())
    ]


async def _problems(conn: AsyncConnection, world: _World) -> Iterable[Figure]:
    """Problems open on the document's day, by level and kind, with the number of major ones (重大问题)."""
    return [
        Figure("problems", measure, "count", group=f"{row.level}/{row.kind}", value=Decimal(value))
        for row in await past_problems.problems(conn, world.day)
        for measure, value in (("open", row.open), ("major", row.major))
    ]


async def _reserve(conn: AsyncConnection, world: _World) -> Iterable[Figure]:
    """Projects that the rule `reserve_silence` dropped in the period; a region without any has no figure."""
    until = last_day(world.period)
    return await reserve_drops.figures(conn, world.first_day, until, world.home(), world.province())


SECTIONS = (_investment, _projects, _duties, _problems, _reserve)
