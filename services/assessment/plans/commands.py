"""Publishing a plan: only the province may; reads what other plans define."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import access
from services.assessment.common.region import Region
from services.assessment.plans.decisions.commands import Beside, LoadPlan
from services.assessment.plans.facts.plan import PlanEvent, PlanState, RegionsDefined, stream
from shared.command import Given
from shared.feature import At
from shared.service import Service

# A lock: of two plans published at once, neither would be checked against the other.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('assessment: load-plan'))")


async def load(at: At, command: LoadPlan, state: PlanState) -> Beside:
    """Programmes, regions and targets of a plan (行动计划), all or nothing.

    The same again changes nothing. Where something that was published changes, a reason is needed, and what
    was published before is kept. A target is never dropped by leaving it out, a region only with `replace`. What
    would drop or change a region that another plan goes by is refused, unless that plan is named in `over`.
    """
    access.check_plan_write(at.actor)
    await at.conn.execute(_ONE_AFTER_THE_OTHER)
    return beside(await publications(at.service, at.conn), command.plan, at.given())


async def publications(service: Service, conn: AsyncConnection) -> list[PlanEvent]:
    """The events of every plan, in the order of the log."""
    return [service.catalogue.decode(event) for event in await service.log.of_streams(conn, stream(""))]


def beside(history: Sequence[PlanEvent], plan: str, given: Given) -> Beside:
    """What other plans than this one define of the regions in force."""
    defined = [event for event in history if isinstance(event, RegionsDefined)]
    newest = {event.plan: event.regions for event in defined}
    holds: dict[str, Region] = {region.code: region for region in (defined[-1].regions if defined else ())}
    own = newest.pop(plan, ())
    return Beside(
        today=given.today,
        by=given.by,
        others={
            other: tuple(region for region in regions if holds.get(region.code) == region)
            for other, regions in newest.items()
        },
        displaced=any(holds.get(region.code) != region for region in own),
    )
