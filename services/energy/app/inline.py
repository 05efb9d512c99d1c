"""Keeps the inline tables in step with the log: every event changes them in its own append transaction.

It reads nothing but the event, so the same function rebuilds the tables from the log.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.domain import coverage, measured_day, meter, meter_life


async def apply(conn: AsyncConnection, events: Iterable[Any], now: datetime) -> None:
    """Change the tables for each event. Raises Refused (409) where an external id belongs to somebody else.

    Days, verdicts and feeds come by the hundred: a statement for each would cost more than all else together.
    """
    days: list[dict[str, Any]] = []
    verdicts: list[coverage.CoverageChanged] = []
    feeds: list[tuple[str, datetime | None]] = []
    for event in events:
        match event:
            case meter.MeterRegistered():
                await _meter(conn, event)
            case (
                meter.MeterReplaced()
                | meter.MeterRatioChanged()
                | meter.MeterIntervalChanged()
                | meter.MeterDirectionChanged()
                | meter.MeterChangeCorrected()
                | meter.MeterChangeUndone()
                | meter.MeterRetired()
            ):
                await _lived(conn, event)
            case meter.MeterAliasAssigned():
                row = {"enterprise": event.enterprise, "alias": event.alias, "meter": event.meter}
                await conn.execute(insert(tables.meter_alias).values(row))
                await _lived(conn, event)
            case meter.MeterAliasWithdrawn():
                await conn.execute(
                    delete(tables.meter_alias).where(
                        tables.meter_alias.c.enterprise == event.enterprise,
                        tables.meter_alias.c.alias == event.alias,
                    )
                )
                await _lived(conn, event)
            case measured_day.EnterpriseDayMeasured():
                days.append(
                    {
                        "enterprise": event.enterprise,
                        "day": event.day,
                        "revision": event.revision,
                        "measured_at": now,
                        "figures": msgspec.to_builtins(event),
                    }
                )
            case coverage.CoverageChanged():
                verdicts.append(event)
            case coverage.FeedSilent(enterprise=name, since=since):
                feeds.append((name, since))
            case coverage.FeedResumed(enterprise=name):
                feeds.append((name, None))
            case _:
                pass  # the other events change no inline table
    await _upsert(conn, tables.measured_day, days)
    await _judged(conn, verdicts)
    await _feeds(conn, feeds)


async def _meter(conn: AsyncConnection, event: meter.MeterRegistered) -> None:
    await _upsert(
        conn,
        tables.meter,
        [
            {
                "meter": event.meter,
                "enterprise": event.enterprise,
                "carrier": event.carrier,
                "unit": event.unit,
                "carrier_unit": event.carrier_unit,
                "unit_factor": event.unit_factor,
                "kind": str(event.kind),
                "serial": event.serial,
                "ratio": event.ratio,
                "digits": event.digits,
                "modulus": event.modulus,
                "life": msgspec.to_builtins(meter_life.InUse(event)),
                "capacity": event.capacity,
                "interval_minutes": event.interval_minutes,
                "direction": event.direction,
                "scope": event.scope,
                "statistic_types": list(event.statistic_types),
                "calibrated_on": event.calibration.last,
                "calibration_due": event.calibration.next,
                "valid_from": event.valid_from,
                "counting_since": event.valid_from,
                "retired_at": None,
            }
        ],
    )


async def know_life(conn: AsyncConnection, state: meter_life.InUse | meter_life.Retired) -> None:
    """Write the meter's life from the log into its row: a row that an older release wrote lacks it."""
    await _set_meter(conn, state.registered.meter, life=msgspec.to_builtins(state))


async def _lived(conn: AsyncConnection, event: meter.Event) -> None:
    """What holds now, after a change somewhere in the meter's life."""
    row = await conn.execute(select(tables.meter.c.life).where(tables.meter.c.meter == event.meter))
    life: dict[str, Any] = row.scalar_one()
    known: meter_life.State = (
        msgspec.convert(life, meter_life.Retired)
        if "before" in life
        else msgspec.convert(life, meter_life.InUse)
    )
    state = meter_life.evolve(known, event)
    assert isinstance(state, meter_life.InUse | meter_life.Retired)  # noqa: S101 - it was registered
    used = state if isinstance(state, meter_life.InUse) else state.before
    last = meter_life.segments(state)[-1]
    await _set_meter(
        conn,
        event.meter,
        serial=last.counter.serial,
        ratio=last.counter.ratio,
        digits=last.counter.digits,
        modulus=last.counter.modulus,
        capacity=last.counter.capacity,
        interval_minutes=last.interval_minutes,
        direction=last.direction,
        calibrated_on=used.calibration.last,
        calibration_due=used.calibration.next,
        counting_since=used.since,
        retired_at=state.at if isinstance(state, meter_life.Retired) else None,
        life=msgspec.to_builtins(state),
    )


async def _set_meter(conn: AsyncConnection, name: str, **values: Any) -> None:
    await conn.execute(update(tables.meter).where(tables.meter.c.meter == name).values(**values))


async def _judged(conn: AsyncConnection, events: list[coverage.CoverageChanged]) -> None:
    if not events:
        return
    judged = tables.coverage_day
    statement = insert(judged)
    said = statement.excluded
    rows = [
        {
            "enterprise": event.enterprise,
            "day": event.day,
            "region": event.region,
            "online": event.online,
            "reason": event.reason,
            "version": 1,
        }
        for event in events
    ]
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[judged.c.enterprise, judged.c.day],
            set_={"online": said.online, "reason": said.reason, "version": judged.c.version + 1},
        ),
        rows,
    )


async def _feeds(conn: AsyncConnection, states: list[tuple[str, datetime | None]]) -> None:
    """Write (enterprise, silent since; None: heard) in the order in which they were found: an enterprise's last one
    stays."""
    if not states:
        return
    feed = tables.feed_state
    statement = insert(feed)
    rows = [{"enterprise": name, "version": 1, "silent_since": since} for name, since in states]
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[feed.c.enterprise],
            set_={"silent_since": statement.excluded.silent_since, "version": feed.c.version + 1},
        ),
        rows,
    )


async def _upsert(conn: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or overwrite those with the same primary key."""
    if not rows:
        return
    await conn.execute(_upsert_of(table, tuple(rows[0])), rows)


@cache
def _upsert_of(table: Table, columns: tuple[str, ...]) -> Insert:
    """Cached, because building the statement and its key in SQLAlchemy's cache takes longer than executing it."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)
