"""Use cases on meters: what the registry decides, carried into the readings' store in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.access import managed_enterprise
from services.energy.app import inline
from services.energy.app.context import Energy
from services.energy.app.meter_store import keep, moment, shown_at, verdict_of
from services.energy.common.scale import plain
from services.energy.domain import meter as domain
from services.energy.domain import meter_changes as changes
from services.energy.domain import meter_decisions as decisions
from services.energy.domain import meter_life as life
from services.energy.domain.meter import Calibration, Counter, Kind
from services.energy.plan.reference import carrier_unit
from services.energy.readings.reference import driver
from services.energy.readings.store import lock_partition
from shared.decider import Decider
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call, Reply

_METER: Decider[life.State, decisions.Command, domain.Event] = Decider(
    life.NoMeter(), decisions.decide, life.evolve
)

_PARKED = text("""
    SELECT i.t0 AS begins, i.t AS ends, i.reason, i.e FROM suspect i JOIN series x USING (s)
    WHERE x.meter = :meter AND x.statistic_type = :type AND i.t = :t
""")
_LAST_READING = text("""
    SELECT max(r.t) FROM series x CROSS JOIN LATERAL (
        SELECT t FROM reading WHERE s = x.s AND v >= 0 ORDER BY t DESC LIMIT 1) r
    WHERE x.meter = :meter
""")

_ALIAS = text("SELECT meter FROM meter_alias WHERE enterprise = :enterprise AND alias = :alias")
_NAMED = text("""
    SELECT meter FROM meter_alias WHERE enterprise = :enterprise AND alias = :alias
    UNION ALL SELECT meter FROM meter WHERE enterprise = :enterprise AND meter = :alias
""")

CommandMaker = Callable[[AsyncConnection, Any], Awaitable[decisions.Command]]


async def register(
    energy: Energy,
    call: Call,
    *,
    meter: str,
    enterprise: str,
    carrier: str,
    unit: str,
    kind: Kind,
    counter: Counter,
    interval_minutes: int,
    scope: int,
    statistic_types: Sequence[int],
    calibration: Calibration,
    valid_from: datetime,
    direction: domain.Direction = domain.Direction.PURCHASED,
) -> Reply:
    """Make a meter known. Readings that waited for it in quarantine are released for its valid period."""

    async def command(conn: AsyncConnection) -> decisions.Command:
        await managed_enterprise(conn, call.actor, enterprise)
        counted_in = await carrier_unit(conn, carrier)
        return decisions.RegisterMeter(
            meter,
            enterprise,
            True,
            carrier,
            decisions.Carrier(carrier, counted_in),
            unit,
            kind,
            counter,
            interval_minutes,
            scope,
            tuple(statistic_types),
            calibration,
            valid_from,
            await conn.scalar(_ALIAS, {"enterprise": enterprise, "alias": meter}),
            direction,
        )

    return await _run(energy, call, meter, command)


async def replace(
    energy: Energy,
    call: Call,
    meter: str,
    *,
    at: datetime,
    serial: str,
    ratio: Decimal | None,
    digits: int | None,
    modulus: Decimal | None,
    capacity: Decimal | None,
    old_last: Decimal | None,
    new_start: Decimal | None,
    calibration: Calibration,
    reason: str,
) -> Reply:
    """Another device from a moment on; what is None stays as it was at that moment."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        device = changes.Device(serial, ratio, digits, capacity, modulus)
        return decisions.ReplaceMeter(at, device, old_last, new_start, calibration, reason, energy.now())

    return await _managed(energy, call, meter, command)


async def change_ratio(
    energy: Energy,
    call: Call,
    meter: str,
    *,
    at: datetime,
    ratio: Decimal,
    register_value: Decimal | None,
    reason: str,
) -> Reply:
    """Another ratio (倍率) from a moment on."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        return decisions.ChangeRatio(at, ratio, register_value, reason, energy.now())

    return await _managed(energy, call, meter, command)


async def confirm_rollover(
    energy: Energy, call: Call, meter: str, *, at: datetime, statistic_type: int, reason: str
) -> Reply:
    """A person says that the register passed its highest value in the parked interval that ends at `at`."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        parked = await _parked(conn, row, statistic_type, at)
        return decisions.ConfirmRollover(at, statistic_type, reason, parked)

    return await _managed(energy, call, meter, command)


async def change_interval(
    energy: Energy,
    call: Call,
    meter: str,
    *,
    at: datetime,
    interval_minutes: int,
    register_value: Decimal | None,
    reason: str,
) -> Reply:
    """Another interval from a moment on, at which a register is stored or said."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        await _lock(conn, row.enterprise)
        stored = await shown_at(conn, meter, at)
        return changes.ChangeInterval(at, interval_minutes, register_value, stored, reason, energy.now())

    return await _managed(energy, call, meter, command)


async def change_direction(
    energy: Energy,
    call: Call,
    meter: str,
    *,
    at: datetime,
    direction: domain.Direction,
    register_value: Decimal | None,
    reason: str,
) -> Reply:
    """The other direction from a moment on, at which a register is stored or said."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        await _lock(conn, row.enterprise)
        stored = await shown_at(conn, meter, at)
        return changes.ChangeDirection(at, direction, register_value, stored, reason, energy.now())

    return await _managed(energy, call, meter, command)


