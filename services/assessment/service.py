"""The features of this service and what is derived from them: events, tables, operations and rebuild.

Parts that no feature declares yet are in the registries of `events`, `inline`, `tables` and `api`, served alongside.
"""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import inline, tables
from services.assessment.api import Serving, ops
from services.assessment.app import App, Assessment
from services.assessment.designations.feature import FEATURE as DESIGNATIONS
from services.assessment.events import CATALOGUE, SOURCE
from services.assessment.names import NAMES
from services.assessment.people import People
from services.assessment.queries import Queries
from services.assessment.statistics.feature import FEATURE as STATISTICS
from shared.event_log import EventLog
from shared.feature import Features
from shared.inline_rebuild import emptied
from shared.rpc import Operations
from shared.snapshots import snapshots

FEATURES = Features(DESIGNATIONS, STATISTICS)
FEATURES.register(ops, lambda: Serving.app)
INLINE = (*FEATURES.tables, *tables.INLINE)
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""

_BATCH = 1000


def serve(app: App) -> Operations:
    """Binds the operations to this App and returns the registry."""
    Serving.app, Serving.people = app, People(app.engine, app.clock, SOURCE)
    Serving.assessment = Assessment(app.runner, app.engine, app.log)
    Serving.queries = Queries(app.engine, app.log)
    ops.present = partial(NAMES.named, snapshots(app.engine))
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Rebuilds all inline tables from this service's log in one transaction. Returns the number of events read."""
    await emptied(conn, INLINE)
    await FEATURES.rebuild(conn, log, CATALOGUE)
    position = 0
    while batch := await log.read(conn, position, _BATCH):
        known = [CATALOGUE.decode(event) for event in batch]
        await inline.apply(conn, [event for event in known if not isinstance(event, FEATURES.events)])
        position = batch[-1].position
    return position
