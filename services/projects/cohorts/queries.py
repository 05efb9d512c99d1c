"""How a contract year's cohort stands: its closed members, or while it is open those of today."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.cohorts.contracts import open_members
from services.projects.cohorts.decisions import Kind, Year
from services.projects.cohorts.facts import cohort_id
from services.projects.cohorts.rate import Standing, start_rate
from services.projects.cohorts.views import COHORT, LATE, MEMBER
from services.projects.common.investor import InvestorKind
from services.projects.common.models import Answer, Money, Request
from services.projects.common.values import RegionCode
from services.projects.plan import reference
from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from shared.rpc import Call
from shared.service import Service

STARTED = [Stage.STARTED.value, Stage.PARTLY_PRODUCING.value, Stage.PRODUCING.value]


class GetCohort(Request):
    """Ask how a contract year's cohort stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"investor_kind": "private", "year": 2012}]})

    investor_kind: Kind
    year: Year
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    on: date | None = Field(default=None, description="as of this day; without it today")


class CohortView(Answer):
    """A contract year's cohort and its start rate (开工率), by project count."""

    cohort: str = Field(examples=["private:2012"])
    investor_kind: InvestorKind
    year: int
    as_of: date
    closed_on: date | None = Field(description="null: open, its members may still change")
    members: int
    formally_ended: int = Field(description="of them formally ended: they no longer count")
    counted: int = Field(description="members less the formally ended: the denominator")
    started: int = Field(description="of those counted, ever started (开工); exits stay in")
    exits: int = Field(description="of those counted, left the tracking (退出跟踪)")
    start_rate_percent: Decimal | None = Field(
        description="started of counted, two decimals; null: none counts"
    )
    contracts: Money = Field(description="sum of the members' contracts, CNY (yuan)")
    late_contracts: int = Field(
        description="contracts of the year that became known after it was closed: no members"
    )


async def get_cohort(service: Service, call: Call, body: GetCohort) -> CohortView:
    """By project count: exits stay in, terminated ones count until they are formally ended (PM-2, PM-4, G-8)."""
    on = body.on or service.today()
    cohort = cohort_id(body.investor_kind, body.year)
    async with service.snapshots.connect() as conn:
        closed = (await conn.execute(select(COHORT).where(COHORT.c.cohort == cohort))).one_or_none()
        members = _closed(cohort) if closed else open_members(body.investor_kind, body.year)
        tree = await reference.area_tree(conn)
        source = members.subquery()
        narrowed = select(source).where(*access.conditions(call.actor, tree, source.c, body.region))
        rows = (await conn.execute(narrowed)).all()
        reached = await _reached(conn, narrowed, on)
        missed = LATE.c
        late = (
            select(func.count())
            .select_from(LATE)
            .where(missed.cohort == cohort, *access.conditions(call.actor, tree, missed, body.region))
        )
        late_contracts = (await conn.execute(late)).scalar_one()
    rate = start_rate(
        Standing(
            started=any((row.project, stage) in reached for stage in STARTED),
            exited=(row.project, Stage.TRACKING_ENDED.value) in reached,
            formally_ended=(row.project, Stage.FORMALLY_ENDED.value) in reached,
        )
        for row in rows
    )
    return CohortView(
        cohort=cohort,
        investor_kind=body.investor_kind,
        year=body.year,
        as_of=on,
        closed_on=closed.closed_on if closed else None,
        members=rate.members,
        formally_ended=rate.formally_ended,
        counted=rate.counted,
        started=rate.started,
        exits=rate.exits,
        start_rate_percent=rate.percent,
        contracts=sum((row.amount for row in rows if row.amount is not None), Decimal(0)),
        late_contracts=late_contracts,
    )


def _closed(cohort: str) -> Select[Any]:
    t = MEMBER.c
    return select(t.project, t.region, t.amount).where(t.cohort == cohort)


async def _reached(conn: AsyncConnection, members: Select[Any], on: date) -> set[tuple[str, str]]:
    """(project, stage) for the stages that members reached up to that day."""
    t, inner = MILESTONE.c, members.subquery()
    stages = [*STARTED, Stage.TRACKING_ENDED.value, Stage.FORMALLY_ENDED.value]
    rows = await conn.execute(
        select(t.project, t.stage)
        .join(inner, inner.c.project == t.project)
        .where(t.stage.in_(stages), t.on_day <= on)
    )
    return {(row.project, row.stage) for row in rows}
