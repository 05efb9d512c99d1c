"""Questions about measures: they are public, as the plan is."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common import versions
from services.projects.common.models import Answer, Cursor, Limit, Money, Request
from services.projects.common.values import RegionCode
from services.projects.funds.subsidies.views import TABLE as SUBSIDY
from services.projects.measures.decisions import MEASURE, Kind, MeasureId, Row
from services.projects.measures.facts import Measure, stream
from services.projects.measures.views import TABLE, MeasureSummary, MeasureView, Standing, summary, view
from services.projects.plan import reference
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region

_T = TABLE.c
_ORDER = lists.Order(_T.measure)


class GetMeasure(Request):
    """Ask for one measure."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"measure": "TR-23c"}]})

    measure: MeasureId


class ListMeasures(Request):
    """Ask for measures; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "industry_policy"}]})

    region: RegionCode | None = Field(default=None, description="of this government only")
    kind: Kind | None = Field(default=None, description="of this kind")
    row: Row | None = Field(default=None, description="that carries out this row of the plan")
    standing: Standing | None = Field(default=None, description="as it stands today, by the Clock")
    limit: Limit
    cursor: Cursor


class Reached(Answer):
    """The projects that carry the measure's tag, in its region and industries."""

    projects: int
    total_investment: Money
    paid: Money = Field(description="subsidies paid to them, from every fund")


class MeasureDetail(MeasureView):
    """A measure with whom it has reached."""

    reached: Reached | None = Field(description="null: the measure names no tag")
    reached_by_item: dict[str, Reached] = Field(description="of the items that name industries")


class MeasurePage(Answer):
    """A page of measures, and how all that the filters leave stand."""

    items: list[MeasureSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    open: int
    overdue: int
    completed: int
    item_count: int = Field(description="named parts of all of them")
    items_done: int = Field(description="of those parts completed")


async def get_measure(service: Service, call: Call, body: GetMeasure) -> MeasureDetail:
    """What was done for it, and its projects with their investment and what they were paid."""
    async with service.snapshots.connect() as conn:
        state, version = await service.state(conn, MEASURE, stream(body.measure))
        if not isinstance(state, Measure):
            raise not_found("measure", body.measure)
        reached, by_item = await _reached(conn, state)
    known = {**dict(view(state, service.today())), "version": version}
    return MeasureDetail(**known, reached=reached, reached_by_item=by_item)


async def list_measures(service: Service, call: Call, body: ListMeasures) -> MeasurePage:
    """Every filter narrows; how many are open, overdue and completed, and how many items, is of all they leave."""
    today = service.today()
    query = select(TABLE).where(*_filters(body, today))
    sums = {
        "count": func.count(),
        "completed": func.count().filter(_standing("completed", today)),
        "overdue": func.count().filter(_standing("overdue", today)),
        "item_count": func.sum(_T.item_count),
        "items_done": func.sum(_T.items_done),
    }
    async with service.snapshots.connect() as conn:
        check_region(await reference.area_tree(conn), body.region)
        page = await _ORDER.page(conn, query, body)
        known = await lists.totals(conn, query, **sums)
        at = await versions.of_streams(service, conn, [stream(row.measure) for row in page.rows])
    return MeasurePage(
        items=[
            summary(dict(row._mapping), today, version) for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
        open=known["count"] - known["completed"] - known["overdue"],
        **known,
    )


def _filters(body: ListMeasures, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if body.region:
        found.append(_T.region == body.region)
    if body.kind:
        found.append(_T.kind == body.kind)
    if body.row:
        found.append(_T.rows.contains([body.row]))
    if body.standing:
        found.append(_standing(body.standing, today))
    return found


def _standing(standing: Standing, today: date) -> ColumnElement[bool]:
    if standing == "completed":
        return _T.completed_on.is_not(None)
    late = _T.due_on < today
    return and_(_T.completed_on.is_(None), late if standing == "overdue" else ~late)


async def _reached(conn: AsyncConnection, state: Measure) -> tuple[Reached | None, dict[str, Reached]]:
    """The projects with the measure's tag, and among them those in the industries of each item."""
    known = state.opened
    if known.tag is None:
        return None, {}
    tree = await reference.area_tree(conn)
    project = PROJECT.c
    where = [project.tags.contains([known.tag]), project.region.in_(tree.covered_by(known.region))]
    where += _of_industries(known.industries)
    items = {
        each.known.item: await _sums(conn, [*where, *_of_industries(each.known.industries)])
        for each in state.items
        if each.known.industries
    }
    return await _sums(conn, where), items


def _of_industries(prefixes: Sequence[str]) -> list[ColumnElement[bool]]:
    code = func.ltrim(PROJECT.c.industry, "ABCDEFGHIJKLMNOPQRST")
    return [or_(*(code.startswith(each) for each in prefixes))] if prefixes else []


async def _sums(conn: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> Reached:
    project, subsidy = PROJECT.c, SUBSIDY.c
    projects = select(func.count(), func.sum(project.total_investment)).where(*where)
    paid = select(func.sum(subsidy.paid)).where(subsidy.project.in_(select(project.project).where(*where)))
    count, total = (await conn.execute(projects)).one()
    return Reached(
        projects=count,
        total_investment=total or Decimal(0),
        paid=(await conn.execute(paid)).scalar_one() or Decimal(0),
    )
