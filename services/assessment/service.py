"""The features of this service and what is derived from them: events, tables, operations and rebuild."""

from collections.abc import Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.assessment.appraisals.feature import FEATURE as APPRAISALS
from services.assessment.common.refusal import Refused
from services.assessment.designations.feature import FEATURE as DESIGNATIONS
from services.assessment.names import NAMES
from services.assessment.people.feature import FEATURE as PEOPLE
from services.assessment.plans.feature import FEATURE as PLANS
from services.assessment.regions.feature import FEATURE as REGIONS
from services.assessment.statistics.feature import FEATURE as STATISTICS
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.event_log import EventLog
from shared.feature import Features
from shared.inline_rebuild import emptied
from shared.rpc import Operations
from shared.service import Service

SOURCE = "assessment"
FEATURES = Features(APPRAISALS, DESIGNATIONS, PEOPLE, PLANS, REGIONS, STATISTICS)
CATALOGUE = Catalogue(SOURCE, FEATURES.events)
INLINE = FEATURES.tables
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    service: Service


ops = Operations(SOURCE, Refused)
FEATURES.register(ops, lambda: Serving.service)


def serve(
    engine: AsyncEngine, log: EventLog, clock: Clock, appended: Callable[[], None] = lambda: None
) -> Operations:
    """Binds the operations to this database and log and returns the registry. `appended`: called after each commit."""
    Serving.service = Service(engine, log, clock, CATALOGUE, Refused, appended)
    ops.present = partial(NAMES.named, Serving.service.snapshots)
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Rebuilds all inline tables from this service's log in one transaction. Returns the log's last position."""
    await emptied(conn, INLINE)
    await FEATURES.rebuild(conn, log, CATALOGUE)
    return (await log.head(conn)).position
