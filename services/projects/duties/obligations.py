"""Who owes what for which period and by which day, joined with what was handed in, waived or carried out."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec
from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.assessed.tables import APPRAISED
from services.projects.common.duty import Duty, Instance, Standing, last_day, occasions, standing
from services.projects.documents.views import TABLE as DOCUMENT
from services.projects.duties.days.tables import TABLE as DAYS
from services.projects.duties.decisions import OnOccasion, Owed
from services.projects.duties.facts import Entry
from services.projects.duties.tables import ENTRIES
from services.projects.plan.facts import Region
from services.projects.plan.views import DUTY, REGION
from services.projects.reports.views import TABLE as REPORT


@dataclass(frozen=True, slots=True)
class Done:
    """The act that carried a duty out, e.g. a monthly report."""

    on: date
    evidence: str


_NOTHING = Entry()


@dataclass(frozen=True, slots=True)
class Obligation:
    """One occasion of a duty for one region, with all that is known of it."""

    duty: Duty
    region: Region
    period: str
    due_on: date
    entry: Entry = _NOTHING
    done: Done | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Sort key and cursor: due day, duty, region, period."""
        return self.due_on.isoformat(), self.duty.duty, self.region.code, self.period

    @property
    def received_on(self) -> date | None:
        return self.done.on if self.done else self.entry.received_on

    @property
    def evidence(self) -> str | None:
        return self.done.evidence if self.done else self.entry.evidence

    @property
    def owed(self) -> Owed:
        """The occasion as the account's decisions need it."""
        return Owed(self.period, self.due_on, self.done.on if self.done else None)

    def standing(self, today: date) -> Standing:
        """The standing on a day; a receipt of a later day doesn't count yet."""
        received = self.received_on
        there = received if received is not None and received <= today else None
        return standing(today, self.due_on, there, self.entry.waived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(OnOccasion):
    """What a decision on an occasion needs, with the obligation to answer with; None: nothing is owed."""

    obligation: Obligation | None


Carried = Mapping[tuple[str, str], Done]
"""The acts that carried a duty out, by (region, period)."""


async def _monthly_reports(conn: AsyncConnection, periods: Sequence[str]) -> Carried:
    table = REPORT.c
    rows = await conn.execute(
        select(table.region, table.month, table.reported_on).where(table.month.in_(periods))
    )
    return {(row.region, row.month): Done(row.reported_on, f"{row.region}:{row.month}") for row in rows}


Carrier = Callable[[AsyncConnection, Sequence[str]], Awaitable[Carried]]
"""Reads the acts that carried out a duty in the given periods."""


def _documents(kind: str) -> Carrier:
    async def issued(conn: AsyncConnection, periods: Sequence[str]) -> Carried:
        table = DOCUMENT.c
        rows = await conn.execute(
            select(table.region, table.period, table.issued_on, table.label).where(
                table.kind == kind,
                table.period.in_(periods),
                table.standing == "issued",
                table.corrects.is_(None),
            )
        )
        return {(row.region, row.period): Done(row.issued_on, row.label) for row in rows}

    return issued


async def _self_assessments(conn: AsyncConnection, periods: Sequence[str]) -> Carried:
    """A city's first self-assessment of a year; a later one changes the points but not the day of receipt."""
    table = APPRAISED.c
    rows = await conn.execute(
        select(table.region, table.year, table.self_on, table.evidence).where(
            table.self_on.is_not(None), cast(table.year, Text).in_(periods)
        )
    )
    return {(row.region, str(row.year)): Done(row.self_on, row.evidence) for row in rows}


async def _verifications(conn: AsyncConnection, periods: Sequence[str]) -> Carried:
    """The province has verified a year once it has verified the last city."""
    city, area = APPRAISED.c, REGION.c
    years = await conn.execute(
        select(city.plan, city.year, func.max(city.verified_on).label("on"))
        .where(cast(city.year, Text).in_(periods))
        .group_by(city.plan, city.year)
        .having(func.bool_and(city.verified_on.is_not(None)))
        .order_by(city.plan.desc())
    )
    provinces = (await conn.execute(select(area.code).where(area.level == "province"))).scalars().all()
    return {
        (province, str(row.year)): Done(row.on, f"{row.plan}:{row.year}")
        for row in years
        for province in provinces
    }


CARRIERS: dict[str, Carrier] = {
    "monthly_report": _monthly_reports,
    "monthly_bulletin": _documents("monthly_bulletin"),
    "quarterly_dispatch": _documents("quarterly_dispatch"),
    "self_assessment": _self_assessments,
    "verification": _verifications,
}
"""The reader for each value of a duty's `carried_by`."""


async def all_duties(conn: AsyncConnection) -> list[Duty]:
    """Every loaded duty, by plan and id."""
    table = DUTY.c
    rows = await conn.execute(select(table.duty_data).order_by(table.plan, table.duty))
    return [msgspec.convert(row.duty_data, Duty) for row in rows]


async def decided_days(conn: AsyncConnection) -> dict[tuple[str, str], list[Instance]]:
    """The days that operators have set, by (plan, duty)."""
    found: dict[tuple[str, str], list[Instance]] = {}
    for row in await conn.execute(select(DAYS)):
        found.setdefault((row.plan, row.duty), []).append(Instance(row.period, row.due_on))
    return found


async def obligations(
    conn: AsyncConnection, duties: Iterable[Duty], regions: Iterable[Region]
) -> list[Obligation]:
    """What these regions owe under these duties, with receipts and waivers, in order of due day, duty and region."""
    return await with_known(conn, owed(duties, regions, await decided_days(conn)))


def owed(
    duties: Iterable[Duty], regions: Iterable[Region], days: Mapping[tuple[str, str], Sequence[Instance]]
) -> list[Obligation]:
    """The occasions alone, from the calendar and the days set by operators, without receipts or waivers.

    If two plans have a duty with the same id for the same period, the first plan's counts.
    """
    regions = list(regions)
    found: dict[tuple[str, str, str], Obligation] = {}
    for duty in duties:
        for each in occasions(duty, days.get((duty.plan, duty.duty), ())):
            ends = last_day(each.period)
            for region in regions:
                key = (duty.duty, region.code, each.period)
                if key not in found and region.owes(duty, ends):
                    found[key] = Obligation(duty, region, each.period, each.due_on)
    return sorted(found.values(), key=lambda one: one.key)


async def with_known(conn: AsyncConnection, bare: Sequence[Obligation]) -> list[Obligation]:
    """Adds to the given occasions their entries and the acts that carried them out; reads no others."""
    if not bare:
        return []
    carriers = {name: CARRIERS[name] for one in bare if (name := one.duty.carried_by or "") in CARRIERS}
    periods = {name: sorted({one.period for one in bare if one.duty.carried_by == name}) for name in carriers}
    done = {name: await carrier(conn, periods[name]) for name, carrier in carriers.items()}
    rows = await _entries(conn, bare)
    found = []
    for one in bare:
        acts = done.get(one.duty.carried_by or "", {})
        made = replace(one, done=acts.get((one.region.code, one.period)))
        entry = rows.get((one.duty.duty, one.region.code, one.period))
        found.append(made if entry is None else replace(made, entry=entry))
    return found


async def _entries(conn: AsyncConnection, bare: Sequence[Obligation]) -> dict[tuple[str, str, str], Entry]:
    table = ENTRIES.c
    rows = await conn.execute(
        select(ENTRIES).where(
            table.duty.in_({one.duty.duty for one in bare}),
            table.region.in_({one.region.code for one in bare}),
            table.period.in_({one.period for one in bare}),
        )
    )
    return {(row.duty, row.region, row.period): Entry(**row._mapping) for row in rows}
