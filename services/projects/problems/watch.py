"""Process manager: escalates overdue problems by the rule of PM-10 when the Clock's day changes.

The id of each command is derived from what it escalates, so that two processes at once do so once.
"""

import structlog
from sqlalchemy import select

from services.projects.common.day_watch import DayWatch
from services.projects.common.watched import not_done
from services.projects.problems import rules
from services.projects.problems.decisions.commands import ByRules, EscalateOverdue
from services.projects.problems.feature import HISTORY
from services.projects.problems.views import TABLE
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("escalation")


class EscalationWatch(DayWatch):
    """Escalates unanswered problems to the next level."""

    name = "escalation"

    async def sweep(self) -> int:
        """Escalates every problem that has waited too long by one level. Returns how many."""
        table, today = TABLE.c, self.app.today()
        waiting = select(table.problem, table.level, table.due_on).where(
            table.standing == "waiting", table.due_on < today, table.level != "province"
        )
        async with self.app.engine.connect() as conn:
            rows = (await conn.execute(waiting.order_by(table.due_on, table.problem))).all()
            given = ByRules(today=today, by=_ACTOR.subject, rules=await rules.rules(conn))
        went = 0
        for row in rows:
            command_id = f"{row.problem}:{row.level}:{row.due_on}:{today}"
            call = Call(command_id, _ACTOR, "escalate-overdue", {"problem": row.problem})
            try:
                escalated = await HISTORY.carry_out(
                    self.app,
                    call,
                    EscalateOverdue(problem=row.problem),
                    given,
                    answer=lambda done: len(done.events),
                )
            except Problem as problem:  # also raised if no rule covers the day; the other problems go on
                not_done(_log, "not escalated", problem, about=row.problem)
                continue
            went += (
                escalated.data == 1
            )  # an answer that the release before has kept is a problem, not a number
        return went
