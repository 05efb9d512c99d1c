"""What is decided about a meter, carried into the readings' store in the transaction of the command."""

from datetime import datetime
from typing import assert_never

from services.energy.common import registers
from services.energy.common.scale import value_of
from services.energy.meters.facts import events as facts
from services.energy.meters.facts import life
from services.energy.meters.guards import in_use
from services.energy.readings import quarantine, revise
from services.energy.readings.arrivals import Quarantine
from services.energy.readings.lay_out import Stretch, lay_out
from services.energy.readings.memory import Connection
from services.energy.readings.reference import SeriesSpec, driver, rename
from shared.feature import At, Change

_SLOT_SECONDS = {1: 86_400, 2: 31 * 86_400, 3: 366 * 86_400}
"""Length of a slot by statistic type; type 0 (real-time) has the meter's own."""


async def carry(at: At, change: Change[life.MeterState]) -> None:
    """Carry the consequences of a command's events into the readings' store, in the command's transaction."""
    inner, now = await driver(at.conn), at.service.clock.now()
    before = change.before
    for event in change.events:
        after = life.evolve(before, event)
        await _keep(inner, event, before, after, change.given.by, now)
        before = after


async def _keep(
    inner: Connection,
    event: facts.MeterEvent,
    before: life.MeterState,
    after: life.MeterState,
    by: str,
    now: datetime,
) -> None:
    """`before` and `after` are the meter's states around the event."""
    assert not isinstance(after, life.NoMeter)  # noqa: S101 - an event makes a meter known
    match event:
        case facts.MeterRegistered():
            for statistic_type in event.statistic_types:
                await revise.open_meter(inner, _specs(after, statistic_type)[0].spec, now)
        case (
            facts.MeterReplaced()
            | facts.MeterRatioChanged()
            | facts.MeterIntervalChanged()
            | facts.MeterDirectionChanged()
        ):
            await _changed(inner, before, after, event.at, now)
        case facts.MeterChangeCorrected():
            await _laid_out(inner, before, after, min(event.at, event.now_at), now)
        case facts.MeterChangeUndone():
            await _laid_out(inner, before, after, event.at, now)
            # Readings from after a retirement that is undone by this.
            reasons = [Quarantine.OUTSIDE_VALID_PERIOD.value]
            await quarantine.release(inner, event.enterprise, reasons, now, meter=event.meter)
        case facts.MeterAliasAssigned():
            await rename(inner, event.enterprise)
            reasons = [Quarantine.UNKNOWN_METER.value, Quarantine.OTHER_ENTERPRISE.value]
            await quarantine.release(inner, event.enterprise, reasons, now, meter=event.alias)
        case facts.MeterAliasWithdrawn():
            await rename(inner, event.enterprise)
        case facts.MeterRolloverConfirmed():
            await _said(inner, event, registers.Verdict.ROLLOVER, by, now)
        case facts.SuspectResolved(verdict=facts.Verdict.CONFIRM):
            await _said(inner, event, registers.Verdict.SO, by, now)
        case facts.SuspectResolved():
            await revise.void_reading(inner, event.meter, event.statistic_type, event.at, now)
        case facts.VerdictWithdrawn(verdict="void"):
            await revise.restore_reading(inner, event.meter, event.statistic_type, event.at, now)
        case facts.VerdictWithdrawn():
            await revise.withdraw_verdict(
                inner, event.meter, event.statistic_type, event.start, event.at, now
            )
        case facts.MeterRetired():
            for statistic_type in after.registered.statistic_types:
                await revise.close_meter(inner, event.meter, statistic_type, event.at, now)
        case _:
            assert_never(event)


async def _said(
    conn: Connection,
    event: facts.MeterRolloverConfirmed | facts.SuspectResolved,
    verdict: registers.Verdict,
    by: str,
    now: datetime,
) -> None:
    await revise.give_verdict(
        conn, event.meter, event.statistic_type, event.start, event.at, verdict, by, now
    )


async def _changed(
    conn: Connection, before: life.MeterState, after: life.InUse | life.Retired, at: datetime, now: datetime
) -> None:
    """A change after all others concerns later readings only; an earlier one lays the meter's life out again."""
    if life.segments(after)[-1].since != at:
        await _laid_out(conn, before, after, at, now)
        return
    for statistic_type in after.registered.statistic_types:
        last, new = _specs(after, statistic_type)[-2:]
        await revise.replace_register(conn, new.spec, now, closing=last.closing, opening=new.opening)


async def _laid_out(
    conn: Connection,
    before: life.MeterState,
    after: life.InUse | life.Retired,
    since: datetime,
    now: datetime,
) -> None:
    assert not isinstance(before, life.NoMeter)  # noqa: S101 - only a known meter's change is corrected
    stated = {
        int(each.at.timestamp()): None if each.closing is None else value_of(each.closing)
        for each in in_use(before).changes
    }
    for statistic_type in after.registered.statistic_types:
        await lay_out(conn, _specs(after, statistic_type), stated, since, now)


def _specs(state: life.InUse | life.Retired, statistic_type: int) -> list[Stretch]:
    """The meter's life as series of one statistic type."""
    first = state.registered
    return [
        Stretch(
            SeriesSpec(
                meter=first.meter,
                enterprise=first.enterprise,
                carrier=first.carrier,
                unit=first.unit,
                kind=first.kind.value,
                valid_from=each.since,
                ratio=each.counter.ratio,
                unit_factor=first.unit_factor,
                digits=each.counter.digits,
                modulus=each.counter.modulus,
                capacity=each.counter.capacity,
                interval_seconds=_SLOT_SECONDS.get(statistic_type, each.interval_minutes * 60),
                scope=first.scope,
                delivered=each.direction is facts.Direction.DELIVERED,
                statistic_type=statistic_type,
                valid_to=each.until,
            ),
            None if each.opening is None else value_of(each.opening),
            None if each.closing is None else value_of(each.closing),
        )
        for each in life.segments(state)
    ]
