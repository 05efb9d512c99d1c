"""Process manager: the last project updated in a quarter hands in the region's reserve-library duty (TR-18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.duty import RESERVE_UPDATE, Duty, last_day
from services.projects.duties.decisions import HandInDuty, OnOccasion
from services.projects.duties.feature import HISTORY
from services.projects.duties.obligations import Obligation, obligations
from services.projects.plan import reference
from services.projects.plan.facts import Region
from services.projects.projects.registers.views import STAY
from services.projects.projects.reserve.facts import quarter
from services.projects.projects.reserve.rules import library
from services.projects.projects.reserve.views import UPDATE
from services.projects.projects.views import TABLE as PROJECT
from shared.areas import AreaTree
from shared.identity import system_actor
from shared.rpc import Call
from shared.service import Service

_ACTOR = system_actor("projects")


@dataclass(frozen=True, slots=True)
class Looks:
    """A region's stays in the library: how many, how many were updated in the quarter, and when last."""

    stays: int
    looked: int
    last_on: date | None


async def hand_in_updates(app: Service, duties: Iterable[Duty], regions: Iterable[Region]) -> int:
    """Hands in for every region all of whose stays were updated, in this quarter or the previous one."""
    today = app.today()
    own = [duty for duty in duties if duty.carried_by == RESERVE_UPDATE]
    this = quarter(today)
    before = quarter(date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1))
    found: list[tuple[Obligation, Looks]] = []
    async with app.snapshots.connect() as conn:
        if not own:
            return 0
        tree = await reference.area_tree(conn)
        owed = [
            one
            for one in await obligations(conn, own, regions)
            if one.period in (this, before) and one.received_on is None and not one.entry.waived
        ]
        for period in {one.period for one in owed}:
            looks = await _looks(conn, period, today)
            found += [(one, _of(one, looks, tree)) for one in owed if one.period == period]
    done = 0
    for one, looked in found:
        if looked.last_on is not None and looked.looked == looked.stays:
            done += await _hand_in(app, one, looked, looked.last_on, today)
    return done


async def _hand_in(app: Service, one: Obligation, looked: Looks, on: date, today: date) -> int:
    duty, region = one.duty.duty, one.region.code
    command = HandInDuty(
        duty=duty,
        region=region,
        period=one.period,
        evidence=f"储备库更新 {one.period}：{looked.looked} 项",
        received_on=on,
    )
    given = OnOccasion(today=today, by=_ACTOR.subject, plan=one.duty.plan, owed=one.owed)
    body = {"duty": duty, "region": region, "period": one.period}
    call = Call(f"{duty}:{region}:{one.period}:{today}", _ACTOR, "hand-in-duty", body)
    reply = await HISTORY.carry_out(app, call, command, given, answer=lambda done: len(done.events))
    return int(reply.data)


def _of(one: Obligation, looks: dict[str, Looks], tree: AreaTree) -> Looks:
    """The sums over the region and the regions below it."""
    own = [looks[code] for code in tree.covered_by(one.region.code) if code in looks]
    days = [each.last_on for each in own if each.last_on is not None]
    return Looks(
        sum(each.stays for each in own), sum(each.looked for each in own), max(days) if days else None
    )


async def _looks(conn: AsyncConnection, period: str, today: date) -> dict[str, Looks]:
    """The updates by region, over the stays that last on the quarter's last day (today, if the quarter is running)."""
    on = min(last_day(period), today)
    rule = await library(conn, on)
    project, stay, look = PROJECT.c, STAY.c, UPDATE.c
    own = look.quarter == period
    rows = await conn.execute(
        select(
            project.region,
            func.count().label("stays"),
            func.count().filter(own).label("looked"),
            func.max(look.on_day).filter(own).label("last_on"),
        )
        .select_from(STAY)
        .join(PROJECT, project.project == stay.project)
        .outerjoin(UPDATE, (look.project == stay.project) & (look.register == stay.register))
        .where(
            stay.register.in_(rule.registers),
            stay.valid_from <= on,
            or_(stay.valid_to.is_(None), stay.valid_to >= on),
        )
        .group_by(project.region)
    )
    return {row.region: Looks(row.stays, row.looked, row.last_on) for row in rows}
