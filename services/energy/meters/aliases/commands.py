"""Who may name a meter, and what is called so already."""

from sqlalchemy import text

from services.energy.meters.aliases.decisions import AssignMeterAlias, Named, WithdrawMeterAlias
from services.energy.meters.commands import managed
from services.energy.meters.facts.life import MeterState
from shared.command import Given
from shared.feature import At

_NAMED = text("""
    SELECT meter FROM meter_alias WHERE enterprise = :enterprise AND alias = :alias
    UNION ALL SELECT meter FROM meter WHERE enterprise = :enterprise AND meter = :alias
""")


async def assign(at: At, command: AssignMeterAlias, state: MeterState) -> Named:
    """For the enterprise's own devices. Readings that waited under the name are released."""
    meter = await managed(at, command, state)
    named = {"enterprise": meter.registered.enterprise, "alias": command.alias}
    return Named(today=at.today, by=at.actor.subject, holder=await at.conn.scalar(_NAMED, named))


async def withdraw(at: At, command: WithdrawMeterAlias, state: MeterState) -> Given:
    """What came under it stays; what comes now is of an unknown meter."""
    await managed(at, command, state)
    return at.given()
