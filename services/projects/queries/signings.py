"""Questions about the signing lists of ceremonies."""

from typing import Any

from sqlalchemy import ColumnElement, Join, and_, func, select

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.models import signings as models
from services.projects.queries import paging, visible
from shared.rpc import Call


async def list_signings(app: App, call: Call, body: models.ListSignings) -> models.SigningPage:
    """A page of a ceremony's list in order of project, with the count and sum of the whole."""
    t = tables.signing.c
    conditions = [t.ceremony == body.ceremony]
    if body.standing:
        conditions.append(_standings()[body.standing])
    listed, contract = with_contracts(), tables.project_milestone.c
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        conditions += visible.conditions(call.actor, tree, t, body.region)
        amounts = func.coalesce(func.sum(func.coalesce(contract.amount, t.amount)), 0)
        total = (
            await conn.execute(select(func.count(), amounts).select_from(listed).where(*conditions))
        ).one()
        query = (
            select(tables.signing, tables.project.c.name, contract.amount.label("signed_amount"))
            .select_from(listed.join(tables.project, tables.project.c.project == t.project))
            .where(*conditions)
        )
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(t.project > after)
        rows = (await conn.execute(query.order_by(t.project).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    return models.SigningPage(
        items=[_view(row) for row in page],
        next_cursor=paging.cursor(page[-1].project) if len(rows) > body.limit else None,
        projects=total[0],
        amount=total[1],
    )


def with_contracts() -> Join:
    """The signing lists joined with the contract (project_milestone) of each project that signed there."""
    t, contract = tables.signing.c, tables.project_milestone.c
    signed = and_(
        contract.project == t.project, contract.ceremony == t.ceremony, contract.stage == t.contract
    )
    return tables.signing.outerjoin(tables.project_milestone, signed)


def _standings() -> dict[str, ColumnElement[bool]]:
    t = tables.signing.c
    return {
        "signed": t.signed_on.is_not(None),
        "recommended": and_(t.signed_on.is_(None), t.approved.is_(None)),
        "approved": and_(t.signed_on.is_(None), t.approved.is_(True)),
        "declined": and_(t.signed_on.is_(None), t.approved.is_(False)),
    }


def _view(row: Any) -> models.SigningView:
    audited = {None: "recommended", True: "approved", False: "declined"}[row.approved]
    return models.SigningView.model_validate(
        {**row._mapping, "standing": "signed" if row.signed_on else audited}
    )
