"""Who may register or retire a meter, and what the plan, other meters and the readings' store say."""

from sqlalchemy import text

from services.energy.access import managed_enterprise
from services.energy.common.moments import moment
from services.energy.meters.commands import lock_readings, managed
from services.energy.meters.facts.life import MeterState
from services.energy.meters.registration.decisions import Registering, RegisterMeter, RetireMeter, Retiring
from services.energy.plan.reference import carrier_unit
from shared.feature import At

_ALIAS = text("SELECT meter FROM meter_alias WHERE enterprise = :enterprise AND alias = :alias")
_LAST_READING = text("""
    SELECT max(r.t) FROM series x CROSS JOIN LATERAL (
        SELECT t FROM reading WHERE s = x.s AND v >= 0 ORDER BY t DESC LIMIT 1) r
    WHERE x.meter = :meter
""")


async def register(at: At, command: RegisterMeter, state: MeterState) -> Registering:
    """Readings of it that waited in quarantine are released for its valid period."""
    await managed_enterprise(at.conn, at.actor, command.enterprise)
    named = {"enterprise": command.enterprise, "alias": command.meter}
    return Registering(
        today=at.today,
        by=at.actor.subject,
        carrier_unit=await carrier_unit(at.conn, command.carrier),
        alias_of=await at.conn.scalar(_ALIAS, named),
    )


async def retire(at: At, command: RetireMeter, state: MeterState) -> Retiring:
    """No readings are expected after `at`. Refused if there are any."""
    meter = await managed(at, command, state)
    await lock_readings(at.conn, meter.registered.enterprise)
    last = await at.conn.scalar(_LAST_READING, {"meter": command.meter})
    return Retiring(
        today=at.today, by=at.actor.subject, last_reading_at=None if last is None else moment(last)
    )
