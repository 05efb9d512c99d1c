"""Use cases on meters: what the registry decides, carried into the readings' store in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.app import inline
from services.energy.app.context import Energy
from services.energy.domain import meter as domain
from services.energy.domain import meter_decisions as decisions
from services.energy.domain import registers
from services.energy.domain.meter import Calibration, Counter, Kind
from services.energy.readings import revise
from services.energy.readings.memory import Connection
from services.energy.readings.reference import SeriesSpec, driver, thousandths
from services.energy.readings.store import lock_partition
from services.energy.regions import managed_enterprise
from shared.decider import Decider
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call, Reply

_METER: Decider[domain.State, decisions.Command, domain.Event] = Decider(
    domain.NoMeter(), decisions.decide, domain.evolve
)
_SLOT_SECONDS = {1: 86_400, 2: 31 * 86_400, 3: 366 * 86_400}
"""Length of a slot by statistic type; type 0 (real-time) has the meter's own."""

_PARKED = text("""
    SELECT i.t0 AS begins, i.t AS ends, i.reason, i.e FROM irregular i JOIN series x USING (s)
    WHERE x.meter = :meter AND x.statistic_type = :type AND i.t = :t AND i.reason <> 'rollover'
""")
_LAST_READING = text("""
    SELECT max(r.t) FROM series x CROSS JOIN LATERAL (
        SELECT t FROM reading WHERE s = x.s AND v >= 0 ORDER BY t DESC LIMIT 1) r
    WHERE x.meter = :meter
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
) -> Reply:
    """Make a meter known. Readings that waited for it in quarantine are released for its valid period."""

    async def command(conn: AsyncConnection) -> decisions.Command:
        await managed_enterprise(conn, call.actor, enterprise)
        carrier_unit = await conn.scalar(text("SELECT unit FROM carrier WHERE carrier = :c"), {"c": carrier})
        return decisions.RegisterMeter(
            meter,
            enterprise,
            True,
            carrier,
            None if carrier_unit is None else decisions.Carrier(carrier, carrier_unit),
            unit,
            kind,
            counter,
            interval_minutes,
            scope,
            tuple(statistic_types),
            calibration,
            valid_from,
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
    capacity: Decimal | None,
    old_last: Decimal | None,
    new_start: Decimal | None,
    calibration: Calibration,
    reason: str,
) -> Reply:
    """Another device from a moment on; ratio, digits and capacity stay as they were where None is given."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        counter = Counter(
            serial,
            row.ratio if ratio is None else ratio,
            row.digits if digits is None else digits,
            row.capacity if capacity is None else capacity,
        )
        return decisions.ReplaceMeter(at, counter, old_last, new_start, calibration, reason, energy.now())

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


