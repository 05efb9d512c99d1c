"""Questions about signing ceremonies: the guest list, and the event as a whole."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.domain.investor import InvestorKind
from services.projects.models import ceremonies as models
from services.projects.models.counts import CountProjectsBy
from services.projects.queries import counts, paging, signings, visible
from shared.rpc import Call


async def list_invitations(app: App, call: Call, body: models.ListInvitations) -> models.InvitationPage:
    """A page of a guest list in order of firm, with the counts of the whole."""
    t = tables.invitation.c
    conditions = [t.ceremony == body.ceremony]
    if body.attends is not None:
        conditions.append(t.attends == body.attends)
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        conditions += visible.conditions(call.actor, tree, t, body.region)
        sums = select(func.count(), func.count().filter(t.attends)).where(*conditions)
        firms, attending = (await conn.execute(sums)).one()
        query = select(tables.invitation).where(*conditions)
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(t.firm > after)
        rows = (await conn.execute(query.order_by(t.firm).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    return models.InvitationPage(
        items=[models.InvitationView.model_validate(dict(row._mapping)) for row in page],
        next_cursor=paging.cursor(page[-1].firm) if len(rows) > body.limit else None,
        firms=firms,
        attending=attending,
    )


async def summarise(app: App, call: Call, body: models.SummariseCeremony) -> models.CeremonySummary:
    """What each reporter in the actor's sight brings, and how its private projects stand in the year (PM-15)."""
    on = body.on or app.today()
    year = CountProjectsBy(
        by="city", investor_kind=InvestorKind.PRIVATE, first_day=on.replace(month=1, day=1), last_day=on
    )
    signing, guest = tables.signing.c, tables.invitation.c
    async with app.snapshots.connect() as conn:
        counted = await counts.counted_by(app, conn, call, year)
        listed = await _by_city(
            conn,
            tables.signing,
            body.ceremony,
            recommended=func.count(),
            approved=func.count().filter(signing.approved),
            signed=func.count(signing.signed_on),
            signed_amount=func.coalesce(func.sum(tables.project_milestone.c.amount), 0),
            of=signings.with_contracts(),
        )
        invited = await _by_city(
            conn,
            tables.invitation,
            body.ceremony,
            firms=func.count(),
            attending=func.count().filter(guest.attends),
        )
    nothing: dict[str, Any] = {"recommended": 0, "approved": 0, "signed": 0, "signed_amount": 0}
    nobody: dict[str, Any] = {"firms": 0, "attending": 0}
    items = [
        models.ReporterSummary(
            region=each.key,
            name=each.name,
            contracts=each.contracts,
            started=each.started,
            producing=each.producing,
            **listed.get(each.key, nothing),
            **invited.get(each.key, nobody),
        )
        for each in counted.items
    ]
    return models.CeremonySummary(
        ceremony=body.ceremony,
        on=on,
        items=items,
        without_projects=[each.region for each in items if not each.recommended],
        without_firms=[each.region for each in items if not each.firms],
    )


async def _by_city(
    conn: AsyncConnection,
    table: Table,
    ceremony: str,
    of: FromClause | None = None,
    **figures: ColumnElement[Any],
) -> dict[str, dict[str, Any]]:
    """The figures of a ceremony's rows by city: those of a county are its city's. `of`: the table with more joined."""
    region = tables.region.c
    city = case((region.level == "county", region.parent), else_=region.code)
    rows = await conn.execute(
        select(city.label("city"), *(figure.label(name) for name, figure in figures.items()))
        .select_from((table if of is None else of).join(tables.region, region.code == table.c.region))
        .where(table.c.ceremony == ceremony)
        .group_by(city)
    )
    return {row.city: {name: getattr(row, name) for name in figures} for row in rows}
