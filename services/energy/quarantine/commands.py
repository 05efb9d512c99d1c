"""Who may decide on quarantined readings, and what the readings' store has of them."""

from sqlalchemy import text

from services.energy.access import managed_enterprise
from services.energy.quarantine.decisions import DecideOnQuarantined, Dropping, Held, Releasing
from services.energy.quarantine.facts import Decisions
from services.energy.readings.archive_line import archive_line, refuse_archived
from services.energy.readings.memory import EARLIEST
from services.energy.readings.reference import driver
from services.energy.readings.store import lock_partition
from shared.feature import At

_KEPT = text("""
    SELECT id, meter, reason AS why, state, t AS seconds FROM quarantine
    WHERE enterprise = :enterprise AND id = ANY (:readings) ORDER BY id FOR UPDATE
""")
_PARTITION = text("SELECT p FROM feed WHERE enterprise = :enterprise")


async def release(at: At, command: DecideOnQuarantined, state: Decisions) -> Releasing:
    """They are judged once more, with their first receipt; what is wrong with them still, brings them back."""
    kept, earliest = await _kept(at, command)
    if earliest is not None:
        refuse_archived(await archive_line(await driver(at.conn)), earliest)
    return Releasing(today=at.today, by=at.actor.subject, kept=kept)


async def drop(at: At, command: DecideOnQuarantined, state: Decisions) -> Dropping:
    """They are left out of every figure. Nothing is erased: a dropped reading can be released after all."""
    kept, _ = await _kept(at, command)
    return Dropping(today=at.today, by=at.actor.subject, kept=kept)


async def _kept(at: At, command: DecideOnQuarantined) -> tuple[tuple[Held, ...], int | None]:
    """The readings in quarantine, and the moment of the earliest that can be released, in epoch seconds."""
    await managed_enterprise(at.conn, at.actor, command.enterprise)
    # No batch may end a release, or bring a reading back, between this look and the commit.
    p = await at.conn.scalar(_PARTITION, {"enterprise": command.enterprise})
    await lock_partition(await driver(at.conn), int(p or 0))
    named = {"enterprise": command.enterprise, "readings": list(command.readings)}
    rows = (await at.conn.execute(_KEPT, named)).all()
    going = [row.seconds for row in rows if row.state in ("held", "dropped") and row.seconds > EARLIEST]
    return tuple(Held(row.id, row.meter, row.why, row.state) for row in rows), min(going, default=None)
