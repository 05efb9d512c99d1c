"""Use cases on the quarantine: a person's decision, in the log and in the store in one transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import managed_enterprise
from services.energy.app.context import Energy
from services.energy.domain import quarantine as domain
from services.energy.readings.archive_line import archive_line, refuse_archived
from services.energy.readings.memory import EARLIEST
from services.energy.readings.reference import driver
from services.energy.readings.store import lock_partition
from shared.decider import Decider
from shared.rpc import Call, Reply

_QUARANTINE: Decider[domain.Decisions, domain.Command, domain.Event] = Decider(
    domain.Decisions(), domain.decide, domain.evolve
)
_KEPT = text("""
    SELECT id, meter, reason AS why, state, t AS seconds FROM quarantine
    WHERE enterprise = :enterprise AND id = ANY (:readings) ORDER BY id FOR UPDATE
""")
# A dropped reading doesn't count against the quota; one that is released after all counts again until it is stored.
_RELEASE = text("""
    WITH before AS (SELECT id, state FROM quarantine WHERE id = ANY (:readings)),
    gone AS (UPDATE quarantine SET state = 'releasing', release_at = :now, published_at = NULL
             WHERE id = ANY (:readings))
    UPDATE feed SET quarantine_held = quarantine_held + (SELECT count(*) FROM before WHERE state = 'dropped')::int
    WHERE enterprise = :enterprise
""")
_DROP = text("""
    WITH gone AS (UPDATE quarantine SET state = 'dropped' WHERE id = ANY (:readings) RETURNING 1)
    UPDATE feed SET quarantine_held = greatest(0, quarantine_held - (SELECT count(*) FROM gone)::int)
    WHERE enterprise = :enterprise
""")
_PARTITION = text("SELECT p FROM feed WHERE enterprise = :enterprise")


async def release(energy: Energy, call: Call, enterprise: str, readings: Sequence[int], reason: str) -> Reply:
    """Send readings through the worker again; those that still have a fault return to quarantine."""
    return await _run(energy, call, domain.ReleaseReadings, enterprise, readings, reason)


async def drop(energy: Energy, call: Call, enterprise: str, readings: Sequence[int], reason: str) -> Reply:
    """Leave readings out of every figure, for a reason that stands in the log."""
    return await _run(energy, call, domain.DropReadings, enterprise, readings, reason)


async def _run(
    energy: Energy,
    call: Call,
    kind: type[domain.ReleaseReadings] | type[domain.DropReadings],
    enterprise: str,
    readings: Sequence[int],
    reason: str,
) -> Reply:
    async def command(conn: AsyncConnection) -> domain.Command:
        await managed_enterprise(conn, call.actor, enterprise)
        # No batch may end a release, or bring a reading back, between this look and the commit.
        await lock_partition(
            await driver(conn), int(await conn.scalar(_PARTITION, {"enterprise": enterprise}) or 0)
        )
        rows = (await conn.execute(_KEPT, {"enterprise": enterprise, "readings": list(readings)})).all()
        going = [row.seconds for row in rows if row.state in ("held", "dropped") and row.seconds > EARLIEST]
        if kind is domain.ReleaseReadings and going:
            refuse_archived(await archive_line(await driver(conn)), min(going))
        kept = tuple(domain.Kept(row.id, row.meter, row.why, row.state) for row in rows)
        return kind(enterprise, tuple(readings), kept, reason)

    async def write(conn: AsyncConnection, events: Sequence[domain.Event]) -> None:
        for event in events:
            values: dict[str, Any] = {
                "enterprise": enterprise,
                "readings": [each.id for each in event.readings],
            }
            if isinstance(event, domain.QuarantineReleased):
                await conn.execute(_RELEASE, {**values, "now": energy.now()})
            else:
                await conn.execute(_DROP, values)

    def answer(_: domain.Decisions, events: Sequence[domain.Event]) -> Any:
        decided = [each.id for event in events for each in event.readings]
        return {"enterprise": enterprise, "decided": decided, "unchanged": len(set(readings)) - len(decided)}

    return await energy.runner.run(
        call, f"quarantine-{enterprise}", _QUARANTINE, command, inline=write, answer=answer
    )
