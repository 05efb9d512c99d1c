"""Commands on designations (认定): designate, assess, warn, withdraw. All are the province's."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import events, inline, scope, tables
from services.assessment.app.context import App
from services.assessment.designation_kinds import kind_on
from services.assessment.domain import designation as domain
from services.assessment.models_designations import (
    AssessDesignation,
    Designate,
    DesignationView,
    WarnDesignation,
    WithdrawDesignation,
)
from services.assessment.regions import regions
from services.assessment.views_designations import designation_view
from shared.rpc import Call, Reply


async def designate(app: App, call: Call, body: Designate) -> Reply:
    """Enter a designation. Raises Problem 403, 409, 422."""
    scope.check_plan_write(call.actor)
    today = app.today()
    facts = domain.Facts(
        designation=body.designation,
        kind=body.kind,
        level=body.level,
        name=body.name,
        region=body.region,
        designated_on=body.designated_on or today,
        issuer=body.issuer,
        evidence=body.evidence,
        enterprise=body.enterprise,
        fields=tuple(sorted(set(body.fields))),
    )

    async def command(conn: AsyncConnection) -> domain.Designate:
        known = await regions(conn)
        return domain.Designate(
            facts=facts,
            kind=kind_on(facts.kind, facts.designated_on),
            region=next((each for each in known if each.code == facts.region), None),
            other=await _standing_for(conn, facts),
            today=today,
        )

    return await _run(app, call, body.designation, command)


async def assess(app: App, call: Call, body: AssessDesignation) -> Reply:
    """Enter a periodic assessment."""
    scope.check_plan_write(call.actor)
    on = body.on or app.today()

    async def command(conn: AsyncConnection) -> domain.Assess:
        kind = await _kind_of(conn, body.designation, on)
        return domain.Assess(
            year=body.year, score=body.score, kind=kind, on=on, evidence=body.evidence, today=app.today()
        )

    return await _run(app, call, body.designation, command)


async def warn(app: App, call: Call, body: WarnDesignation) -> Reply:
    """Warn."""
    scope.check_plan_write(call.actor)
    today = app.today()
    command = domain.Warn(
        on=body.on or today, reason=body.reason, evidence=body.evidence, mend_by=body.mend_by, today=today
    )
    return await _run(app, call, body.designation, command)


async def withdraw(app: App, call: Call, body: WithdrawDesignation) -> Reply:
    """Withdraw, or annul."""
    scope.check_plan_write(call.actor)
    today = app.today()
    command = domain.Withdraw(
        on=body.on or today, reason=body.reason, evidence=body.evidence, annul=body.annul, today=today
    )
    return await _run(app, call, body.designation, command)


async def _run(app: App, call: Call, designation: str, command: object) -> Reply:
    def answer(state: domain.DesignationState, _: Sequence[domain.DesignationEvent]) -> object:
        return DesignationView.model_validate(designation_view(state)).model_dump(mode="json")

    return await app.runner.run(
        call,
        events.designation_stream(designation),
        events.DESIGNATION,
        command,  # type: ignore[arg-type]
        inline=inline.apply,
        answer=answer,
    )


async def _standing_for(conn: AsyncConnection, facts: domain.Facts) -> str | None:
    """Another designation of the same kind and level that stands for the same name or enterprise."""
    t = tables.designation.c
    same = (
        t.name == facts.name
        if facts.enterprise is None
        else or_(t.name == facts.name, t.enterprise == facts.enterprise)
    )
    found = await conn.execute(
        select(t.designation)
        .where(
            t.kind == facts.kind,
            t.level == facts.level,
            t.withdrawn_on.is_(None),
            t.designation != facts.designation,
            same,
        )
        .order_by(t.designation)
        .limit(1)
    )
    other: str | None = found.scalar_one_or_none()
    return other


async def _kind_of(conn: AsyncConnection, designation: str, on: date) -> domain.Kind | None:
    t = tables.designation.c
    kind = (await conn.execute(select(t.kind).where(t.designation == designation))).scalar_one_or_none()
    return None if kind is None else kind_on(kind, on)
