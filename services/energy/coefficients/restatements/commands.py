"""Who may restate, and the restatement itself in the readings' store: only then is known how many days change."""

from services.energy.access import managed_enterprise, province_only
from services.energy.coefficients.restatements.decisions import Recounted, Restate
from services.energy.coefficients.restatements.facts import Restatements
from services.energy.plan.reference import carrier_unit
from services.energy.readings import coefficients
from services.energy.readings.reference import driver
from shared.feature import At


async def restate(at: At, command: Restate, state: Restatements) -> Recounted:
    """The one way in which an edited coefficient moves the past."""
    province_only(at.actor, "A restatement")
    if command.enterprise is not None:
        await managed_enterprise(at.conn, at.actor, command.enterprise)
    await carrier_unit(at.conn, command.carrier)
    changed = 0
    if command.first <= command.last:
        made = await coefficients.restate(
            await driver(at.conn),
            command.carrier,
            command.first,
            command.last,
            at.service.clock.now(),
            enterprise=command.enterprise,
        )
        changed = len(made.days)
    return Recounted(today=at.today, by=at.actor.subject, enterprise_days=changed)
