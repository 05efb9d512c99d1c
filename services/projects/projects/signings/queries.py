"""Questions about the signing lists of ceremonies."""

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Join, and_, func, select

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Money, Request
from services.projects.common.values import Ceremony, RegionCode
from services.projects.plan import reference
from services.projects.projects.signings.views import TABLE, SigningView, Standing, view
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.rpc import Call
from shared.service import Service

_ORDER = lists.Order(TABLE.c.project)


class ListSignings(Request):
    """Ask for a ceremony's list; every filter narrows. In order of project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": "618-2013"}]})

    ceremony: Ceremony
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    standing: Standing | None = Field(default=None, description="how it stands")
    limit: Limit
    cursor: Cursor


class SigningPage(Answer):
    """A page of a ceremony's list, and what the whole list comes to."""

    items: list[SigningView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    projects: int = Field(description="projects on the list, by the filters")
    amount: Money = Field(description="sum of their contracts, as signed or else as recommended, CNY (yuan)")


async def list_signings(service: Service, call: Call, body: ListSignings) -> SigningPage:
    """Each project with how it stands, and how many there are of how much."""
    t = TABLE.c
    conditions = [t.ceremony == body.ceremony]
    if body.standing:
        conditions.append(_standings()[body.standing])
    listed, contract = with_contracts(), MILESTONE.c
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        conditions += access.conditions(call.actor, tree, t, body.region)
        amounts = func.coalesce(func.sum(func.coalesce(contract.amount, t.amount)), 0)
        total = (
            await conn.execute(select(func.count(), amounts).select_from(listed).where(*conditions))
        ).one()
        query = (
            select(TABLE, PROJECT.c.name, contract.amount.label("signed_amount"))
            .select_from(listed.join(PROJECT, PROJECT.c.project == t.project))
            .where(*conditions)
        )
        page = await _ORDER.page(conn, query, body)
    return SigningPage(
        items=[view(row._asdict()) for row in page.rows],
        next_cursor=page.next_cursor,
        projects=total[0],
        amount=total[1],
    )


def with_contracts() -> Join:
    """The signing lists joined with the contract (project_milestone) of each project that signed there."""
    t, contract = TABLE.c, MILESTONE.c
    signed = and_(
        contract.project == t.project, contract.ceremony == t.ceremony, contract.stage == t.contract
    )
    return TABLE.outerjoin(MILESTONE, signed)


def _standings() -> dict[str, ColumnElement[bool]]:
    t = TABLE.c
    return {
        "signed": t.signed_on.is_not(None),
        "recommended": and_(t.signed_on.is_(None), t.approved.is_(None)),
        "approved": and_(t.signed_on.is_(None), t.approved.is_(True)),
        "declined": and_(t.signed_on.is_(None), t.approved.is_(False)),
    }
