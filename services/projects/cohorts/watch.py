"""Process manager: records contracts of closed years that became known later, whichever command brought them in."""

import structlog
from sqlalchemy import String, cast, exists, func, or_, select

from services.projects.cohorts.decisions import Contracts, NoteLateContract
from services.projects.cohorts.facts import CohortMember
from services.projects.cohorts.feature import HISTORY
from services.projects.cohorts.views import COHORT, LATE, MEMBER
from services.projects.common.day_watch import DayWatch
from services.projects.common.watched import not_done
from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Call

_log = structlog.get_logger(__name__)
_ACTOR = system_actor("cohorts")


class CohortWatch(DayWatch):
    """Records contracts that came too late for their cohort."""

    name = "cohorts"
    again_s = 60.0  # more than once a day, because a contract may be reported at any time

    async def sweep(self) -> int:
        """Records every late contract that isn't recorded yet. Returns how many."""
        today, written = self.app.today(), 0
        project, contract, closed = PROJECT.c, MILESTONE.c, COHORT.c
        member, late = MEMBER.c, LATE.c
        year = cast(func.extract("year", contract.on_day), String)
        known = or_(
            exists().where(member.cohort == closed.cohort, member.project == project.project),
            exists().where(late.cohort == closed.cohort, late.project == project.project),
        )
        query = (
            select(closed.cohort, project.project, project.region, contract.on_day, contract.amount)
            .join(MILESTONE, contract.project == project.project)
            .join(COHORT, closed.cohort == project.investor_kind + ":" + year)
            .where(contract.stage == Stage.CONTRACT_SIGNED.value, ~known)
            .order_by(closed.cohort, project.project)
        )
        async with self.app.engine.connect() as conn:
            found = (await conn.execute(query)).all()
        for row in found:
            contracted = CohortMember(row.project, row.region, row.on_day, row.amount)
            body = {"cohort": row.cohort, "project": row.project}
            call = Call(f"{row.cohort}:{row.project}", _ACTOR, "note-late-contract", body)
            try:
                noted = await HISTORY.carry_out(
                    self.app,
                    call,
                    NoteLateContract(cohort=row.cohort, contract=contracted),
                    Contracts(today=today, by=_ACTOR.subject),
                    answer=lambda done: len(done.events),
                )
                written += int(noted.data)
            except Problem as problem:  # go on with the other contracts
                not_done(_log, "late contract not recorded", problem, project=row.project)
        return written
