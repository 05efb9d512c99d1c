"""Who may judge a parked interval, and what the readings' store has of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.moments import moment
from services.energy.common.scale import plain
from services.energy.meters.commands import lock_readings, managed
from services.energy.meters.facts.life import MeterState
from services.energy.meters.verdicts.decisions import (
    ConfirmRollover,
    Looked,
    Parked,
    ResolveSuspect,
    ResolveSuspects,
    Said,
    Standing,
    WithdrawVerdict,
)
from shared.feature import At

_PARKED = text("""
    SELECT i.t0 AS begins, i.t AS ends, i.reason, i.e FROM suspect i JOIN series x USING (s)
    WHERE x.meter = :meter AND x.statistic_type = :type AND i.t = :t
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


async def confirm_rollover(at: At, command: ConfirmRollover, state: MeterState) -> Looked:
    """For a register that fell and whose capacity isn't known or doesn't bear it out."""
    return await _looked(at, command, state, [command.at])


async def resolve_one(at: At, command: ResolveSuspect, state: MeterState) -> Looked:
    """A confirmed interval counts from now on; of a voided reading nothing counts, its neighbours join up."""
    return await _looked(at, command, state, [command.at])


async def resolve_many(at: At, command: ResolveSuspects, state: MeterState) -> Looked:
    """As resolve-suspect. A voided reading settles the interval that begins with it too, if that is named."""
    return await _looked(at, command, state, command.ends)


async def withdraw(at: At, command: WithdrawVerdict, state: MeterState) -> Said:
    """The interval is what its readings say, parked if need be; a voided reading stands again."""
    meter = await managed(at, command, state)
    await lock_readings(at.conn, meter.registered.enterprise)
    row = (
        await at.conn.execute(_VERDICT, _named(command.meter, command.statistic_type, command.at))
    ).one_or_none()
    said = None if row is None else Standing(moment(row.begins), moment(row.ends), row.verdict)
    return Said(today=at.today, by=at.actor.subject, said=said)


async def _looked(
    at: At,
    command: ConfirmRollover | ResolveSuspect | ResolveSuspects,
    state: MeterState,
    ends: Sequence[datetime],
) -> Looked:
    meter = await managed(at, command, state)
    await lock_readings(at.conn, meter.registered.enterprise)
    found = [
        (end, await _parked(at.conn, command.meter, command.statistic_type, end))
        for end in dict.fromkeys(ends)
    ]
    return Looked(today=at.today, by=at.actor.subject, parked=tuple(found))


async def _parked(conn: AsyncConnection, meter: str, statistic_type: int, end: datetime) -> Parked | None:
    row = (await conn.execute(_PARKED, _named(meter, statistic_type, end))).one_or_none()
    if row is None:
        return None
    return Parked(moment(row.begins), moment(row.ends), row.reason, plain(row.e))


def _named(meter: str, statistic_type: int, end: datetime) -> dict[str, str | int]:
    return {"meter": meter, "type": statistic_type, "t": int(end.timestamp())}
