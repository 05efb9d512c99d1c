"""Reminds of acceptances that are due, when the Clock's day changes (TR-14c: 督促…及时组织验收).

The command id is the project and the day, so that two processes running at once send one reminder.
"""

from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from services.projects.common.day_watch import DayWatch
from services.projects.common.watched import not_done
from services.projects.plan import reference
from services.projects.projects.acceptance.decisions import AcceptanceRule, RemindAcceptance, Reminding
from services.projects.projects.history import HISTORY
from services.projects.projects.registers.views import STAY
from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("acceptance")


class AcceptanceWatch(DayWatch):
    """Reminds cities of built projects that are still not accepted."""

    name = "acceptances"

    async def sweep(self) -> int:
        """Sends a reminder for every acceptance due by the rule in force. Returns the number of commands sent."""
        today = self.app.today()
        async with self.app.engine.connect() as conn:
            rules = [rule for rule in await reference.rules(conn, "acceptance") if rule.holds(today)]
            if not rules:
                return 0
            rule = await reference.parameters(conn, "acceptance", today, AcceptanceRule)
            project, stay, built = PROJECT.c, STAY.c, MILESTONE.c
            due = (
                select(project.project)
                .distinct()
                .join(STAY, stay.project == project.project)
                .join(MILESTONE, built.project == project.project)
                .where(
                    stay.register.in_(rule.registers),
                    built.stage == Stage.PRODUCING.value,
                    project.stage == Stage.PRODUCING.value,
                    built.on_day < today - timedelta(days=rule.due_days),
                    or_(
                        project.reminded_on.is_(None),
                        project.reminded_on <= today - timedelta(days=rule.remind_every_days),
                    ),
                )
                .order_by(project.project)
            )
            found = list((await conn.execute(due)).scalars())
        given = Reminding(today=today, by=_ACTOR.subject, rule=rule)
        for each in found:
            call = Call(f"{each}:{today}", _ACTOR, "remind-acceptance", {"project": each})
            try:
                await HISTORY.carry_out(
                    self.app,
                    call,
                    RemindAcceptance(project=each),
                    given,
                    answer=lambda done: len(done.events),
                )
            except Problem as problem:  # go on with the other projects
                not_done(_log, "not reminded", problem, project=each)
        return len(found)
