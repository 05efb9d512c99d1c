"""Gives back what funds hold for awards that another edition of the ranking has taken away or made smaller."""

import structlog
from sqlalchemy import select

from services.projects import tables
from services.projects.app import awards
from services.projects.app.watched import not_done
from services.projects.day_watch import DayWatch
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("awards")


class AwardWatch(DayWatch):
    """Releases what is held above what is granted. What is paid above it is for people: it is recovered."""

    name = "awards"
    again_s = 5.0

    async def sweep(self) -> int:
        """Release every excess; answers how many there were."""
        granted, payment = tables.award.c, tables.award_payment.c
        over = (
            select(granted.award, granted.position, payment.fund)
            .where(
                granted.award == payment.award,
                payment.reserved + payment.committed > 0,
                payment.reserved + payment.committed + payment.paid > granted.amount,
            )
            .order_by(granted.award)
        )
        async with self.app.engine.connect() as conn:
            rows = (await conn.execute(over)).all()
        done = 0
        for row in rows:
            body = {"fund": row.fund, "award": row.award}
            # By what is known of the award up to there: held again in error, it is given back again with a new day.
            call = Call(f"{row.award}:{row.position}:{self.app.today()}", _ACTOR, "fit-award", body)
            try:
                await awards.fit(self.app, call, row.fund, row.award)
            except Problem as problem:
                not_done(_log, "not released", problem, award=row.award)
                continue
            done += 1
        return done
