"""Who may change a meter, and what its register showed then."""

from sqlalchemy import text

from services.energy.common.scale import amount_of
from services.energy.meters.changes.decisions import ChangeMeterDirection, ChangeMeterInterval, Shown
from services.energy.meters.commands import lock_readings, managed
from services.energy.meters.facts.life import MeterState
from shared.feature import At

_SHOWN = text("""
    SELECT r.v FROM reading r JOIN series x USING (s)
    WHERE x.meter = :meter AND x.kind = 'register' AND r.t = :t AND r.v >= 0 ORDER BY x.statistic_type LIMIT 1
""")


async def shown(at: At, command: ChangeMeterInterval | ChangeMeterDirection, state: MeterState) -> Shown:
    """The register that is stored at the moment of the change, in the meter's unit."""
    meter = await managed(at, command, state)
    await lock_readings(at.conn, meter.registered.enterprise)
    found = await at.conn.scalar(_SHOWN, {"meter": command.meter, "t": int(command.at.timestamp())})
    return Shown(
        today=at.today,
        by=at.actor.subject,
        now=at.service.clock.now(),
        stored=None if found is None else amount_of(found),
    )