async def resolve_suspect(
    energy: Energy,
    call: Call,
    meter: str,
    *,
    at: datetime,
    statistic_type: int,
    verdict: domain.Verdict,
    reason: str,
) -> Reply:
    """A person's word on a parked interval: it was so, or its closing reading is wrong."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        parked = await _parked(conn, row, statistic_type, at)
        return decisions.ResolveSuspect(at, statistic_type, verdict, reason, parked)

    return await _managed(energy, call, meter, command)


async def retire(energy: Energy, call: Call, meter: str, *, at: datetime, reason: str) -> Reply:
    """No more readings are expected after `at`."""

    async def command(conn: AsyncConnection, row: Any) -> decisions.Command:
        await _lock(conn, row.enterprise)
        last = await conn.scalar(_LAST_READING, {"meter": meter})
        return decisions.RetireMeter(at, reason, None if last is None else _moment(last))

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
    async def write(conn: AsyncConnection, events: Sequence[domain.Event]) -> None:
        await inline.apply(conn, events, energy.now())
        for event in events:
            await _store(energy, conn, event, call.actor.subject)

    def answer(state: domain.State, _: Any) -> Any:
        return _view(state)

    return await energy.runner.run(call, f"meter-{meter}", _METER, command, inline=write, answer=answer)


async def _store(energy: Energy, conn: AsyncConnection, event: domain.Event, by: str) -> None:
    """What an event means to the readings."""
    inner, now = await driver(conn), energy.now()
    match event:
        case domain.MeterRegistered():
            for statistic_type in event.statistic_types:
                await revise.open_meter(inner, _opening_spec(event, statistic_type), now)
        case domain.MeterReplaced():
            await _succeed(inner, conn, event.meter, event.at, now, event.old_last, event.new_start)
        case domain.MeterRatioChanged(register_value=value):
            await _succeed(inner, conn, event.meter, event.at, now, value, value)
        case domain.MeterRolloverConfirmed():
            verdict = registers.Verdict.ROLLOVER
            await revise.give_verdict(
                inner, event.meter, event.statistic_type, event.start, event.at, verdict, by, now
            )
        case domain.SuspectResolved(verdict=domain.Verdict.CONFIRM):
            verdict = registers.Verdict.SO
            await revise.give_verdict(
                inner, event.meter, event.statistic_type, event.start, event.at, verdict, by, now
            )
        case domain.SuspectResolved():
            await revise.void_reading(inner, event.meter, event.statistic_type, event.at, now)
        case domain.MeterRetired():
            for statistic_type in (await _row(conn, event.meter)).statistic_types:
                await revise.close_meter(inner, event.meter, statistic_type, event.at, now)


async def _succeed(
    inner: Connection,
    conn: AsyncConnection,
    meter: str,
    at: datetime,
    now: datetime,
    closing: Decimal | None,
    opening: Decimal | None,
) -> None:
    """Close the meter's series at `at` and open the next, by what the inline table says since this command."""
    row = await _row(conn, meter)
    for statistic_type in row.statistic_types:
        await revise.replace_register(
            inner,
            _spec(row, statistic_type, at),
            now,
            closing=None if closing is None else thousandths(closing),
            opening=None if opening is None else thousandths(opening),
        )


async def _row(conn: AsyncConnection, meter: str) -> Any:
    return (await conn.execute(select(tables.meter).where(tables.meter.c.meter == meter))).one()


async def _lock(conn: AsyncConnection, enterprise: str) -> None:
    """What the store says must hold until the commit: no batch may come between."""
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
    return decisions.Parked(
        _moment(found.begins), _moment(found.ends), found.reason, Decimal(found.e).scaleb(-3)
    )


def _opening_spec(event: domain.MeterRegistered, statistic_type: int) -> SeriesSpec:
    return SeriesSpec(
        meter=event.meter,
        enterprise=event.enterprise,
        carrier=event.carrier,
        unit=event.unit,
        kind=event.kind.value,
        valid_from=event.valid_from,
        ratio=event.ratio,
        unit_factor=event.unit_factor,
        digits=event.digits,
        capacity=event.capacity,
        interval_seconds=_SLOT_SECONDS.get(statistic_type, event.interval_minutes * 60),
        scope=event.scope,
        statistic_type=statistic_type,
    )


def _spec(row: Any, statistic_type: int, valid_from: datetime) -> SeriesSpec:
    return SeriesSpec(
        meter=row.meter,
        enterprise=row.enterprise,
        carrier=row.carrier,
        unit=row.unit,
        kind=row.kind,
        valid_from=valid_from,
        ratio=row.ratio,
        unit_factor=row.unit_factor,
        digits=row.digits,
        capacity=row.capacity,
        interval_seconds=_SLOT_SECONDS.get(statistic_type, row.interval_minutes * 60),
        scope=row.scope,
        statistic_type=statistic_type,
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _view(state: domain.State) -> dict[str, Any]:
    match state:
        case domain.InUse(registered=registered, counter=counter):
            fields: dict[str, Any] = msgspec.to_builtins(registered)
            return {
                **fields,
                **msgspec.to_builtins(counter),
                "calibration": msgspec.to_builtins(state.calibration),
                "counting_since": state.since.isoformat(),
                "retired_at": None,
            }
        case domain.Retired(registered=registered, at=at):
            return {**msgspec.to_builtins(registered), "counting_since": None, "retired_at": at.isoformat()}
        case _:
            raise TypeError(f"a meter was decided on that is {type(state).__name__}")
