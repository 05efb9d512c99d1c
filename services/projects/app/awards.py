"""Commands on awards (奖励): a fund's government pays what an appraisal has granted a city (TR-26)."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.money import award_commands as do
from services.projects.domain.money.fund import Fund, FundEvent, FundState, is_about_award
from services.projects.domain.money.separation import Separation
from services.projects.events import FUND, fund_stream
from services.projects.models import awards as models
from services.projects.views.awards import award_view
from shared.decider import Edit
from shared.problems import not_found
from shared.rpc import Call, Reply

_Body = models.ReserveAward | models.CommitAward | models.PayAward | models.ReleaseAward | models.RecoverAward
_Making = Callable[[AsyncConnection, do.GrantedAward], Awaitable[do.AwardCommand]]


async def decide_award(app: App, call: Call, body: _Body) -> Reply:
    """A decision on an award by the government whose fund it is."""

    async def command(conn: AsyncConnection, award: do.GrantedAward) -> do.AwardCommand:
        region = await _fund_region(conn, body.fund)
        scope.check_fund_write(call.actor, await reference.area_tree(conn), region)
        separation = await reference.separation_of_duties(conn, app.today())
        return _decision(body, award, app, call, separation)

    return await _run(app, call, body.fund, body.award, command, body.version)


async def fit(app: App, call: Call, fund: str, award: str) -> Reply:
    """Give back what the fund holds above what is granted now; nothing where there is no such excess."""

    async def command(_: AsyncConnection, granted: do.GrantedAward) -> do.AwardCommand:
        return do.FitAward(fund, granted, call.actor.subject, app.today())

    return await _run(app, call, fund, award, command)


def _decision(
    body: _Body, award: do.GrantedAward, app: App, call: Call, separation: Separation
) -> do.AwardCommand:
    today, by = app.today(), call.actor.subject
    on = body.on or today
    match body:
        case models.ReserveAward():
            return do.ReserveAward(
                body.fund, award, body.amount, on, body.evidence, by, today, separation=separation
            )
        case models.CommitAward():
            return do.CommitAward(
                body.fund, award, body.amount, on, body.evidence, by, today, separation=separation
            )
        case models.PayAward():
            return do.PayAward(
                body.fund, award, body.amount, on, body.evidence, by, today, separation=separation
            )
        case models.ReleaseAward():
            return do.ReleaseAward(body.fund, award, body.amount, on, body.reason, by, today)
        case models.RecoverAward():
            return do.RecoverAward(body.fund, award, body.amount, on, body.evidence, body.reason, by, today)


async def _run(app: App, call: Call, fund: str, award: str, make: _Making, seen: int | None = None) -> Reply:
    rows: list[Row[Any]] = []

    async def command(conn: AsyncConnection) -> do.AwardCommand:
        row = await _granted(conn, award)
        rows[:] = [row]
        return await make(conn, await _known(conn, row, fund))

    def answer(state: FundState, events: Sequence[FundEvent]) -> object:
        payment = state.awards.get(award) if isinstance(state, Fund) else None
        return award_view(rows[0], fund, payment).model_dump(mode="json")

    edit = Edit(seen, partial(is_about_award, award))
    return await app.run(call, fund_stream(fund), FUND, command, answer=answer, edit=edit)


async def _granted(conn: AsyncConnection, award: str) -> Row[Any]:
    """The award as it was granted. Raises Problem 404, also where this service doesn't know of it yet."""
    found = (await conn.execute(select(tables.award).where(tables.award.c.award == award))).one_or_none()
    if found is None:
        raise not_found(
            "award", award, remedy="Grant it in the appraisal first; a moment after that it is here."
        )
    return found


async def _known(conn: AsyncConnection, row: Row[Any], fund: str) -> do.GrantedAward:
    payment = tables.award_payment.c
    payer = (await conn.execute(select(payment.fund).where(payment.award == row.award))).scalar_one_or_none()
    tree, region = await reference.area_tree(conn), await _fund_region(conn, fund)
    return do.GrantedAward(
        award=row.award,
        plan=row.plan,
        year=row.year,
        region=row.region,
        edition=row.edition,
        amount=row.amount,
        granted_on=row.granted_on,
        elsewhere=payer if payer != fund else None,
        in_area=tree.covers(region, row.region),
    )


async def _fund_region(conn: AsyncConnection, fund: str) -> str:
    """Whose fund it is. Raises Problem 404."""
    found = (
        await conn.execute(select(tables.fund.c.region).where(tables.fund.c.fund == fund))
    ).scalar_one_or_none()
    if found is None:
        raise not_found("fund", fund)
    return str(found)
