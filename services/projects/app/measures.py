"""Commands on measures (措施)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import measure
from services.projects.domain import measure_decisions as decisions
from services.projects.domain.measure import MeasureItem
from services.projects.domain.measure_decisions import MeasureCommand
from services.projects.events import MEASURE, measure_stream
from services.projects.models import measures as models
from services.projects.views.measures import measure_view
from shared.decider import Edit
from shared.problems import not_found
from shared.rpc import Call, Reply

Change = models.AddMeasureItem | models.FollowUpMeasure | models.CompleteMeasure | models.ReopenMeasure


async def open_measure(app: App, call: Call, body: models.OpenMeasure) -> Reply:
    """Promise something, for one's own government or one below."""

    async def command(conn: AsyncConnection) -> MeasureCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_measure_write(call.actor, tree, body.region)
        if body.tag is not None:
            await checks.counted_for(conn, [], [body.tag])
        return decisions.OpenMeasure(
            measure=body.measure,
            kind=body.kind,
            name=body.name,
            region=body.region,
            rows=tuple(body.rows),
            owner=body.owner,
            due_on=body.due_on,
            source=body.source,
            today=app.today(),
            reported_by=call.actor.subject,
            tag=body.tag,
            industries=tuple(body.industries),
            items=tuple(_item(each) for each in body.items),
        )

    return await _run(app, call, body.measure, command)


async def change_measure(app: App, call: Call, body: Change) -> Reply:
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
            case models.AddMeasureItem():
                return decisions.AddMeasureItem(body.measure, _item(body), body.source, on, by, today)
            case models.FollowUpMeasure():
                return decisions.FollowUpMeasure(
                    body.measure, on, body.text, body.evidence, by, today, body.item
                )
            case models.CompleteMeasure():
                return decisions.CompleteMeasure(body.measure, on, body.evidence, by, today, body.item)
            case models.ReopenMeasure():
                return decisions.ReopenMeasure(
                    body.measure, on, body.reason, by, today, body.due_on, body.item
                )

    return await _run(app, call, body.measure, command, body.version)


def _item(body: models.MeasureItemIn) -> MeasureItem:
    return MeasureItem(body.item, body.name, tuple(body.industries))


async def _run(
    app: App, call: Call, name: str, command: Making[MeasureCommand], seen: int | None = None
) -> Reply:
    def answer(state: measure.MeasureState, events: Sequence[measure.MeasureEvent]) -> object:
        return measure_view(state, app.today()).model_dump(mode="json")

    return await app.run(call, measure_stream(name), MEASURE, command, answer=answer, edit=Edit(seen))
