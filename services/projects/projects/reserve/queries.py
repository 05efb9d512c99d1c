"""Questions about the reserve library, as it stood on any day."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.models import Cursor, Limit, Request
from services.projects.common.tables import MONEY
from services.projects.common.values import RegionCode, RegisterCode
from services.projects.plan import reference
from services.projects.plan.facts import Region
from services.projects.projects import past
from services.projects.projects.facts import ProjectChanged, ProjectRegistered, stream
from services.projects.projects.registers.views import STAY
from services.projects.projects.reserve.decisions import Word
from services.projects.projects.reserve.facts import ReserveUpdated, quarter
from services.projects.projects.reserve.rules import library
from services.projects.projects.reserve.views import (
    SCREENING,
    UPDATE,
    CountyReserve,
    ReserveEntry,
    ReserveGroup,
    ReservePage,
    ReserveSummary,
    Standing,
)
from services.projects.projects.stages.facts import Stage
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.areas import AreaTree
from shared.rpc import Call
from shared.service import Service

_ORDER = lists.Order(PROJECT.c.project)


class ReserveSummaryRequest(Request):
    """Ask how a tier of the library stands."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"register": "reserve_provincial", "region": "350100"}]}
    )

    register_: RegisterCode = Field(
        alias="register", default="reserve_provincial", description="the tier, as a register"
    )
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    on: date | None = Field(default=None, description="as it stood on this day; null: today")


class ListReserve(ReserveSummaryRequest):
    """Ask for the projects of a tier; every filter narrows. In order of their ids."""

    stage: Word | None = Field(default=None, description="where the project stands")
    industry: str | None = Field(
        default=None, pattern=r"^\d{2,4}$", description="industry, the first digits of its code"
    )
    standing: Standing | None = Field(default=None, description="updated in the quarter of the day, or owed")
    limit: Limit
    cursor: Cursor


async def summarise(service: Service, call: Call, body: ReserveSummaryRequest) -> ReserveSummary:
    """A tier against the trillion-yuan total (TR-15) and county by county against three each (TR-16)."""
    on = body.on or service.today()
    async with service.snapshots.connect() as conn:
        rule = await library(conn, on)
        where = await _where(conn, call, body)
        regions = await _counties(conn, call, body, on)
        entries = _entries(body.register_, on, where, await _stages(service, conn, body.register_, on))
        rows = (await conn.execute(_grouped(entries, on))).all()
    per_county = rule.per_county if body.register_ == rule.registers[-1] else 0
    counties = [_county(each, rows, per_county) for each in regions]
    projects, updated = _count(rows), _count([row for row in rows if row.updated])
    return ReserveSummary(
        register_=body.register_,
        on=on,
        quarter=quarter(on),
        projects=projects,
        total_investment=_sum(rows),
        library_total=rule.total_investment,
        per_county=per_county,
        counties_short=sum(each.short_by > 0 for each in counties),
        updated=updated,
        owed=projects - updated,
        counties=counties,
        industries=_groups(rows, lambda row: row.industry),
        stages=_groups(rows, lambda row: row.stage),
    )


