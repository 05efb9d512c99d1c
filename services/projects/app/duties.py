"""Commands on duties: hand in, waive, withdraw, set a day, and the follow-up that the watch carries out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope
from services.projects.app import checks
from services.projects.app.context import App
from services.projects.domain import duty_account, duty_days
from services.projects.domain.duty import ALSO_BY_REFERENCE, Duty
from services.projects.domain.plan import Region
from services.projects.domain.refusal import Refused
from services.projects.events import DUTY_ACCOUNT, DUTY_DAYS, duty_account_stream, duty_days_stream
from services.projects.models import duties as models
from services.projects.obligations import Obligation, all_duties, obligations
from services.projects.views.duties import obligation_view
from shared.areas import AreaTree
from shared.decider import Edit
from shared.rpc import Call, Reply

Make = Callable[[duty_account.Key, Region, Duty, Obligation | None], duty_account.Command]
"""Makes a command of what is known of the occasion; None: nothing is owed."""


async def hand_in(app: App, call: Call, body: models.HandInDuty) -> Reply:
    """A region hands in what it owes, by reference."""
    today = app.today()

    def make(
        key: duty_account.Key, region: Region, duty: Duty, one: Obligation | None
    ) -> duty_account.Command:
        scope.check_duty_write(call.actor, region.code, region.level)
        return duty_account.Receive(
            key,
            body.period,
            one.owed if one else None,
            body.received_on or today,
            body.evidence,
            body.reported_by or call.actor.subject,
            today,
            None if duty.carried_by in ALSO_BY_REFERENCE else duty.carried_by,
        )

    return await _run(app, call, body, make)


async def waive(app: App, call: Call, body: models.WaiveDuty) -> Reply:
    """The province lets a region off for a period."""
    today = app.today()

    def make(
        key: duty_account.Key, region: Region, duty: Duty, one: Obligation | None
    ) -> duty_account.Command:
        scope.check_duty_waiver(call.actor, region.code, region.level)
        return duty_account.Waive(key, body.period, one.owed if one else None, body.reason, today)

    return await _run(app, call, body, make)


async def withdraw(app: App, call: Call, body: models.WithdrawDutyEntry) -> Reply:
    """A receipt is withdrawn by the region itself or the province, a waiver by the province."""
    today = app.today()

    def make(
        key: duty_account.Key, region: Region, duty: Duty, one: Obligation | None
    ) -> duty_account.Command:
        if one is not None and one.entry.waived:
            scope.check_duty_waiver(call.actor, region.code, region.level)
        elif call.actor.role != "province":
            scope.check_duty_write(call.actor, region.code, region.level)
        return duty_account.Withdraw(key, body.period, one.owed if one else None, body.reason, today)

    return await _run(app, call, body, make)


async def set_day(app: App, call: Call, body: models.SetDutyDay) -> Reply:
    """An operator sets the day of a duty that the plan leaves open."""
    scope.check_load_plan(call.actor)

    async def command(conn: AsyncConnection) -> duty_days.SetDutyDay:
        duty = next(
            (each for each in await all_duties(conn) if (each.plan, each.duty) == (body.plan, body.duty)),
            None,
        )
        if duty is None:
            raise _unknown_duty(body.duty)
        return duty_days.SetDutyDay(duty, body.period, body.due_on, body.reason)

    def answer(state: duty_days.DutyDays, events: Sequence[duty_days.DutyDaySet]) -> object:
        days = [models.Occasion(period=period, due_on=on) for period, on in sorted(state.days.items())]
        return models.DutyDaysView(plan=body.plan, duty=body.duty, days=days).model_dump(mode="json")

    return await app.run(call, duty_days_stream(body.plan, body.duty), DUTY_DAYS, command, answer=answer)


async def follow_up(app: App, call: Call, command: duty_account.FollowUpOn) -> Reply:
    """Look at one account on a day; answers how many events that made."""
    stream = duty_account_stream(command.key.duty, command.key.region)
    return await app.run(call, stream, DUTY_ACCOUNT, command, answer=lambda state, events: len(events))


async def receive(app: App, call: Call, command: duty_account.Receive) -> Reply:
    """What the system itself found handed in; answers how many events that made."""
    stream = duty_account_stream(command.key.duty, command.key.region)
    return await app.run(call, stream, DUTY_ACCOUNT, command, answer=lambda state, events: len(events))


async def carry_out(app: App, call: Call, command: duty_account.CarryOut) -> Reply:
    """Record that a consequence has had its effect; answers how many events that made."""
    stream = duty_account_stream(command.key.duty, command.key.region)
    return await app.run(call, stream, DUTY_ACCOUNT, command, answer=lambda state, events: len(events))


async def _run(
    app: App, call: Call, body: models.HandInDuty | models.WaiveDuty | models.WithdrawDutyEntry, make: Make
) -> Reply:
    duty, region, period = body.duty, body.region, body.period
    found: list[Obligation] = []

    async def deciding(conn: AsyncConnection) -> duty_account.Command:
        in_region = await _region(conn, region)
        rule, one = await _occasion(conn, duty, in_region, period)
        found[:] = [one] if one else []
        return make(duty_account.Key(rule.plan, rule.duty, in_region.code), in_region, rule, one)

    def answer(state: duty_account.Account, events: Sequence[duty_account.DutyEvent]) -> object:
        (one,) = found  # what isn't owed was refused
        return obligation_view(replace(one, entry=state.entry(period)), app.today()).model_dump(mode="json")

    def said(event: duty_account.DutyEvent) -> bool:
        return isinstance(event, duty_account.EDITS) and event.period == period

    stream, edit = duty_account_stream(duty, region), Edit(body.version, said)
    return await app.run(call, stream, DUTY_ACCOUNT, deciding, answer=answer, edit=edit)


async def _region(conn: AsyncConnection, code: str) -> Region:
    known = await reference.regions(conn)
    checks.check_region(AreaTree.of(known), code)
    return next(each for each in known if each.code == code)


async def _occasion(
    conn: AsyncConnection, duty: str, region: Region, period: str
) -> tuple[Duty, Obligation | None]:
    """The rule, and the region's occasion of that period; None where it owes nothing for it."""
    rules = [each for each in await all_duties(conn) if each.duty == duty]
    if not rules:
        raise _unknown_duty(duty)
    owed = await obligations(conn, rules, [region])
    one = next((each for each in owed if each.period == period), None)
    return (one.duty if one else rules[0]), one


def _unknown_duty(duty: str) -> Refused:
    return Refused(
        f"There is no duty {duty!r}.",
        code="unknown-duty",
        status=404,
        where="duty",
        remedy="GET /duties lists the calendar of the loaded plans.",
    )
