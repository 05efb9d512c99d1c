"""Questions about the reserve library, as it stood on any day."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

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

from services.projects import reference, tables
from services.projects.app import past, reserve_rules
from services.projects.app.context import App
from services.projects.domain.project import ProjectChanged, ProjectRegistered
from services.projects.domain.reserve import ReserveUpdated, quarter
from services.projects.domain.stages import Stage
from services.projects.models import reserve as models
from services.projects.plan.facts import Region
from services.projects.queries import paging, versions, visible
from services.projects.tables.base import MONEY
from shared.areas import AreaTree
from shared.rpc import Call

_PROJECT, _STAY, _LAST = tables.project.c, tables.project_register.c, tables.reserve_update.c


async def summary(app: App, call: Call, body: models.ReserveSummaryRequest) -> models.ReserveSummary:
    """How a tier stands, in what the actor may see."""
    on = body.on or app.today()
    async with app.snapshots.connect() as conn:
        rule = await reserve_rules.library(conn, on)
        where = await _where(conn, call, body)
        regions = await _counties(conn, call, body, on)
        entries = _entries(body.register_, on, where, await _stages(app, conn, body.register_, on))
        rows = (await conn.execute(_grouped(entries, on))).all()
    per_county = rule.per_county if body.register_ == rule.registers[-1] else 0
    counties = [_county(each, rows, per_county) for each in regions]
    projects, updated = _count(rows), _count([row for row in rows if row.updated])
    return models.ReserveSummary(
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


async def list_reserve(app: App, call: Call, body: models.ListReserve) -> models.ReservePage:
    """A page of a tier's projects in order of their ids, with count and sum of all that the filters leave."""
    on = body.on or app.today()
    async with app.snapshots.connect() as conn:
        stages = await _stages(app, conn, body.register_, on)
        query = _entries(body.register_, on, await _where(conn, call, body), stages)
        query = query.where(*_filters(body, on, query.selected_columns))
        sums = select(func.count(), func.sum(query.subquery().c.total_investment))
        count, total = (await conn.execute(sums)).one()
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(_PROJECT.project > after)
        rows = (await conn.execute(query.order_by(_PROJECT.project).limit(body.limit + 1))).all()
        page = rows[: body.limit]
        projects = [row.project for row in page]
        schemes = await _schemes(conn, projects)
        at = await versions.of_reserve(app, conn, body.register_, projects)
    return models.ReservePage(
        items=[
            _entry(row, body.register_, on, schemes.get(row.project, []), version)
            for row, version in zip(page, at, strict=True)
        ],
        next_cursor=paging.cursor(page[-1].project) if len(rows) > body.limit else None,
        count=count,
        total_investment=total or Decimal(0),
    )


async def _stages(app: App, conn: AsyncConnection, register: str, on: date) -> Mapping[str, Stage] | None:
    """The stages of the register's projects on an earlier day; None for today, whose stages are in the tables."""
    return await past.stages_of_register(conn, register, on) if on < app.today() else None


def _entries(
    register: str, on: date, where: Sequence[ColumnElement[bool]], stages: Mapping[str, Stage] | None
) -> Select[Any]:
    """The stays on the day, each with the project's content then and its last update up to then.

    For today the tables have both; for an earlier day (`stages` given) they are read from the project's events.
    """
    joined: FromClause = tables.project.join(tables.project_register, _STAY.project == _PROJECT.project)
    name: ColumnElement[Any] = _PROJECT.name
    industry: ColumnElement[Any] = _PROJECT.industry
    total: ColumnElement[Any] = _PROJECT.total_investment
    stage: ColumnElement[Any] = _PROJECT.stage
    look: Any = _LAST
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
        stage = func.coalesce(known.op("->>")(_PROJECT.project), Stage.PLANNED.value)
    else:
        joined = joined.outerjoin(
            tables.reserve_update, and_(_LAST.project == _PROJECT.project, _LAST.register == _STAY.register)
        )
    return (
        select(
            _PROJECT.project,
            name.label("name"),
            _PROJECT.region,
            industry.label("industry"),
            stage.label("stage"),
            total.label("total_investment"),
            _STAY.valid_from,
            look.quarter,
            look.action,
            look.on_day,
        )
        .select_from(joined)
        .where(
            _STAY.register == register,
            _STAY.valid_from <= on,
            or_(_STAY.valid_to.is_(None), _STAY.valid_to >= on),
            *where,
        )
    )


_EVENT = table(
    "event", column("stream", Text), column("version", Integer), column("type", Text), column("data", JSON)
)


def _of_project() -> ColumnElement[bool]:
    return _EVENT.c.stream == literal("project:") + _PROJECT.project


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
            data["register"].as_string() == _STAY.register,
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
    conn: AsyncConnection, call: Call, body: models.ReserveSummaryRequest
) -> Sequence[ColumnElement[bool]]:
    tree = await reference.area_tree(conn)
    return visible.conditions(call.actor, tree, _PROJECT, body.region)


def _filters(body: models.ListReserve, on: date, of: Any) -> Sequence[ColumnElement[bool]]:
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


async def _counties(
    conn: AsyncConnection, call: Call, body: models.ReserveSummaryRequest, on: date
) -> list[Region]:
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


def _county(region: Region, rows: Sequence[Any], per_county: int) -> models.CountyReserve:
    here = [row for row in rows if row.region == region.code]
    return models.CountyReserve(
        region=region.code,
        name=region.name,
        projects=_count(here),
        total_investment=_sum(here),
        short_by=max(per_county - _count(here), 0),
    )


def _groups(rows: Sequence[Any], key: Any) -> list[models.ReserveGroup]:
    keys = sorted({key(row) for row in rows})
    return [
        models.ReserveGroup(key=each, projects=_count(here), total_investment=_sum(here))
        for each in keys
        if (here := [row for row in rows if key(row) == each])
    ]


def _sum(rows: Sequence[Any]) -> Decimal:
    return sum((row.investment for row in rows), Decimal(0))


def _count(rows: Sequence[Any]) -> int:
    return sum(row.projects for row in rows)


async def _schemes(conn: AsyncConnection, projects: Sequence[str]) -> dict[str, list[str]]:
    screened = tables.screening.c
    query = select(screened.project, screened.scheme).where(
        screened.project.in_(projects), screened.recommended
    )
    found: dict[str, list[str]] = {}
    for row in await conn.execute(query.order_by(screened.scheme)):
        found.setdefault(row.project, []).append(row.scheme)
    return found


def _entry(row: Any, register: str, on: date, schemes: list[str], version: int) -> models.ReserveEntry:
    return models.ReserveEntry(
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
