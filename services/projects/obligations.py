"""Who owes what for which period, by which day, and what is known of it: the calendar and the entries as one list."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.duty import Duty, Instance, Standing, last_day, occasions, standing
from services.projects.domain.duty_account import Entry, Owed
from services.projects.domain.plan import Region


@dataclass(frozen=True, slots=True)
class Done:
    """An act of its own that carried the duty out, e.g. a monthly report."""

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
    reminded_on: date | None = None
    missed_on: date | None = None
    waiver_reason: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Orders and names it: due day, duty, region, period."""
        return self.due_on.isoformat(), self.duty.duty, self.region.code, self.period

    @property
    def received_on(self) -> date | None:
        return self.done.on if self.done else self.entry.received_on

    @property
    def evidence(self) -> str | None:
        return self.done.evidence if self.done else self.entry.evidence

    @property
    def owed(self) -> Owed:
        """As the account's decisions take it."""
        return Owed(self.period, self.due_on, self.done.on if self.done else None)

    def standing(self, today: date) -> Standing:
        return standing(today, self.due_on, self.received_on, self.entry.waived)


Carried = Mapping[tuple[str, str], Done]
"""What was carried out, by (region, period)."""


async def _monthly_reports(conn: AsyncConnection) -> Carried:
    table = tables.monthly_report.c
    rows = await conn.execute(select(table.region, table.month, table.reported_on))
    return {(row.region, row.month): Done(row.reported_on, f"{row.region}:{row.month}") for row in rows}


def _documents(kind: str) -> Callable[[AsyncConnection], Awaitable[Carried]]:
    async def issued(conn: AsyncConnection) -> Carried:
        table = tables.document.c
        rows = await conn.execute(
            select(table.region, table.period, table.issued_on, table.label).where(
                table.kind == kind, table.standing == "issued", table.corrects.is_(None)
            )
        )
        return {(row.region, row.period): Done(row.issued_on, row.label) for row in rows}

    return issued


async def _self_assessments(conn: AsyncConnection) -> Carried:
    """A city's first self-assessment of a year; a later one puts other points in its place, and is no other receipt."""
    table = tables.appraised_city.c
    rows = await conn.execute(
        select(table.region, table.year, table.self_on, table.evidence).where(table.self_on.is_not(None))
    )
    return {(row.region, str(row.year)): Done(row.self_on, row.evidence) for row in rows}


async def _verifications(conn: AsyncConnection) -> Carried:
    """The province has verified a year when it has verified the last of its cities."""
    city, area = tables.appraised_city.c, tables.region.c
    years = await conn.execute(
        select(city.plan, city.year, func.max(city.verified_on).label("on"))
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


CARRIERS: dict[str, Callable[[AsyncConnection], Awaitable[Carried]]] = {
    "monthly_report": _monthly_reports,
    "monthly_bulletin": _documents("monthly_bulletin"),
    "quarterly_dispatch": _documents("quarterly_dispatch"),
    "self_assessment": _self_assessments,
    "verification": _verifications,
}
"""What carries a duty out, by the name in the duty's `carried_by`."""


async def all_duties(conn: AsyncConnection) -> list[Duty]:
    """Every loaded duty, by plan and id."""
    table = tables.duty.c
    rows = await conn.execute(select(table.duty_data).order_by(table.plan, table.duty))
    return [msgspec.convert(row.duty_data, Duty) for row in rows]


async def decided_days(conn: AsyncConnection) -> dict[tuple[str, str], list[Instance]]:
    """The days that operators have set, by (plan, duty)."""
    found: dict[tuple[str, str], list[Instance]] = {}
    for row in await conn.execute(select(tables.duty_day)):
        found.setdefault((row.plan, row.duty), []).append(Instance(row.period, row.due_on))
    return found


async def obligations(
    conn: AsyncConnection, duties: Iterable[Duty], regions: Iterable[Region]
) -> list[Obligation]:
    """What these regions owe under these duties, in order of due day, duty and region.

    Where two plans have a duty of the same id for the same period, the first plan's counts.
    """
    duties, regions = list(duties), list(regions)
    days, rows = await decided_days(conn), await _rows(conn, {duty.duty for duty in duties})
    found: dict[tuple[str, str, str], Obligation] = {}
    for duty in duties:
        carrier = CARRIERS.get(duty.carried_by or "")
        done = await carrier(conn) if carrier else {}
        for each in occasions(duty, days.get((duty.plan, duty.duty), ())):
            for region in regions:
                key = (duty.duty, region.code, each.period)
                if key not in found and region.owes(duty, last_day(each.period)):
                    made = Obligation(duty, region, each.period, each.due_on, done=done.get(key[1:]))
                    found[key] = _with(made, rows.get(key))
    return sorted(found.values(), key=lambda one: one.key)


async def _rows(conn: AsyncConnection, duties: set[str]) -> dict[tuple[str, str, str], Any]:
    table = tables.duty_entry
    rows = await conn.execute(select(table).where(table.c.duty.in_(duties)))
    return {(row.duty, row.region, row.period): row for row in rows}


def _with(made: Obligation, row: Any) -> Obligation:
    if row is None:
        return made
    reminded = () if row.reminded_before is None else (row.reminded_before,)
    return replace(
        made,
        entry=Entry(row.received_on, row.evidence, row.waived, reminded, row.missed_on is not None),
        reminded_on=row.reminded_on,
        missed_on=row.missed_on,
        waiver_reason=row.waiver_reason,
    )
