"""What is decided about a meter, carried into the readings' store in the transaction of the command."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_never

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common import registers
from services.energy.common.scale import amount_of, value_of
from services.energy.domain import meter as domain
from services.energy.domain import meter_life as life
from services.energy.domain.meter_changes import Given
from services.energy.readings import quarantine, revise
from services.energy.readings.arrivals import Quarantine
from services.energy.readings.lay_out import Stretch, lay_out
from services.energy.readings.memory import Connection
from services.energy.readings.reference import SeriesSpec, driver, rename

_SLOT_SECONDS = {1: 86_400, 2: 31 * 86_400, 3: 366 * 86_400}
"""Length of a slot by statistic type; type 0 (real-time) has the meter's own."""

_SHOWN = text("""
    SELECT r.v FROM reading r JOIN series x USING (s)
    WHERE x.meter = :meter AND x.kind = 'register' AND r.t = :t AND r.v >= 0 ORDER BY x.statistic_type LIMIT 1
""")
_VERDICT = text("""
    SELECT c.t0 AS begins, c.t AS ends, c.verdict FROM confirmed c JOIN series x USING (s)
    WHERE x.meter = :meter AND x.statistic_type = :type AND c.t = :t
    UNION ALL
    SELECT r.t, r.t, 'void' FROM reading r JOIN series x USING (s)
    WHERE x.meter = :meter AND x.statistic_type = :type AND r.t = :t AND r.v < 0
      AND EXISTS (SELECT FROM history h WHERE h.s = r.s AND h.t = r.t AND h.v >= 0)
    LIMIT 1
""")

_Known = life.InUse | life.Retired


async def shown_at(conn: AsyncConnection, meter: str, at: datetime) -> Decimal | None:
    """The register that is stored at that moment, in the meter's unit; None: none is."""
    found = await conn.scalar(_SHOWN, {"meter": meter, "t": int(at.timestamp())})
    return None if found is None else amount_of(found)


async def verdict_of(conn: AsyncConnection, meter: str, statistic_type: int, at: datetime) -> Given | None:
    """What was said of the interval that ends at that moment, or of its reading; None: nothing."""
    row = (
        await conn.execute(_VERDICT, {"meter": meter, "type": statistic_type, "t": int(at.timestamp())})
    ).one_or_none()
    return None if row is None else Given(moment(row.begins), moment(row.ends), row.verdict)


async def keep(
    conn: AsyncConnection, event: domain.Event, before: life.State, after: life.State, by: str, now: datetime
) -> None:
    """Carry an event's consequences into the readings' store. `before` and `after` are the meter's states around it."""
    inner = await driver(conn)
    assert isinstance(after, _Known)  # noqa: S101 - an event makes a meter known
    match event:
        case domain.MeterRegistered():
            for statistic_type in event.statistic_types:
                await revise.open_meter(inner, _specs(after, statistic_type)[0].spec, now)
        case (
            domain.MeterReplaced()
            | domain.MeterRatioChanged()
            | domain.MeterIntervalChanged()
            | domain.MeterDirectionChanged()
        ):
            await _changed(inner, before, after, event.at, now)
        case domain.MeterChangeCorrected():
            await _laid_out(inner, before, after, min(event.at, event.now_at), now)
        case domain.MeterChangeUndone():
            await _laid_out(inner, before, after, event.at, now)
            # Readings from after a retirement that is undone by this.
            reasons = [Quarantine.OUTSIDE_VALID_PERIOD.value]
            await quarantine.release(inner, event.enterprise, reasons, now, meter=event.meter)
        case domain.MeterAliasAssigned():
            await rename(inner, event.enterprise)
            reasons = [Quarantine.UNKNOWN_METER.value, Quarantine.OTHER_ENTERPRISE.value]
            await quarantine.release(inner, event.enterprise, reasons, now, meter=event.alias)
        case domain.MeterAliasWithdrawn():
            await rename(inner, event.enterprise)
        case domain.MeterRolloverConfirmed():
            await _said(inner, event, registers.Verdict.ROLLOVER, by, now)
        case domain.SuspectResolved(verdict=domain.Verdict.CONFIRM):
            await _said(inner, event, registers.Verdict.SO, by, now)
        case domain.SuspectResolved():
            await revise.void_reading(inner, event.meter, event.statistic_type, event.at, now)
        case domain.VerdictWithdrawn(verdict="void"):
            await revise.restore_reading(inner, event.meter, event.statistic_type, event.at, now)
        case domain.VerdictWithdrawn():
            await revise.withdraw_verdict(
                inner, event.meter, event.statistic_type, event.start, event.at, now
            )
        case domain.MeterRetired():
            for statistic_type in after.registered.statistic_types:
                await revise.close_meter(inner, event.meter, statistic_type, event.at, now)
        case _:
            assert_never(event)


async def _said(
    conn: Connection,
    event: domain.MeterRolloverConfirmed | domain.SuspectResolved,
    verdict: registers.Verdict,
    by: str,
    now: datetime,
) -> None:
    await revise.give_verdict(
        conn, event.meter, event.statistic_type, event.start, event.at, verdict, by, now
    )


async def _changed(conn: Connection, before: life.State, after: _Known, at: datetime, now: datetime) -> None:
    """A change after all others concerns later readings only; an earlier one lays the meter's life out again."""
    if life.segments(after)[-1].since != at:
        await _laid_out(conn, before, after, at, now)
        return
    for statistic_type in after.registered.statistic_types:
        last, new = _specs(after, statistic_type)[-2:]
        await revise.replace_register(conn, new.spec, now, closing=last.closing, opening=new.opening)


async def _laid_out(
    conn: Connection, before: life.State, after: _Known, since: datetime, now: datetime
) -> None:
    assert isinstance(before, _Known)  # noqa: S101 - only a known meter's change is corrected
    used = before if isinstance(before, life.InUse) else before.before
    stated = {
        int(each.at.timestamp()): None if each.closing is None else value_of(each.closing)
        for each in used.changes
    }
    for statistic_type in after.registered.statistic_types:
        await lay_out(conn, _specs(after, statistic_type), stated, since, now)


def _specs(state: _Known, statistic_type: int) -> list[Stretch]:
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
                delivered=each.direction is domain.Direction.DELIVERED,
                statistic_type=statistic_type,
                valid_to=each.until,
            ),
            None if each.opening is None else value_of(each.opening),
            None if each.closing is None else value_of(each.closing),
        )
        for each in life.segments(state)
    ]


def moment(seconds: int) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
