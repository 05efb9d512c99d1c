"""Who may load a plan, and what its coefficients do in the readings' store."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from services.energy.access import province_only
from services.energy.common.conversion import Basis, Coefficient
from services.energy.plan.decisions import Loading, LoadPlan
from services.energy.plan.facts import CoefficientsLoaded, PlanCoefficient, Reference
from services.energy.plan.reference import history
from services.energy.readings import coefficients
from services.energy.readings.reference import add_carrier, driver
from shared.feature import At, Change

# One load at a time: two plans that are loaded concurrently would each be checked without seeing the other.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('energy: load-plan'))")


async def load(at: At, command: LoadPlan, state: Reference) -> Loading:
    """Regions, coefficients and dated rules, all or nothing; rows are added to what the plan has.

    With `replace` each part that is given is all of it. What would drop or change something that another plan goes
    by is refused, unless that plan is named in `over`. A corrected coefficient counts for new days; days already
    counted keep theirs until a restatement.
    """
    province_only(at.actor, "Loading a plan")
    await at.conn.execute(_ONE_AFTER_THE_OTHER)
    return Loading(today=at.today, by=at.actor.subject, history=await history(at.service, at.conn))


async def beside(at: At, change: Change[Reference]) -> None:
    """Hands the coefficients to the readings' store. One without a number isn't handed over: the standard prints a
    range, and each enterprise measures its own value."""
    now = at.service.clock.now()
    inner = await driver(at.conn)
    for event in change.events:
        if not isinstance(event, CoefficientsLoaded):
            continue
        for carrier, one in {each.carrier: each for each in event.coefficients}.items():
            await add_carrier(inner, carrier, one.name, one.unit)
        for one in event.coefficients:
            if one.kgce is not None:
                await coefficients.publish(inner, _coefficient(one, one.kgce, now), one.source, now)


def _coefficient(one: PlanCoefficient, kgce: Decimal, now: datetime) -> Coefficient:
    return Coefficient(
        id=0,
        carrier=one.carrier,
        basis=Basis(one.basis),
        value=kgce,
        edition=one.edition,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        recorded_at=now,
        provisional=one.provisional,
    )
