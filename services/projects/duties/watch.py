"""Process manager that follows up duties (催报) as the Clock moves: reminders, missed periods, and consequences.

Only duties with a follow-up rule are watched. No query depends on the watch: standings are computed from the calendar
and the Clock, so that a watch that lags behind makes no figure wrong.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import structlog
from sqlalchemy import select

from services.projects.common.day_watch import DayWatch
from services.projects.common.versions import of_streams
from services.projects.common.watched import not_done
from services.projects.duties.carrying_out import NamedIn, carry_out_all
from services.projects.duties.decisions import FollowUpOn, Key, account_stream, decide
from services.projects.duties.facts import Account, Drawn
from services.projects.duties.feature import HISTORY
from services.projects.duties.obligations import Obligation, all_duties, obligations
from services.projects.duties.reserve_updates import hand_in_updates
from services.projects.duties.tables import CONSEQUENCES
from services.projects.plan import reference
from shared import telemetry
from shared.command import Given
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_ACTOR = system_actor("projects")
log = structlog.get_logger(__name__)
_tracer = telemetry.tracer(__name__)


@dataclass(slots=True)
class DutyWatch(DayWatch):
    """Reminds of due days, records missed periods, and draws consequences."""

    name = "duties"
    again_s = 60.0  # more than once a day, because a plan may be loaded during the day

    _named: NamedIn = field(default_factory=dict, init=False)

    async def sweep(self) -> int:
        """Follows up every account that needs it today. Returns the number of events."""
        today = self.app.today()
        with _tracer.start_as_current_span("projects duty watch"):
            written = 0
            written += await self._updates()
            known = Given(today=today, by=_ACTOR.subject)
            due, plans = await self._due(known)
            for command, version in due:
                key = command.key
                body = {"duty": key.duty, "region": key.region, "day": today.isoformat()}
                # One command id per account, version and day, so that two processes at once follow up once.
                call = Call(f"{key.duty}:{key.region}:{version}:{today}", _ACTOR, "follow-up-duty", body)
                try:
                    reply = await HISTORY.carry_out(
                        self.app, call, command, known, answer=lambda done: len(done.events)
                    )
                    written += int(reply.data)
                except Problem as problem:  # go on with the other accounts
                    not_done(log, "duty not followed up", problem, duty=key.duty, region=key.region)
            written += await carry_out_all(self.app, plans, self._named)
        return written

    async def _updates(self) -> int:
        """Hands in the reserve library's updates first, so that nobody is reminded of a duty already done."""
        async with self.app.engine.connect() as conn:
            duties, regions = await all_duties(conn), await reference.regions(conn)
        return await hand_in_updates(self.app, duties, regions)

    async def _due(self, given: Given) -> tuple[list[tuple[FollowUpOn, int]], dict[str, str]]:
        """One command per account that needs follow-up according to the tables, and the plan of each duty.

        Each command comes with the version of the account that it was found on.
        """
        async with self.app.snapshots.connect() as conn:
            duties = [each for each in await all_duties(conn) if each.follow_up is not None]
            known = await obligations(conn, duties, await reference.regions(conn)) if duties else []
            drawn: dict[tuple[str, str], list[Drawn]] = {}
            table = CONSEQUENCES
            for row in await conn.execute(select(table).order_by(table.c.last_period)):
                drawn.setdefault((row.duty, row.region), []).append(Drawn(**row._mapping))
        accounts: dict[Key, list[Obligation]] = {}
        for one in known:
            accounts.setdefault(Key(one.duty.plan, one.duty.duty, one.region.code), []).append(one)
        found = []
        for key, owed in accounts.items():
            known_drawn = {one.last_period: one for one in drawn.get((key.duty, key.region), ())}
            account = Account({each.period: each.entry for each in owed}, known_drawn)
            command = _command(key, owed, given.today)
            if command is not None and decide(command, account, given):
                found.append(command)
        async with self.app.engine.connect() as conn:
            versions = await of_streams(self.app, conn, [account_stream(each) for each in found])
        return list(zip(found, versions, strict=True)), {each.duty: each.plan for each in reversed(duties)}


def _command(key: Key, owed: list[Obligation], today: date) -> FollowUpOn | None:
    """The command to follow up all occasions up to the last that may need a reminder; None without a rule."""
    rule = owed[0].duty.follow_up
    if rule is None:
        return None
    until = today + timedelta(days=max(rule.remind_days))
    return FollowUpOn(key, tuple(each.owed for each in owed if each.due_on <= until), rule)