async def correct_change(energy: Energy, call: Call, meter: str, *, at: datetime, **right: Any) -> Reply:
    """What is right of a change of that moment; what isn't named was right. `right` has CorrectChange's fields."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        return changes.CorrectChange(at, now=energy.now(), **right)

    return await _managed(energy, call, meter, command)


async def undo_change(energy: Energy, call: Call, meter: str, *, at: datetime, reason: str) -> Reply:
    """The change of that moment did not happen."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        return changes.UndoChange(at, reason)

    return await _managed(energy, call, meter, command)


async def assign_alias(energy: Energy, call: Call, meter: str, *, alias: str, reason: str) -> Reply:
    """Devices send under this name, too; what waited in quarantine under it is released."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        holder = await conn.scalar(_NAMED, {"enterprise": row.enterprise, "alias": alias})
        return changes.AssignAlias(alias, holder, reason)

    return await _managed(energy, call, meter, command)


async def withdraw_alias(energy: Energy, call: Call, meter: str, *, alias: str, reason: str) -> Reply:
    """Nothing comes under this name any more."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        return changes.WithdrawAlias(alias, reason)

    return await _managed(energy, call, meter, command)


async def resolve_suspects(
    energy: Energy,
    call: Call,
    meter: str,
    *,
    ends: Sequence[datetime],
    statistic_type: int,
    verdict: domain.Verdict,
    reason: str,
) -> Reply:
    """A person's word on parked intervals: it was so, or their closing readings are wrong."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        parked = [(at, await _parked(conn, row, statistic_type, at)) for at in dict.fromkeys(ends)]
        return decisions.ResolveSuspects(statistic_type, verdict, reason, tuple(parked))

    return await _managed(energy, call, meter, command)


async def withdraw_verdict(
    energy: Energy, call: Call, meter: str, *, at: datetime, statistic_type: int, reason: str
) -> Reply:
    """What was said of the interval that ends at `at` doesn't hold: it is parked, or its reading stands again."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        await _lock(conn, row.enterprise)
        given = await verdict_of(conn, meter, statistic_type, at)
        return changes.WithdrawVerdict(at, statistic_type, reason, given)

    return await _managed(energy, call, meter, command)


async def retire(energy: Energy, call: Call, meter: str, *, at: datetime, reason: str) -> Reply:
    """No more readings are expected after `at`."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        await _lock(conn, row.enterprise)
        last = await conn.scalar(_LAST_READING, {"meter": meter})
        return decisions.RetireMeter(at, reason, None if last is None else moment(last))

    return await _managed(energy, call, meter, command)


async def meter_row(conn: AsyncConnection, actor: Actor, meter: str) -> Any:
    """The meter's row, if the actor administers its enterprise. Raises Problem 404 or 403."""
    row = (await conn.execute(select(tables.meter).where(tables.meter.c.meter == meter))).one_or_none()
    if row is None:
        raise not_found("meter", meter)
    await managed_enterprise(conn, actor, row.enterprise)
    return row


async def _managed(energy: Energy, call: Call, meter: str, make: CommandMaker) -> Reply:
    async def command(conn: AsyncConnection) -> decisions.Command:
        return await make(conn, await meter_row(conn, call.actor, meter))

    return await _run(energy, call, meter, command)


async def _run(
    energy: Energy,
    call: Call,
    meter: str,
    command: Callable[[AsyncConnection], Awaitable[decisions.Command]],
) -> Reply:
    before: list[life.State] = []

    def decide(made: decisions.Command, state: life.State) -> Sequence[domain.Event]:
        before[:] = [state]
        return decisions.decide(made, state)

    async def write(conn: AsyncConnection, events: Sequence[domain.Event]) -> None:
        state = before[0]
        if isinstance(state, life.InUse | life.Retired):
            await inline.know_life(conn, state)
        await inline.apply(conn, events, energy.now())
        for event in events:
            after = life.evolve(state, event)
            await keep(conn, event, state, after, call.actor.subject, energy.now())
            state = after

    def answer(state: life.State, events: Sequence[domain.Event]) -> Any:
        return {**_view(state), "changed": bool(events)}

    decider = Decider(_METER.initial, decide, _METER.evolve)
    return await energy.runner.run(call, f"meter-{meter}", decider, command, inline=write, answer=answer)


async def _lock(conn: AsyncConnection, enterprise: str) -> None:
    """Lock the enterprise's partition until the commit, so that no batch changes what this command reads from the
    store."""
    p = await conn.scalar(text("SELECT p FROM feed WHERE enterprise = :e"), {"e": enterprise})
    await lock_partition(await driver(conn), int(p))


async def _parked(
    conn: AsyncConnection, row: Any, statistic_type: int, at: datetime
) -> decisions.Parked | None:
    await _lock(conn, row.enterprise)
    found = (
        await conn.execute(_PARKED, {"meter": row.meter, "type": statistic_type, "t": int(at.timestamp())})
    ).one_or_none()
    if found is None:
        return None
    return decisions.Parked(moment(found.begins), moment(found.ends), found.reason, plain(found.e))


def _view(state: life.State) -> dict[str, Any]:
    assert isinstance(state, life.InUse | life.Retired)  # noqa: S101 - a refusal has no view
    last = life.segments(state)[-1]
    used = state if isinstance(state, life.InUse) else state.before
    retired_at = state.at if isinstance(state, life.Retired) else None
    return {
        **msgspec.to_builtins(state.registered),
        **msgspec.to_builtins(last.counter),
        "interval_minutes": last.interval_minutes,
        "direction": last.direction,
        "calibration": msgspec.to_builtins(used.calibration),
        "counting_since": None if retired_at else used.since.isoformat(),
        "retired_at": retired_at.isoformat() if retired_at else None,
        "aliases": list(used.aliases),
    }
