"""Questions about measures: they are public, as the plan is."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.domain.measure import Measure
from services.projects.events import CATALOGUE, MEASURE, measure_stream
from services.projects.models import measures as models
from services.projects.queries import paging, versions
from services.projects.views.measures import measure_summary, measure_view
from shared.problems import not_found
from shared.rpc import Call

_TABLE = tables.measure.c


async def get_measure(app: App, call: Call, body: models.GetMeasure) -> models.MeasureDetail:
    """A measure with what was done, and how many projects it has reached."""
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, measure_stream(body.measure))
        if not history:
            raise not_found("measure", body.measure)
        state = MEASURE.fold([CATALOGUE.decode(event) for event in history])
        view = measure_view(state, app.today())
        reached, by_item = await _reached(conn, state) if isinstance(state, Measure) else (None, {})
    known = {**dict(view), "version": len(history)}
    return models.MeasureDetail(**known, reached=reached, reached_by_item=by_item)


async def list_measures(app: App, call: Call, body: models.ListMeasures) -> models.MeasurePage:
    """A page of measures in order of their ids, with how all that the filters leave stand."""
    today = app.today()
    where = _filters(body, today)
    query = select(tables.measure).where(*where)
    if body.cursor:
        (after,) = paging.read(body.cursor, 1)
        query = query.where(_TABLE.measure > after)
    kinds = select(
        func.count(),
        func.count().filter(_standing("completed", today)),
        func.count().filter(_standing("overdue", today)),
        func.coalesce(func.sum(_TABLE.item_count), 0),
        func.coalesce(func.sum(_TABLE.items_done), 0),
    ).where(*where)
    async with app.snapshots.connect() as conn:
        rows = (await conn.execute(query.order_by(_TABLE.measure).limit(body.limit + 1))).all()
        count, completed, overdue, items, done = (await conn.execute(kinds)).one()
        page = rows[: body.limit]
        at = await versions.of_streams(app, conn, [measure_stream(row.measure) for row in page])
    return models.MeasurePage(
        items=[measure_summary(row, today, version) for row, version in zip(page, at, strict=True)],
        next_cursor=paging.cursor(page[-1].measure) if len(rows) > body.limit else None,
        count=count,
        open=count - completed - overdue,
        overdue=overdue,
        completed=completed,
        item_count=items,
        items_done=done,
    )


def _filters(body: models.ListMeasures, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if body.region:
        found.append(_TABLE.region == body.region)
    if body.kind:
        found.append(_TABLE.kind == body.kind)
    if body.row:
        found.append(_TABLE.rows.contains([body.row]))
    if body.standing:
        found.append(_standing(body.standing, today))
    return found


def _standing(standing: models.Standing, today: date) -> ColumnElement[bool]:
    if standing == "completed":
        return _TABLE.completed_on.is_not(None)
    late = _TABLE.due_on < today
    return and_(_TABLE.completed_on.is_(None), late if standing == "overdue" else ~late)


async def _reached(
    conn: AsyncConnection, state: Measure
) -> tuple[models.Reached | None, dict[str, models.Reached]]:
    """The projects of the measure's tag, and of them those of each item that names industries."""
    known = state.opened
    if known.tag is None:
        return None, {}
    tree = await reference.area_tree(conn)
    project = tables.project.c
    where = [project.tags.contains([known.tag]), project.region.in_(tree.covered_by(known.region))]
    where += _of_industries(known.industries)
    items = {
        each.known.item: await _sums(conn, [*where, *_of_industries(each.known.industries)])
        for each in state.items
        if each.known.industries
    }
    return await _sums(conn, where), items


def _of_industries(prefixes: Sequence[str]) -> list[ColumnElement[bool]]:
    code = func.ltrim(tables.project.c.industry, "ABCDEFGHIJKLMNOPQRST")
    return [or_(*(code.startswith(each) for each in prefixes))] if prefixes else []


async def _sums(conn: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> models.Reached:
    project, subsidy = tables.project.c, tables.subsidy.c
    projects = select(func.count(), func.sum(project.total_investment)).where(*where)
    paid = select(func.sum(subsidy.paid)).where(subsidy.project.in_(select(project.project).where(*where)))
    count, total = (await conn.execute(projects)).one()
    return models.Reached(
        projects=count,
        total_investment=total or Decimal(0),
        paid=(await conn.execute(paid)).scalar_one() or Decimal(0),
    )
