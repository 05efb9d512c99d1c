"""What is decided about quarantined readings, done in the readings' store in the transaction of the command."""

from typing import Any

from sqlalchemy import text

from services.energy.quarantine.facts import Decisions, QuarantineReleased
from shared.feature import At, Change

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


async def carry(at: At, change: Change[Decisions]) -> None:
    """Send readings through the worker again, or leave them out."""
    for event in change.events:
        values: dict[str, Any] = {
            "enterprise": event.enterprise,
            "readings": [each.id for each in event.readings],
        }
        if isinstance(event, QuarantineReleased):
            await at.conn.execute(_RELEASE, {**values, "now": at.service.clock.now()})
        else:
            await at.conn.execute(_DROP, values)
