"""The command that closes a contract year's cohort."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import scope, tables
from services.projects.app.context import App
from services.projects.domain.cohort import (
    CloseCohort,
    ClosedCohort,
    CohortEvent,
    CohortMember,
    CohortState,
    NoteLateContract,
    cohort_id,
)
from services.projects.domain.stages import Stage
from services.projects.events import COHORT, cohort_stream
from services.projects.models import cohorts as models
from shared.rpc import Call, Reply


async def close_cohort(app: App, call: Call, body: models.CloseCohort) -> Reply:
    """Keep the projects with a contract of that year and kind of investor, as they are known now."""
    scope.check_close_cohort(call.actor)
    today = app.today()

    async def command(conn: AsyncConnection) -> CloseCohort:
        project, contract = tables.project.c, tables.project_milestone.c
        rows = await conn.execute(
            select(project.project, project.region, contract.on_day, contract.amount)
            .join(tables.project_milestone, contract.project == project.project)
            .where(
                contract.stage == Stage.CONTRACT_SIGNED.value,
                contract.on_day.between(date(body.year, 1, 1), date(body.year, 12, 31)),
                project.investor_kind == body.investor_kind.value,
            )
        )
        members = tuple(CohortMember(row.project, row.region, row.on_day, row.amount) for row in rows)
        return CloseCohort(body.investor_kind, body.year, members, call.actor.subject, today)

    def answer(state: CohortState, events: Sequence[CohortEvent]) -> object:
        if not isinstance(state, ClosedCohort):
            raise TypeError("not a closed cohort")
        closed = state.closed
        return models.ClosedCohort(
            cohort=closed.cohort, closed_on=closed.closed_on, members=len(closed.members)
        ).model_dump(mode="json")

    stream = cohort_stream(cohort_id(body.investor_kind, body.year))
    return await app.run(call, stream, COHORT, command, answer=answer)


async def note_late_contract(app: App, call: Call, command: NoteLateContract) -> Reply:
    """The watch's finding; answers how many events that made."""
    stream = cohort_stream(command.cohort)
    return await app.run(call, stream, COHORT, command, answer=lambda state, events: len(events))
