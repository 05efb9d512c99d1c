"""Process manager: releases what funds hold for awards that a later edition of the ranking took away or reduced."""

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.assessed.tables import AWARD
from services.projects.common.day_watch import DayWatch
from services.projects.common.watched import not_done
from services.projects.funds.awards.commands import granted
from services.projects.funds.awards.decisions import FitAward, Paying
from services.projects.funds.awards.views import TABLE
from services.projects.funds.facts import FundState
from services.projects.funds.history import HISTORY
from services.projects.funds.rules import separation_of_duties
from shared.command import Given
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("awards")


class AwardWatch(DayWatch):
    """Releases what is held above the granted amount. Recovering what was paid above it is left to people."""

    name = "awards"
    again_s = 5.0

    async def sweep(self) -> int:
        """Releases every excess. Returns how many."""
        award, payment = AWARD.c, TABLE.c
        over = (
            select(award.award, award.position, payment.fund)
            .where(
                award.award == payment.award,
                payment.reserved + payment.committed > 0,
                payment.reserved + payment.committed + payment.paid > award.amount,
            )
            .order_by(award.award)
        )
        async with self.app.engine.connect() as conn:
            rows = (await conn.execute(over)).all()
        done = 0
        for row in rows:
            body = {"fund": row.fund, "award": row.award}
            # The id is the grant's position and the day: one release per grant and day.
            call = Call(f"{row.award}:{row.position}:{self.app.today()}", _ACTOR, "fit-award", body)
            try:
                await self._fit(call, FitAward(fund=row.fund, award=row.award))
            except Problem as problem:
                not_done(_log, "not released", problem, award=row.award)
                continue
            done += 1
        return done

    async def _fit(self, call: Call, command: FitAward) -> None:
        """Releases what the fund holds above the amount granted now; does nothing without an excess."""
        today = self.app.today()

        async def given(conn: AsyncConnection, state: FundState) -> Given:
            return Paying(
                today=today,
                by=call.actor.subject,
                award=await granted(conn, command.award, command.fund, state),
                separation=await separation_of_duties(conn, today),
            )

        await HISTORY.carry_out(self.app, call, command, given, answer=lambda done: len(done.events))
