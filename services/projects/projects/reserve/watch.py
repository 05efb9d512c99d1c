"""Process manager: ends stays in the reserve library without an update for too long (rule `reserve_silence`)."""

import structlog
from sqlalchemy import select

from services.projects.common.day_watch import DayWatch
from services.projects.common.watched import not_done
from services.projects.plan import reference
from services.projects.projects.history import HISTORY
from services.projects.projects.registers.views import STAY
from services.projects.projects.reserve.decisions import ByLibrary, ReserveRule, SilenceRule, UpdateReserve
from services.projects.projects.reserve.facts import Action, quarter
from services.projects.projects.reserve.rules import SILENCE, library
from services.projects.projects.reserve.views import UPDATE
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("reserve")


class ReserveWatch(DayWatch):
    """Drops projects without updates from the library; the government that keeps them may enter them again."""

    name = "reserve"

    async def sweep(self) -> int:
        """Ends every overdue stay. Returns how many."""
        today, done = self.app.today(), 0
        async with self.app.engine.connect() as conn:
            if not any(rule.holds(today) for rule in await reference.rules(conn, SILENCE)):
                return 0
            silence = await reference.parameters(conn, SILENCE, today, SilenceRule)
            rule = await library(conn, today)
            stay, look = STAY.c, UPDATE.c
            rows = await conn.execute(
                select(stay.project, stay.register, stay.valid_from, look.quarter)
                .outerjoin(UPDATE, (look.project == stay.project) & (look.register == stay.register))
                .where(stay.register.in_(rule.registers), stay.valid_to.is_(None), stay.valid_from < today)
                .order_by(stay.project, stay.register)
            )
            over = [
                (row.project, row.register, last)
                for row in rows
                if silence.ends(last := max(row.quarter or "", quarter(row.valid_from)), quarter(today))
            ]
        for project, register, last in over:
            done += await self._end(project, register, last, rule)
        return done

    async def _end(self, project: str, register: str, last: str, rule: ReserveRule) -> int:
        today = self.app.today()

        command = UpdateReserve(
            project=project,
            register=register,
            action=Action.DROPPED,
            reason=f"连续未更新移出储备库（最近一次：{last}）",
        )
        given = ByLibrary(today=today, by=_ACTOR.subject, departments={}, rule=rule)
        body = {"project": project, "register": register}
        call = Call(f"{project}:{register}:{today}", _ACTOR, "update-reserve", body)
        try:
            await HISTORY.carry_out(self.app, call, command, given, answer=lambda done: len(done.events))
        except Problem as problem:  # go on with the other stays
            not_done(_log, "not taken out of the library", problem, project=project)
            return 0
        return 1