async def list_reserve(service: Service, call: Call, body: ListReserve) -> ReservePage:
    """A tier's projects on a day, with how each stands against the quarter's update."""
    on = body.on or service.today()
    async with service.snapshots.connect() as conn:
        stages = await _stages(service, conn, body.register_, on)
        query = _entries(body.register_, on, await _where(conn, call, body), stages)
        query = query.where(*_filters(body, on, query.selected_columns))
        sums = select(func.count(), func.sum(query.subquery().c.total_investment))
        count, total = (await conn.execute(sums)).one()
        page = await _ORDER.page(conn, query, body)
        projects = [row.project for row in page.rows]
        schemes = await _schemes(conn, projects)
        at = await _versions(service, conn, body.register_, projects)
    return ReservePage(
        items=[
            _entry(row, body.register_, on, schemes.get(row.project, []), version)
            for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
        count=count,
        total_investment=total or Decimal(0),
    )


async def _stages(
    service: Service, conn: AsyncConnection, register: str, on: date
) -> Mapping[str, Stage] | None:
    """The stages of the register's projects on an earlier day; None for today, whose stages are in the tables."""
    return await past.stages_of_register(conn, register, on) if on < service.today() else None


def _entries(
    register: str, on: date, where: Sequence[ColumnElement[bool]], stages: Mapping[str, Stage] | None
) -> Select[Any]:
    """The stays on the day, each with the project's content then and its last update up to then.

    For today the tables have both; for an earlier day (`stages` given) they are read from the project's events.
    """
    joined: FromClause = PROJECT.join(STAY, STAY.c.project == PROJECT.c.project)
    name: ColumnElement[Any] = PROJECT.c.name
    industry: ColumnElement[Any] = PROJECT.c.industry
    total: ColumnElement[Any] = PROJECT.c.total_investment
    stage: ColumnElement[Any] = PROJECT.c.stage
    look: Any = UPDATE.c
    if stages is not None:
        look, content = _look_by(on), _content_by(on)
        joined = joined.outerjoin(look, true()).outerjoin(content, true())
        look = look.c
        name, industry, total = (
            func.coalesce(then, now)
            for then, now in (
                (content.c.name, name),
                (content.c.industry, industry),
                (content.c.total_investment, total),
            )
        )
        # A project that joined the register before its planning day counts as planned.
        known = cast(literal({project: str(each) for project, each in stages.items()}, JSONB), JSONB)
        stage = func.coalesce(known.op("->>")(PROJECT.c.project), Stage.PLANNED.value)
    else:
        joined = joined.outerjoin(
            UPDATE, and_(UPDATE.c.project == PROJECT.c.project, UPDATE.c.register == STAY.c.register)
        )
    return (
        select(
            PROJECT.c.project,
            name.label("name"),
            PROJECT.c.region,
            industry.label("industry"),
            stage.label("stage"),
            total.label("total_investment"),
            STAY.c.valid_from,
            look.quarter,
            look.action,
            look.on_day,
        )
        .select_from(joined)
        .where(
            STAY.c.register == register,
            STAY.c.valid_from <= on,
            or_(STAY.c.valid_to.is_(None), STAY.c.valid_to >= on),
            *where,
        )
    )


_EVENT = table(
    "event", column("stream", Text), column("version", Integer), column("type", Text), column("data", JSON)
)


def _of_project() -> ColumnElement[bool]:
    return _EVENT.c.stream == literal("project:") + PROJECT.c.project


def _look_by(on: date) -> FromClause:
    """The last quarterly update of the stay up to a day."""
    data = _EVENT.c.data
    day = cast(data["on"].as_string(), Date)
    return (
        select(
            data["quarter"].as_string().label("quarter"),
            data["action"].as_string().label("action"),
            day.label("on_day"),
        )
        .where(
            _of_project(),
            _EVENT.c.type == ReserveUpdated.__name__,
            data["register"].as_string() == STAY.c.register,
            day <= on,
        )
        .order_by(_EVENT.c.version.desc())
        .limit(1)
        .lateral("look")
    )


def _content_by(on: date) -> FromClause:
    """The project's content on a day, from its registration or its last change up to then."""
    data = _EVENT.c.data
    changed = and_(_EVENT.c.type == ProjectChanged.__name__, cast(data["changed_on"].as_string(), Date) <= on)
    return (
        select(
            data["name"].as_string().label("name"),
            data["industry"].as_string().label("industry"),
            cast(data["total_investment"].as_string(), MONEY).label("total_investment"),
        )
        .where(_of_project(), or_(_EVENT.c.type == ProjectRegistered.__name__, changed))
        .order_by(_EVENT.c.version.desc())
        .limit(1)
        .lateral("content")
    )


def _grouped(entries: Select[Any], on: date) -> Select[Any]:
    """Counts and sums by what a summary distinguishes, so that single entries needn't be read."""
    each = entries.subquery().c
    keys = (
        each.region,
        func.substr(func.ltrim(each.industry, "ABCDEFGHIJKLMNOPQRST"), 1, 2).label("industry"),
        each.stage,
        func.coalesce(each.quarter == quarter(on), false()).label("updated"),
    )
    return select(
        *keys, func.count().label("projects"), func.sum(each.total_investment).label("investment")
    ).group_by(*keys)


async def _where(
    conn: AsyncConnection, call: Call, body: ReserveSummaryRequest
) -> Sequence[ColumnElement[bool]]:
    tree = await reference.area_tree(conn)
    return access.conditions(call.actor, tree, PROJECT.c, body.region)


def _filters(body: ListReserve, on: date, of: Any) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if body.stage:
        found.append(of.stage == body.stage)
    if body.industry:
        found.append(func.ltrim(of.industry, "ABCDEFGHIJKLMNOPQRST").startswith(body.industry))
    if body.standing == "updated":
        found.append(of.quarter == quarter(on))
    elif body.standing == "owed":
        found.append(of.quarter.is_distinct_from(quarter(on)))
    return found


async def _counties(conn: AsyncConnection, call: Call, body: ReserveSummaryRequest, on: date) -> list[Region]:
    """The county-level units administered on that day, that the actor may see."""
    known = await reference.regions(conn)
    tree = AreaTree.of(known)
    mine = (
        tree.covered_by(call.actor.area)
        if call.actor.role in ("city", "county") and call.actor.area
        else None
    )
    return [
        each
        for each in known
        if each.level == "county"
        and each.administered
        and (each.valid_from is None or each.valid_from <= on)
        and (each.valid_to is None or on <= each.valid_to)
        and (mine is None or each.code in mine)
        and (body.region is None or tree.covers(body.region, each.code))
    ]


def _county(region: Region, rows: Sequence[Any], per_county: int) -> CountyReserve:
    here = [row for row in rows if row.region == region.code]
    return CountyReserve(
        region=region.code,
        name=region.name,
        projects=_count(here),
        total_investment=_sum(here),
        short_by=max(per_county - _count(here), 0),
    )


def _groups(rows: Sequence[Any], key: Any) -> list[ReserveGroup]:
    keys = sorted({key(row) for row in rows})
    return [
        ReserveGroup(key=each, projects=_count(here), total_investment=_sum(here))
        for each in keys
        if (here := [row for row in rows if key(row) == each])
    ]


def _sum(rows: Sequence[Any]) -> Decimal:
    return sum((row.investment for row in rows), Decimal(0))


def _count(rows: Sequence[Any]) -> int:
    return sum(row.projects for row in rows)


async def _schemes(conn: AsyncConnection, projects: Sequence[str]) -> dict[str, list[str]]:
    screened = SCREENING.c
    query = select(screened.project, screened.scheme).where(
        screened.project.in_(projects), screened.recommended
    )
    found: dict[str, list[str]] = {}
    for row in await conn.execute(query.order_by(screened.scheme)):
        found.setdefault(row.project, []).append(row.scheme)
    return found


def _entry(row: Any, register: str, on: date, schemes: list[str], version: int) -> ReserveEntry:
    return ReserveEntry(
        project=row.project,
        name=row.name,
        region=row.region,
        industry=row.industry,
        stage=row.stage,
        total_investment=row.total_investment,
        register_=register,
        since=row.valid_from,
        standing="updated" if row.quarter == quarter(on) else "owed",
        last_quarter=row.quarter,
        last_action=row.action,
        last_on=row.on_day,
        recommended_for=schemes,
        version=version,
    )


async def _versions(
    service: Service, conn: AsyncConnection, register: str, projects: Sequence[str]
) -> list[int]:
    """The versions of the stays in a tier: how often each was looked at, by the log of this very moment."""
    streams = [stream(project) for project in projects]
    found = await service.log.count(conn, streams, [ReserveUpdated.__name__], "register")
    return [found.get((each, register), 0) for each in streams]
