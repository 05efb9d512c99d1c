"""Follows up what is owed (催报) as the Clock moves: reminders, what is missing, and what comes of it.

Only duties with a follow-up rule are watched. How things stand is never asked of the watch: that is computed from
the calendar and the Clock, and a watch that is behind makes no figure wrong.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from services.projects import reference, tables
from services.projects.app.consequences import NamedIn, carry_out_all
from services.projects.app.duties import follow_up
from services.projects.app.reserve_duty import hand_in_updates
from services.projects.app.watched import not_done
from services.projects.day_watch import DayWatch
from services.projects.domain.duty_account import Account, FollowUpOn, Key, decide
from services.projects.domain.duty_consequence import Drawn
from services.projects.events import duty_account_stream
from services.projects.obligations import Obligation, all_duties, obligations
from services.projects.queries.versions import of_streams
from shared import telemetry
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_ACTOR = system_actor("projects")
log = structlog.get_logger(__name__)
_tracer = telemetry.tracer(__name__)


@dataclass(slots=True)
class DutyWatch(DayWatch):
    """Reminds of what is due, records what is missing, and draws the consequence."""

    name = "duties"
    again_s = 60.0  # a plan may have been loaded on the same day

    _named: NamedIn = field(default_factory=dict, init=False)

    async def sweep(self) -> int:
        """Follow up every account of which the day asks for something; answers with the number of events."""
        today = self.app.today()
        with _tracer.start_as_current_span("projects duty watch"):
            written = 0
            written += await self._updates()
            due, plans = await self._due(today)
            for command, version in due:
                key = command.key
                body = {"duty": key.duty, "region": key.region, "day": today.isoformat()}
                # One for an account as it stands on a day: two processes at once follow it up once.
                call = Call(f"{key.duty}:{key.region}:{version}:{today}", _ACTOR, "follow-up-duty", body)
                try:
                    written += int((await follow_up(self.app, call, command)).data)
                except Problem as problem:  # the others go on
                    not_done(log, "duty not followed up", problem, duty=key.duty, region=key.region)
            written += await carry_out_all(self.app, plans, self._named)
        return written

    async def _updates(self) -> int:
        """What the reserve library's updates hand in, before anybody is reminded of it."""
        async with self.app.engine.connect() as conn:
            duties, regions = await all_duties(conn), await reference.regions(conn)
        return await hand_in_updates(self.app, duties, regions)

    async def _due(self, today: date) -> tuple[list[tuple[FollowUpOn, int]], dict[str, str]]:
        """One command for each account that needs something, as far as the tables tell; and each duty's plan.

        With each command the version of the account that it was found on.
        """
        async with self.app.snapshots.connect() as conn:
            duties = [each for each in await all_duties(conn) if each.follow_up is not None]
            known = await obligations(conn, duties, await reference.regions(conn)) if duties else []
            drawn: dict[tuple[str, str], list[Drawn]] = {}
            table = tables.duty_consequence
            for row in await conn.execute(select(table).order_by(table.c.last_period)):
                drawn.setdefault((row.duty, row.region), []).append(_drawn(row))
        accounts: dict[Key, list[Obligation]] = {}
        for one in known:
            accounts.setdefault(Key(one.duty.plan, one.duty.duty, one.region.code), []).append(one)
        found = []
        for key, owed in accounts.items():
            known_drawn = tuple(drawn.get((key.duty, key.region), ()))
            account = Account({each.period: each.entry for each in owed}, known_drawn)
            command = _command(key, owed, today)
            if command is not None and decide(command, account):
                found.append(command)
        async with self.app.engine.connect() as conn:
            streams = [duty_account_stream(each.key.duty, each.key.region) for each in found]
            versions = await of_streams(self.app, conn, streams)
        return list(zip(found, versions, strict=True)), {each.duty: each.plan for each in reversed(duties)}


def _drawn(row: Any) -> Drawn:
    """A row of the table `duty_consequence`."""
    return Drawn(
        row.first_period,
        row.last_period,
        row.consequence,
        row.carried_out_on is not None,
        row.lifted_on is not None,
    )


def _command(key: Key, owed: list[Obligation], today: date) -> FollowUpOn | None:
    """To look at all occasions up to the last that may need a reminder."""
    rule = owed[0].duty.follow_up
    if rule is None:
        return None
    until = today + timedelta(days=max(rule.remind_days))
    return FollowUpOn(key, tuple(each.owed for each in owed if each.due_on <= until), rule, today)
