"""The province closes a month, and consents to what comes late."""

from services.projects.common import checks
from services.projects.plan import reference
from services.projects.reports.months import calendar
from services.projects.reports.months.decisions import CloseReportingMonth, Days, ReopenReportingMonth
from services.projects.reports.months.facts import Books
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def close(at: At, command: CloseReportingMonth, state: Books) -> Days:
    """Before its day by the rule, or after a reopening: every consent ends. Reported figures stay as they are."""
    check_reporting_month(at.actor)
    due = await calendar.report_due(at.conn, command.month)
    return Days(today=at.today, by=at.actor.subject, due_on=due)


async def reopen(at: At, command: ReopenReportingMonth, state: Books) -> Days:
    """The province's consent to late reports and corrections, for one city or all, until a day."""
    check_reporting_month(at.actor)
    if command.region is not None:
        checks.check_region(await reference.area_tree(at.conn), command.region)
    return Days(
        today=at.today,
        by=at.actor.subject,
        due_on=await calendar.report_due(at.conn, command.month),
        open_until=await calendar.open_until(at.conn, command.month),
    )


def check_reporting_month(actor: Actor) -> None:
    """Only the province closes and reopens the months of the cities' reports. Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(f"The province closes and reopens reporting months; your role is {actor.role}.")
