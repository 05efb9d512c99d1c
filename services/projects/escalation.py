"""Process manager: escalates overdue problems by the rule of PM-10 when the Clock's day changes.

The id of each command is derived from what it escalates, so that two processes at once do so once.
"""

import structlog
from sqlalchemy import select

from services.projects import tables
from services.projects.app import problems
from services.projects.app.watched import not_done
from services.projects.day_watch import DayWatch
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
        table, today = tables.project_problem.c, self.app.today()
        waiting = select(table.problem, table.level, table.due_on).where(
            table.standing == "waiting", table.due_on < today, table.level != "province"
        )
        async with self.app.engine.connect() as conn:
            rows = (await conn.execute(waiting.order_by(table.due_on, table.problem))).all()
        went = 0
        for row in rows:
            command_id = f"{row.problem}:{row.level}:{row.due_on}:{today}"
            call = Call(command_id, _ACTOR, "escalate-overdue", {"problem": row.problem})
            try:
                answer = await problems.escalate_overdue(self.app, call, row.problem)
            except Problem as problem:  # also raised if no rule covers the day; the other problems go on
                not_done(_log, "not escalated", problem, about=row.problem)
                continue
            went += answer.data["level"] != row.level
        return went
