"""Commands on measures (措施)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import measure
from services.projects.domain.measure import MeasureCommand
from services.projects.events import MEASURE, measure_stream
from services.projects.models import measures as models
from services.projects.views.measures import measure_view
from shared.problems import not_found
from shared.rpc import Call, Reply


async def open_measure(app: App, call: Call, body: models.OpenMeasure) -> Reply:
    """Promise something, for one's own government or one below."""

    async def command(conn: AsyncConnection) -> MeasureCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_measure_write(call.actor, tree, body.region)
        if body.tag is not None:
            await checks.programmes(conn, [], [body.tag])
        return measure.OpenMeasure(
            measure=body.measure,
            kind=body.kind,
            name=body.name,
            region=body.region,
            rows=tuple(body.rows),
            owner=body.owner,
            due_on=body.due_on,
            source=body.source,
            today=app.today(),
            tag=body.tag,
            industries=tuple(body.industries),
        )

    return await _run(app, call, body.measure, command)


async def change_measure(
    app: App, call: Call, body: models.FollowUpMeasure | models.CompleteMeasure | models.ReopenMeasure
) -> Reply:
    """What was done for a measure, by the government whose it is or one above it."""
    today = app.today()
    on, by = body.on or today, body.reported_by or call.actor.subject

    async def command(conn: AsyncConnection) -> MeasureCommand:
        table = tables.measure.c
        region = (
            await conn.execute(select(table.region).where(table.measure == body.measure))
        ).scalar_one_or_none()
        if region is None:
            raise not_found("measure", body.measure)
        scope.check_measure_write(call.actor, await reference.area_tree(conn), region)
        match body:
            case models.FollowUpMeasure():
                return measure.FollowUpMeasure(body.measure, on, body.text, body.evidence, by, today)
            case models.CompleteMeasure():
                return measure.CompleteMeasure(body.measure, on, body.evidence, by, today)
            case models.ReopenMeasure():
                return measure.ReopenMeasure(body.measure, on, body.reason, by, today, body.due_on)

    return await _run(app, call, body.measure, command)


async def _run(app: App, call: Call, name: str, command: Making[MeasureCommand]) -> Reply:
    def answer(state: measure.MeasureState, events: Sequence[measure.MeasureEvent]) -> object:
        return measure_view(state, app.today()).model_dump(mode="json")

    return await app.run(call, measure_stream(name), MEASURE, command, answer=answer)
