"""A city reports for itself; what its report is judged by."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.assessed.tables import TARGET
from services.projects.common import checks
from services.projects.common.duty import CITY_REPORT, around, due_on, find, last_day
from services.projects.common.plausibility import ReportCare, Usual
from services.projects.plan import reference
from services.projects.plan.facts import Region
from services.projects.projects.views import TABLE as PROJECT
from services.projects.reports.decisions import (
    CorrectMonthlyReport,
    FileMonthlyReport,
    Known,
    MonthlyReportCommand,
    WithdrawMonthlyReport,
)
from services.projects.reports.facts import Filed, MonthlyReportState
from services.projects.reports.months.calendar import closed_since
from services.projects.reports.views import TABLE as REPORT
from shared.areas import AreaTree
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden

CARE = "report_plausibility"
"""The rule by which an amount is asked back."""


async def file_report(at: At, command: FileMonthlyReport, state: MonthlyReportState) -> Known:
    """A city's report of a month (月报, TR-12), due on the 5th of the next month; only the city itself files it.

    Months may come in any order; the same report again changes nothing. An amount that looks like one in
    the wrong unit is asked back once (problem code confirm-amount).
    """
    return await _known(at, command, [each.project for each in command.projects])


async def correct_report(at: At, command: CorrectMonthlyReport, state: MonthlyReportState) -> Known:
    """The right report in place of a wrong one, with the reason; the old one stays in the history.

    What is left out (the amount, the projects) stays as it was. A report that should not be there is withdrawn.
    """
    kept = state.projects if isinstance(state, Filed) else ()
    return await _known(
        at, command, [each.project for each in (kept if command.projects is None else command.projects)]
    )


async def withdraw_report(at: At, command: WithdrawMonthlyReport, state: MonthlyReportState) -> Known:
    """A report that should not be there (撤回): the month is missing again, and the duty owed again.

    Its history stays; the right report is filed anew, and is late if it is handed in after the due day.
    """
    return await _known(at, command, ())


async def _known(at: At, command: MonthlyReportCommand, projects: Iterable[str]) -> Known:
    """What a report that names these projects is judged by, for the city itself. Raises Problem 403, or Refused."""
    conn, region, month = at.conn, command.region, command.month
    regions = await reference.regions(conn)
    tree = AreaTree.of(regions)
    checks.check_region(tree, region)
    check_report_write(at.actor, region)
    table = PROJECT.c
    rows = await conn.execute(
        select(table.project, table.region).where(table.project.in_(sorted(set(projects))))
    )
    return Known(
        today=at.today,
        by=at.actor.subject,
        due_on=await _due_on(conn, regions, region, month),
        project_regions={row.project: row.region for row in rows},
        covered=frozenset(tree.covered_by(region)),
        usual=await _usual(conn, region, month),
        closed_since=await closed_since(conn, month, region, at.today),
    )


async def _due_on(conn: AsyncConnection, known: Sequence[Region], region: str, month: str) -> date | None:
    duty = find(await reference.duties(conn, CITY_REPORT), CITY_REPORT, month)
    if duty is None:
        return None
    on = last_day(month)
    owes = any(each.code == region and each.owes(duty, on) for each in known)
    return due_on(duty, month) if owes else None


async def _usual(conn: AsyncConnection, region: str, month: str) -> Usual:
    """What the amount is held against, by the rule in force at the month's end."""
    report, target = REPORT.c, TARGET.c
    care = await reference.care(conn, CARE, last_day(month), ReportCare)
    nearest = (
        await conn.execute(
            select(report.month, report.investment)
            .where(report.region == region, report.month.in_(around(month, care.neighbour_months)))
            .order_by(report.month)
        )
    ).all()
    year_target = (
        await conn.execute(
            select(func.max(target.value)).where(target.region == region, target.year == int(month[:4]))
        )
    ).scalar_one()
    return Usual(year_target, tuple((row.month, row.investment) for row in nearest), care)


def check_report_write(actor: Actor, region: str) -> None:
    """Only a city itself files its reports. Raises Problem 403."""
    if actor.role == "city" and actor.area == region:
        return
    raise forbidden(
        f"Only {region} itself reports for {region}.",
        remedy="Use a token of the role city with that area.",
    )
