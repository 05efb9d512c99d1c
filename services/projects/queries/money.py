"""Questions about funds and the applications to them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.money.balance import Balance
from services.projects.domain.money.fund import is_about
from services.projects.events import CATALOGUE, FUND, fund_stream
from services.projects.models import funds, subsidies
from services.projects.queries import paging, versions, visible
from services.projects.views.money import (
    MOVES_NO_MONEY,
    balance_view,
    fund_summary,
    fund_view,
    ledger_entry,
    subsidy_summary,
    subsidy_view,
)
from shared.problems import not_found
from shared.rpc import Call

_ZERO = Decimal(0)


async def get_fund(app: App, call: Call, body: funds.GetFund) -> funds.FundView:
    """A fund with its terms and balance; what is set aside is public."""
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, fund_stream(body.fund))
    if not history:
        raise not_found("fund", body.fund)
    return fund_view(FUND.fold([CATALOGUE.decode(event) for event in history]))


async def list_funds(app: App, call: Call, body: funds.ListFunds) -> funds.FundPage:
    """A page of funds in order of their ids, with the sums of all that the filters leave."""
    table = tables.fund.c
    where: list[ColumnElement[bool]] = []
    if body.region:
        where.append(table.region == body.region)
    if body.on:
        where += [table.valid_from <= body.on, table.valid_to >= body.on]
    query = select(tables.fund).where(*where)
    if body.cursor:
        (after,) = paging.read(body.cursor, 1)
        query = query.where(table.fund > after)
    sums = select(
        func.count(),
        *(func.sum(column) for column in (table.appropriated, table.reserved, table.committed, table.paid)),
    ).where(*where)
    async with app.snapshots.connect() as conn:
        rows = (await conn.execute(query.order_by(table.fund).limit(body.limit + 1))).all()
        count, *amounts = (await conn.execute(sums)).one()
    page = rows[: body.limit]
    return funds.FundPage(
        items=[fund_summary(row) for row in page],
        next_cursor=paging.cursor(page[-1].fund) if len(rows) > body.limit else None,
        count=count,
        total=balance_view(Balance(*(amount or _ZERO for amount in amounts))),
    )


async def get_ledger(app: App, call: Call, body: funds.GetLedger) -> funds.Ledger:
    """The entries up to a position of the log, for the government whose fund it is, and those above it."""
    stream, after = fund_stream(body.fund), paging.read_number(body.cursor) if body.cursor else 0
    async with app.snapshots.connect() as conn:
        table = tables.fund.c
        region = (
            await conn.execute(select(table.region).where(table.fund == body.fund))
        ).scalar_one_or_none()
        if region is None:
            raise not_found("fund", body.fund)
        scope.check_fund_read(call.actor, await reference.area_tree(conn), region)
        last = await app.log.last(conn, stream, until=body.position, without=MOVES_NO_MONEY)
        if last is None:
            first = (await app.log.part(conn, stream, limit=1))[0]
            raise not_found(
                "fund", body.fund, f"It was opened at position {first.position}, after the one asked for."
            )
        found = await app.log.part(
            conn, stream, after=after, until=last.position, without=MOVES_NO_MONEY, limit=body.limit + 1
        )
    page = [ledger_entry(CATALOGUE.decode(recorded), recorded) for recorded in found[: body.limit]]
    return funds.Ledger(
        fund=body.fund,
        position=last.position,
        balance=ledger_entry(CATALOGUE.decode(last), last).balance,
        items=page,
        next_cursor=paging.cursor(str(page[-1].position)) if len(found) > len(page) else None,
    )


async def get_subsidy(app: App, call: Call, body: subsidies.GetSubsidy) -> subsidies.SubsidyView:
    """An application; 404 too where its project isn't the actor's to see."""
    table = tables.subsidy.c
    async with app.snapshots.connect() as conn:
        row = (
            await conn.execute(
                select(table.region, table.enterprise).where(
                    table.fund == body.fund, table.application == body.application
                )
            )
        ).one_or_none()
        tree = await reference.area_tree(conn)
        if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
            raise not_found("application", f"{body.fund} / {body.application}")
        history = await app.log.load(conn, fund_stream(body.fund))
    events = [CATALOGUE.decode(event) for event in history]
    view = subsidy_view(FUND.fold(events), body.application)
    return view.model_copy(update={"version": sum(is_about(body.application, event) for event in events)})


async def list_subsidies(app: App, call: Call, body: subsidies.ListSubsidies) -> subsidies.SubsidyPage:
    """A page of applications in order of fund and id, with the sums of all that the filters leave."""
    table = tables.subsidy.c
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        where = [*visible.conditions(call.actor, tree, table, body.region), *_filters(table, body)]
        query = select(tables.subsidy).where(*where)
        if body.cursor:
            fund, after = paging.read(body.cursor, 2)
            query = query.where(or_(table.fund > fund, and_(table.fund == fund, table.application > after)))
        rows = (await conn.execute(query.order_by(table.fund, table.application).limit(body.limit + 1))).all()
        columns = (table.entitlement, table.reserved, table.committed, table.paid)
        sums = select(func.count(), *(func.sum(column) for column in columns)).where(*where)
        count, *amounts = (await conn.execute(sums)).one()
        page = rows[: body.limit]
        at = await versions.of_applications(app, conn, [(row.fund, row.application) for row in page])
    entitlement, reserved, committed, paid = (amount or _ZERO for amount in amounts)
    return subsidies.SubsidyPage(
        items=[subsidy_summary(row, version) for row, version in zip(page, at, strict=True)],
        next_cursor=paging.cursor(page[-1].fund, page[-1].application) if len(rows) > body.limit else None,
        count=count,
        total=subsidies.SubsidySums(
            entitlement=entitlement, reserved=reserved, committed=committed, paid=paid
        ),
    )


def _filters(table: Any, body: subsidies.ListSubsidies) -> Sequence[ColumnElement[bool]]:
    wanted = {
        "fund": body.fund,
        "project": body.project,
        "enterprise": body.enterprise,
        "status": body.status.value if body.status else None,
    }
    return [getattr(table, name) == value for name, value in wanted.items() if value is not None]
