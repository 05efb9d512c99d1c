"""Commands on designations: only the province may send them; reads what each decision needs."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import access
from services.assessment.designations.decisions import (
    AssessDesignation,
    Designate,
    Known,
    WarnDesignation,
    WithdrawDesignation,
)
from services.assessment.designations.facts import Designation, DesignationState
from services.assessment.designations.kinds import kind_on
from services.assessment.designations.views import TABLE
from services.assessment.regions.queries import regions
from shared.feature import At


async def designate(at: At, command: Designate, state: DesignationState) -> Known:
    """It stands as one of its kind (认定) from its day on, and counts for the plan's target of that kind.

    One thing stands once as one of a kind and level. The same again changes nothing.
    """
    access.check_plan_write(at.actor)
    known = await regions(at.conn)
    return Known(
        today=at.today,
        by=at.actor.subject,
        kind=kind_on(command.kind, command.designated_on or at.today),
        region=next((each for each in known if each.code == command.region), None),
        other=await _standing_for(at.conn, command),
    )


async def assess(at: At, command: AssessDesignation, state: DesignationState) -> Known:
    """A score (考核评价) makes it excellent, qualified, warned or failed by the kind's scale of that day.

    Who failed stands until it is withdrawn: that is a decision of its own.
    """
    return _known(at, state, command.on or at.today)


async def warn(at: At, command: WarnDesignation, state: DesignationState) -> Known:
    """A warning (警告) leaves it standing; a later assessment lifts it."""
    return _known(at, state, command.on or at.today)


async def withdraw(at: At, command: WithdrawDesignation, state: DesignationState) -> Known:
    """From that day on it doesn't stand (撤销). With `annul` it never did: a mistake is set right (更正)."""
    return _known(at, state, command.on or at.today)


def _known(at: At, state: DesignationState, on: date) -> Known:
    access.check_plan_write(at.actor)
    kind = kind_on(state.facts.kind, on) if isinstance(state, Designation) else None
    return Known(today=at.today, by=at.actor.subject, kind=kind)


async def _standing_for(conn: AsyncConnection, command: Designate) -> str | None:
    """Another designation in force, of the same kind and level, for the same name or enterprise."""
    t = TABLE.c
    same = t.name == command.name
    if command.enterprise is not None:
        same = or_(same, t.enterprise == command.enterprise)
    found = await conn.execute(
        select(t.designation)
        .where(
            t.kind == command.kind,
            t.level == command.level,
            t.withdrawn_on.is_(None),
            t.designation != command.designation,
            same,
        )
        .order_by(t.designation)
        .limit(1)
    )
    other: str | None = found.scalar_one_or_none()
    return other
