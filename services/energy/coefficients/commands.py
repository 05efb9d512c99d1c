"""Who may publish a coefficient, and how the readings' store gets it."""

from services.energy.access import managed_enterprise, province_only
from services.energy.coefficients.decisions import PublishCoefficient
from services.energy.coefficients.facts import Published
from services.energy.common.conversion import Basis, Coefficient
from services.energy.plan.reference import carrier_unit
from services.energy.readings import coefficients
from services.energy.readings.reference import driver
from shared.command import Given
from shared.feature import At, Change


async def publish(at: At, command: PublishCoefficient, state: Published) -> Given:
    """It counts for days that have no figure yet; what was counted stays until a restatement."""
    if command.enterprise is None:
        province_only(at.actor, "A coefficient for all")
    else:
        await managed_enterprise(at.conn, at.actor, command.enterprise)
    await carrier_unit(at.conn, command.carrier)
    return at.given()


async def beside(at: At, change: Change[Published]) -> None:
    """Hands it to the readings' store."""
    now = at.service.clock.now()
    for event in change.events:
        row = Coefficient(
            id=0,
            carrier=event.carrier,
            basis=Basis(event.basis),
            value=event.kgce,
            edition=event.edition,
            valid_from=event.valid_from,
            valid_to=event.valid_to,
            recorded_at=now,
            provisional=event.provisional,
            enterprise=event.enterprise,
        )
        await coefficients.publish(await driver(at.conn), row, event.source, now)
