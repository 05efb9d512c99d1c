"""Questions about funds and their ledgers. What is set aside is public."""

from datetime import date

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, func, select

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import RegionCode
from services.projects.funds.balance import Balance
from services.projects.funds.decisions import FUND
from services.projects.funds.facts import Fund, stream
from services.projects.funds.values import FundId
from services.projects.funds.views import (
    MOVES_NO_MONEY,
    TABLE,
    BalanceView,
    FundSummary,
    FundView,
    LedgerEntry,
    balance_view,
    ledger_entry,
    summary,
    view,
)
from services.projects.plan import reference
from shared import lists
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region

_ORDER = lists.Order(TABLE.c.fund)


class GetFund(Request):
    """Ask for one fund."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"fund": "TR-19"}]})

    fund: FundId


class ListFunds(Request):
    """Ask for funds, in order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350000", "limit": 50}]})

    region: RegionCode | None = Field(default=None, description="of this government only")
    on: date | None = Field(default=None, description="that may be drawn on this day")
    limit: Limit
    cursor: Cursor


class GetLedger(Request):
    """Ask for a fund's entries, as they stood at any position of the log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"fund": "TR-19", "position": 4711}]})

    fund: FundId
    position: int | None = Field(
        default=None, ge=0, le=2**53, description="only entries up to this position of the log; null: all"
    )
    limit: Limit
    cursor: Cursor


class FundPage(Answer):
    """A page of funds, and the sums of all that the filters leave."""

    items: list[FundSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    count: int
    total: BalanceView


class Ledger(Answer):
    """A fund's entries in order."""

    fund: str
    position: int = Field(description="of the last entry that counts")
    balance: BalanceView = Field(description="after that entry")
    items: list[LedgerEntry]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def get_fund(service: Service, call: Call, body: GetFund) -> FundView:
    """What was set aside, on which terms, and how it stands."""
    async with service.snapshots.connect() as conn:
        state, _ = await service.state(conn, FUND, stream(body.fund))
    if not isinstance(state, Fund):
        raise not_found("fund", body.fund)
    return view(state)


async def list_funds(service: Service, call: Call, body: ListFunds) -> FundPage:
    """Funds of every government, with the sums of all that the filters leave."""
    t = TABLE.c
    where: list[ColumnElement[bool]] = []
    if body.region:
        where.append(t.region == body.region)
    if body.on:
        where += [t.valid_from <= body.on, t.valid_to >= body.on]
    query = select(TABLE).where(*where)
    columns = {each.name: func.sum(each) for each in (t.appropriated, t.reserved, t.committed, t.paid)}
    async with service.snapshots.connect() as conn:
        check_region(await reference.area_tree(conn), body.region)
        page = await _ORDER.page(conn, query, body)
        sums = await lists.totals(conn, query, count=func.count(), **columns)
    return FundPage(
        items=[summary(dict(row._mapping)) for row in page.rows],
        next_cursor=page.next_cursor,
        count=sums.pop("count"),
        total=balance_view(Balance(**sums)),
    )


async def get_ledger(service: Service, call: Call, body: GetLedger) -> Ledger:
    """Every entry with the balance after it, as it stood at any position of the log."""
    name, log, decode = stream(body.fund), service.log, service.catalogue.decode
    after = lists.read(body.cursor, int)[0] if body.cursor else 0
    async with service.snapshots.connect() as conn:
        region = (
            await conn.execute(select(TABLE.c.region).where(TABLE.c.fund == body.fund))
        ).scalar_one_or_none()
        if region is None:
            raise not_found("fund", body.fund)
        check_fund_read(call.actor, await reference.area_tree(conn), region)
        last = await log.last(conn, name, until=body.position, without=MOVES_NO_MONEY)
        if last is None:
            first = (await log.part(conn, name, limit=1))[0]
            raise not_found(
                "fund", body.fund, f"It was opened at position {first.position}, after the one asked for."
            )
        found = await log.part(
            conn, name, after=after, until=last.position, without=MOVES_NO_MONEY, limit=body.limit + 1
        )
    page = lists.cut(found, body.limit, lambda recorded: (recorded.position,))
    return Ledger(
        fund=body.fund,
        position=last.position,
        balance=ledger_entry(decode(last), last).balance,
        items=[ledger_entry(decode(recorded), recorded) for recorded in page.rows],
        next_cursor=page.next_cursor,
    )


def check_fund_read(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that owns a fund's money, or one above it, reads its ledger. Raises Problem 403."""
    if actor.role in access.READS_ALL or (actor.area and tree.covers(actor.area, region)):
        return
    raise forbidden(f"The ledger is {region}'s; your token is for {actor.area}.")
