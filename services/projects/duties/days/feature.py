"""Operations and routes of the days of duties that the plan leaves open."""

from services.projects import access
from services.projects.duties.commands import unknown_duty
from services.projects.duties.days import tables
from services.projects.duties.days.decisions import DUTY_DAYS, OfDuty, SetDutyDay
from services.projects.duties.days.facts import DutyDays, DutyDaySet, stream
from services.projects.duties.obligations import all_duties
from services.projects.duties.views import DutyDaysView, Occasion
from shared.feature import At, Command, Done, Feature, History
from shared.rpc import Route


async def set_day(at: At, command: SetDutyDay, state: DutyDays) -> OfDuty:
    """For duties whose rule is `configuration` (定期, 每年). A day that the plan gives is refused."""
    access.check_load_plan(at.actor)
    for duty in await all_duties(at.conn):
        if (duty.plan, duty.duty) == (command.plan, command.duty):
            return OfDuty(today=at.today, by=at.actor.subject, duty=duty)
    raise unknown_duty(command.duty)


def answer(done: Done[DutyDays, SetDutyDay]) -> DutyDaysView:
    """All days that operators have set for the duty."""
    days = [Occasion(period=each, due_on=day.due_on) for each, day in sorted(done.state.days.items())]
    return DutyDaysView(plan=done.command.plan, duty=done.command.duty, days=days)


FEATURE = Feature(
    "days",
    history=History(
        DutyDaySet, DUTY_DAYS, lambda command: stream(command.plan, command.duty), (tables.KEPT,)
    ),
    answer=answer,
    operations=(
        Command(
            name="set-duty-day",
            command=SetDutyDay,
            check=set_day,
            summary="Set the day of a duty that the plan leaves open",
            route=Route("POST", "/duties/{duty}/days", ("province", "ops"), "duties", status=201),
        ),
    ),
)
