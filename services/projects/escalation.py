"""Escalates what is overdue, when the Clock's day changes: the rule of PM-10, carried out without anybody.

Each step is a command with an id made of what it is about, so that two processes at once do it once.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import date

import structlog
from sqlalchemy import select

from services.projects import tables
from services.projects.app import problems
from services.projects.app.context import App
from shared.health import OK, Check
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_IDLE_S = 2.0
_ACTOR = system_actor("escalation")


@dataclass(slots=True)
class EscalationWatch:
    """Runs beside the commands."""

    app: App
    _swept: date | None = field(default=None, init=False)
    _failure: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Sweep once a day of the Clock, at its start. Errors are logged and tried again."""
        while True:
            try:
                if self._swept != (today := self.app.today()):
                    await self.sweep()
                    self._swept = today
                self._failure = None
            except Exception as error:
                self._failure = f"{type(error).__name__}: {error}"
                _log.exception("escalation failed")
                await asyncio.sleep(_IDLE_S)
            await self.app.clock.changed(_IDLE_S)

    def check(self) -> Check:
        """Degraded while nothing can be escalated: it is made up for, with a later day."""
        return OK if self._failure is None else Check("degraded", self._failure)

    async def sweep(self) -> int:
        """Send every problem that has waited too long one level up; answers how many went."""
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
            except Problem as problem:  # somebody was faster, or no rule covers the day: the others go on
                _log.warning("not escalated", problem=row.problem, why=problem.detail)
                continue
            went += answer.data["level"] != row.level
        return went
