"""Questions about applications to funds."""

from collections.abc import Sequence

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Text, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Money, Request
from services.projects.common.values import ProjectId, RegionCode
from services.projects.funds.decisions import FUND
from services.projects.funds.facts import Fund, is_about, stream
from services.projects.funds.subsidies.facts import Status
from services.projects.funds.subsidies.views import TABLE, SubsidySummary, SubsidyView, view
from services.projects.funds.values import ApplicationId, FundId
from services.projects.plan import reference
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_T = TABLE.c
_ORDER = lists.Order(_T.fund, _T.application)
_STATUS = literal_column("subsidy.status", Text)


class GetSubsidy(Request):
    """Ask for one application."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"fund": "TR-19", "application": "S-2013-0042"}]}
    )

    fund: FundId
    application: ApplicationId


class ListSubsidies(Request):
    """Ask for applications; every filter narrows. In order of fund and id."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100", "status": "committed"}]})

    region: RegionCode | None = Field(default=None, description="of projects in it and what lies under it")
    fund: FundId | None = Field(default=None, description="to this fund")
    project: ProjectId | None = Field(default=None, description="of this project, from every fund (TR-21)")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    status: Status | None = Field(default=None, description="where it stands")
    limit: Limit
    cursor: Cursor


class SubsidySums(Answer):
    """Sums over all that the filters leave."""

    entitlement: Money
    reserved: Money
    committed: Money
    paid: Money


class SubsidyPage(Answer):
    """A page of applications, and the count and sums of all that the filters leave."""

    items: list[SubsidySummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    total: SubsidySums


async def get_subsidy(service: Service, call: Call, body: GetSubsidy) -> SubsidyView:
    """An application with its base, its evidence, and its money."""
    async with service.snapshots.connect() as conn:
        history = await service.log.load(conn, stream(body.fund))
        tree = await reference.area_tree(conn)
    events = [service.catalogue.decode(event) for event in history]
    state = FUND.fold(events)
    known = state.applications.get(body.application) if isinstance(state, Fund) else None
    if known is None or not access.may_see_project(
        call.actor, tree, known.requested.region, known.requested.enterprise
    ):
        raise not_found("application", f"{body.fund} / {body.application}")
    return view(known, sum(is_about(body.application, event) for event in events))


async def list_subsidies(service: Service, call: Call, body: ListSubsidies) -> SubsidyPage:
    """Every filter narrows; count and sums are of all that they leave. By project: its money from every fund."""
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        where = [*access.conditions(call.actor, tree, _T, body.region), *_filters(body)]
        query = select(TABLE, _STATUS.label("status")).where(*where)
        page = await _ORDER.page(conn, query, body)
        columns = {each.name: func.sum(each) for each in (_T.entitlement, _T.reserved, _T.committed, _T.paid)}
        sums = await lists.totals(conn, query, count=func.count(), **columns)
        keys = [(row.fund, row.application) for row in page.rows]
        at = await _versions(service, conn, keys)
    return SubsidyPage(
        items=[
            SubsidySummary.model_validate({**row._mapping, "version": version})
            for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
        count=sums.pop("count"),
        total=SubsidySums(**sums),
    )


def _filters(body: ListSubsidies) -> Sequence[ColumnElement[bool]]:
    wanted = (
        (_T.fund, body.fund),
        (_T.project, body.project),
        (_T.enterprise, body.enterprise),
        (_STATUS, body.status),
    )
    return [column == value for column, value in wanted if value is not None]


async def _versions(service: Service, conn: AsyncConnection, keys: Sequence[tuple[str, str]]) -> list[int]:
    """The versions of applications, each named by fund and id."""
    found = await service.log.count(conn, list({stream(fund) for fund, _ in keys}), None, "application")
    return [found.get((stream(fund), application), 0) for fund, application in keys]
