"""The operations on duties (报送义务)."""

from services.projects.api.base import Serving, ops
from services.projects.app import duties as app
from services.projects.models import duties as models
from services.projects.queries import duties as queries
from shared.rpc import Call, Reply


@ops.query(
    "list-duties", request=models.ListDuties, response=models.DutyPage, summary="The rules of the calendar"
)
async def list_duties(call: Call, body: models.ListDuties) -> models.DutyPage:
    """Each duty of the loaded plans: who owes it, how its days are found, how it is followed up."""
    return await queries.list_duties(Serving.app, call, body)


@ops.query(
    "duty-calendar",
    request=models.DutyCalendar,
    response=models.DutyCalendarPage,
    summary="Who owes what by when, and how it stands",
)
async def duty_calendar(call: Call, body: models.DutyCalendar) -> models.DutyCalendarPage:
    """Received, late, missing, waived or not due yet, by the Clock; with the consequences drawn so far.

    What is missing is unknown, never zero. No due day rolls to a working day (X-23).
    """
    return await queries.duty_calendar(Serving.app, call, body)


@ops.query(
    "get-duty-account",
    request=models.GetDutyAccount,
    response=models.DutyAccountView,
    summary="One duty of one region with its history",
)
async def get_duty_account(call: Call, body: models.GetDutyAccount) -> models.DutyAccountView:
    """Every period, and each receipt, waiver, reminder and miss with its position in the log."""
    return await queries.get_account(Serving.app, call, body)


@ops.command(
    "hand-in-duty",
    request=models.HandInDuty,
    response=models.ObligationView,
    summary="Hand in what a region owes, by reference",
)
async def hand_in_duty(call: Call, body: models.HandInDuty) -> Reply:
    """Only the region itself hands in. What a monthly report or a bulletin carries out is not handed in here."""
    return await app.hand_in(Serving.app, call, body)


@ops.command(
    "waive-duty",
    request=models.WaiveDuty,
    response=models.ObligationView,
    summary="Let a region off for a period",
)
async def waive_duty(call: Call, body: models.WaiveDuty) -> Reply:
    """By the province, with the reason; it is neither late nor missing then."""
    return await app.waive(Serving.app, call, body)


@ops.command(
    "withdraw-duty-entry",
    request=models.WithdrawDutyEntry,
    response=models.ObligationView,
    summary="Take back a wrong receipt or waiver",
)
async def withdraw_duty_entry(call: Call, body: models.WithdrawDutyEntry) -> Reply:
    """The period stands open again; what was said stays in the history."""
    return await app.withdraw(Serving.app, call, body)


@ops.command(
    "set-duty-day",
    request=models.SetDutyDay,
    response=models.DutyDaysView,
    summary="Set the day of a duty that the plan leaves open",
)
async def set_duty_day(call: Call, body: models.SetDutyDay) -> Reply:
    """For duties whose rule is `configuration` (定期, 每年). A day that the plan gives is refused."""
    return await app.set_day(Serving.app, call, body)
