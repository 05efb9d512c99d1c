"""Questions about reported figures and the list of indicators."""

from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from services.assessment import access
from services.assessment.common.models import Cursor, NextCursor, Request
from services.assessment.common.values import Period, RegionCode
from services.assessment.regions.queries import area_tree
from services.assessment.statistics.decisions import STATISTIC, IndicatorId
from services.assessment.statistics.facts import INITIAL, stream
from services.assessment.statistics.indicators import find, indicators
from services.assessment.statistics.views import (
    TABLE,
    IndicatorView,
    StatisticRow,
    StatisticView,
    listed,
    view,
)
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service


class ListStatistics(Request):
    """The figures that count now; every filter is optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"indicator": "total_energy", "period": "2012"}]}
    )
    indicator: IndicatorId | None = None
    region: RegionCode | None = None
    period: Period | None = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=500, description="Figures per page.")] = 100


class GetStatistic(Request):
    """One figure with its vintages."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"indicator": "total_energy", "region": "350100", "period": "2012"}]}
    )
    indicator: IndicatorId
    region: RegionCode
    period: Period


class ListIndicators(Request):
    """The reference list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class StatisticPage(BaseModel):
    """One page of figures."""

    items: list[StatisticRow]
    next_cursor: NextCursor


class IndicatorList(BaseModel):
    """The reference list."""

    items: list[IndicatorView]


async def list_statistics(service: Service, call: Call, body: ListStatistics) -> StatisticPage:
    """The figures that count now, of your regions and of the province. What isn't listed is missing, not zero."""
    t = TABLE.c
    key = (t.indicator, t.region, t.period)
    statement = select(TABLE)
    for column, value in zip(key, (body.indicator, body.region, body.period), strict=True):
        if value is not None:
            statement = statement.where(column == value)
    async with service.snapshots.connect() as conn:
        tree = await area_tree(conn)
        statement = access.within(statement, t.region, call.actor, tree, body.region)
        page = await lists.Order(*key).page(conn, statement, body)
    return StatisticPage(
        items=[listed(row.figure, row.vintages) for row in page.rows],
        next_cursor=page.next_cursor,
    )


async def get_statistic(service: Service, call: Call, body: GetStatistic) -> StatisticView:
    """A figure and those before it, oldest first, each with its source, day and reason."""
    definition = find(body.indicator, body.period)
    if definition is None:
        raise not_found("indicator", body.indicator, remedy="List the indicators.")
    state = INITIAL
    async with service.snapshots.connect() as conn:
        visible = access.visible_regions(call.actor, await area_tree(conn))
        if visible is None or body.region in visible:
            state, _ = await service.state(conn, STATISTIC, stream(body.indicator, body.region, body.period))
    return view(definition, body.region, body.period, state)


async def list_indicators(service: Service, call: Call, body: ListIndicators) -> IndicatorList:
    """What may be reported: unit, price base, standard-coal basis, and the time for which that holds."""
    return IndicatorList(items=[IndicatorView(**asdict(each)) for each in indicators()])
