"""Who may pay an award out of a fund, and what was granted."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.assessed.tables import AWARD
from services.projects.funds.awards.decisions import AwardDecision, GrantedAward, Paying
from services.projects.funds.awards.views import TABLE
from services.projects.funds.commands import kept
from services.projects.funds.facts import Fund, FundState
from services.projects.funds.rules import separation_of_duties
from services.projects.plan import reference
from shared.command import Given
from shared.feature import At
from shared.problems import not_found


async def decide(at: At, command: AwardDecision, state: FundState) -> Given:
    """By the government whose fund it is."""
    award = await granted(at.conn, command.award, command.fund, state)
    await kept(at, command.fund, state)
    return Paying(
        today=at.today,
        by=at.actor.subject,
        award=award,
        separation=await separation_of_duties(at.conn, at.today),
    )


async def granted(conn: AsyncConnection, award: str, fund: str, state: FundState) -> GrantedAward:
    """The award as it was granted. Raises Problem 404, also where this service doesn't know of it yet."""
    row = (await conn.execute(select(AWARD).where(AWARD.c.award == award))).one_or_none()
    if row is None:
        raise not_found(
            "award", award, remedy="Grant it in the appraisal first; a moment after that it is here."
        )
    if not isinstance(state, Fund):
        raise not_found("fund", fund)
    payer = (await conn.execute(select(TABLE.c.fund).where(TABLE.c.award == award))).scalar_one_or_none()
    tree = await reference.area_tree(conn)
    return GrantedAward(
        **row._mapping,
        elsewhere=payer if payer != fund else None,
        in_area=tree.covers(state.opened.region, row.region),
    )
