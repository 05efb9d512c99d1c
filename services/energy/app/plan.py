"""Use cases on reference data: load a plan's parts, count past days again with other coefficients."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import managed_enterprise, province_only
from services.energy.app import inline
from services.energy.app.carriers import carrier_unit
from services.energy.app.context import Energy
from services.energy.common.conversion import Basis, Coefficient
from services.energy.domain import coefficient, restatement
from services.energy.events import CATALOGUE
from services.energy.plan import facts as reference
from services.energy.plan import loading as plan_loading
from services.energy.readings import coefficients
from services.energy.readings.reference import add_carrier, driver
from shared.decider import Decider
from shared.rpc import Call, Reply

_PLAN = Decider(reference.Reference(), plan_loading.decide, reference.evolve)
_STREAM = "energy-plan-"
# One load at a time: two plans that are loaded concurrently would each be checked without seeing the other.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('energy: load-plan'))")
_PUBLISHED = Decider(coefficient.Published(), coefficient.decide, coefficient.evolve)
_RESTATEMENT = Decider(restatement.Restatements(), restatement.decide, restatement.evolve)


async def load(energy: Energy, call: Call, command: plan_loading.LoadPlan) -> Reply:
    """Load a plan's parts, all of them or none."""
    province_only(call.actor, "Loading a plan")

    async def known(conn: AsyncConnection) -> plan_loading.LoadPlan:
        await conn.execute(_ONE_AFTER_THE_OTHER)
        return replace(command, history=await _history(energy, conn))

    async def write(conn: AsyncConnection, events: Sequence[reference.Event]) -> None:
        await inline.apply(conn, events, energy.now())
        for event in events:
            if isinstance(event, reference.CoefficientsLoaded):
                await _publish(energy, conn, event)

    def answer(state: reference.State, events: Sequence[reference.Event]) -> dict[str, Any]:
        return _loaded(command.plan, state, events)

    return await energy.runner.run(
        call, f"{_STREAM}{command.plan}", _PLAN, known, inline=write, answer=answer
    )


async def check(energy: Energy, call: Call, command: plan_loading.LoadPlan) -> dict[str, Any]:
    """What loading these parts would change. Raises what loading them would raise; writes nothing."""
    province_only(call.actor, "Loading a plan")
    async with energy.engine.connect() as conn:
        history = await _history(energy, conn)
    state = _PLAN.fold([event for event in history if event.plan == command.plan])
    events = _PLAN.decide(replace(command, history=history), state)
    return _loaded(command.plan, _PLAN.fold(events, state), events)


async def _history(energy: Energy, conn: AsyncConnection) -> tuple[reference.Event, ...]:
    """What every plan has loaded, in the order of the log."""
    return tuple(CATALOGUE.decode(event) for event in await energy.log.of_streams(conn, _STREAM))


def _loaded(plan: str, state: reference.State, events: Sequence[reference.Event]) -> dict[str, Any]:
    return {
        "plan": plan,
        "regions": len(state.regions),
        "coefficients": len(state.coefficients),
        "key_user_rules": len(state.key_user_rules),
        "monitoring_rules": len(state.monitoring_rules),
        "changed": [type(event).__name__ for event in events],
    }


async def publish(energy: Energy, call: Call, given: coefficient.PublishCoefficient) -> Reply:
    """A coefficient beside the plan's: for all (the province's), or an enterprise's own."""

    async def command(conn: AsyncConnection) -> coefficient.PublishCoefficient:
        if given.enterprise is None:
            province_only(call.actor, "A coefficient for all")
        else:
            await managed_enterprise(conn, call.actor, given.enterprise)
        await carrier_unit(conn, given.carrier)
        return replace(given, carrier_known=True)

    async def write(conn: AsyncConnection, events: Sequence[coefficient.CoefficientPublished]) -> None:
        now = energy.now()
        for event in events:
            row = Coefficient(
                0,
                event.carrier,
                Basis(event.basis),
                event.kgce,
                event.edition,
                event.valid_from,
                event.valid_to,
                now,
                event.provisional,
                event.enterprise,
            )
            await coefficients.publish(await driver(conn), row, event.source, now)

    def answer(state: coefficient.Published, _: Any) -> Any:
        return msgspec.to_builtins(next(one for one in state.coefficients if _same(one, given)))

    return await energy.runner.run(
        call, f"coefficient-{given.carrier}", _PUBLISHED, command, inline=write, answer=answer
    )


def _same(one: coefficient.CoefficientPublished, given: coefficient.PublishCoefficient) -> bool:
    return all(
        getattr(one, each.name) == getattr(given, each.name)
        for each in fields(coefficient.CoefficientPublished)
    )


async def restate(
    energy: Energy, call: Call, carrier: str, first: date, last: date, enterprise: str | None, reason: str
) -> Reply:
    """Make standard coal of past days again, with the coefficients that hold for them now."""
    province_only(call.actor, "A restatement")

    async def command(conn: AsyncConnection) -> restatement.RestateCoefficients:
        if enterprise is not None:
            await managed_enterprise(conn, call.actor, enterprise)
        await carrier_unit(conn, carrier)
        changed = 0
        if first <= last:
            made = await coefficients.restate(
                await driver(conn), carrier, first, last, energy.now(), enterprise=enterprise
            )
            changed = len(made.days)
        return restatement.RestateCoefficients(carrier, True, first, last, enterprise, reason, changed)

    def answer(_: Any, events: Sequence[restatement.CoefficientsRestated]) -> dict[str, Any]:
        return {
            "carrier": carrier,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "enterprise": enterprise,
            "enterprise_days": sum(event.enterprise_days for event in events),
        }

    return await energy.runner.run(call, f"restatement-{carrier}", _RESTATEMENT, command, answer=answer)


async def _publish(energy: Energy, conn: AsyncConnection, event: reference.CoefficientsLoaded) -> None:
    """Hand the coefficients to the readings' store. One without a number isn't handed over: the standard prints a
    range, and each enterprise measures its own value."""
    now = energy.now()
    inner = await driver(conn)
    for carrier, one in {each.carrier: each for each in event.coefficients}.items():
        await add_carrier(inner, carrier, one.name, one.unit)
    for one in event.coefficients:
        if one.kgce is not None:
            await coefficients.publish(inner, _coefficient(one, one.kgce, now), one.source, now)


def _coefficient(one: reference.PlanCoefficient, kgce: Decimal, now: Any) -> Coefficient:
    return Coefficient(
        id=0,
        carrier=one.carrier,
        basis=Basis(one.basis),
        value=kgce,
        edition=one.edition,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        recorded_at=now,
        provisional=one.provisional,
    )
