"""The features of this service, and what comes of them: its events, tables, operations and rebuild.

What no feature declares yet stands in the registries of `events`, `inline`, `tables` and `api`, and is served beside.
"""

from functools import partial

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import inline, tables
from services.projects.api import Serving, ops
from services.projects.app.context import App
from services.projects.ceremonies.feature import FEATURE as CEREMONIES
from services.projects.cohorts.feature import FEATURE as COHORTS
from services.projects.diagnoses.feature import FEATURE as DIAGNOSES
from services.projects.documents.feature import FEATURE as DOCUMENTS
from services.projects.duties.feature import FEATURE as DUTIES
from services.projects.events import CATALOGUE
from services.projects.funds.feature import FEATURE as FUNDS
from services.projects.measures.feature import FEATURE as MEASURES
from services.projects.meetings.feature import FEATURE as MEETINGS
from services.projects.names import named
from services.projects.reports.feature import FEATURE as REPORTS
from shared.event_log import EventLog
from shared.feature import Features
from shared.rpc import Operations

FEATURES = Features(CEREMONIES, COHORTS, DIAGNOSES, DOCUMENTS, DUTIES, FUNDS, MEASURES, MEETINGS, REPORTS)
FEATURES.register(ops, lambda: Serving.app)
INLINE = (*tables.INLINE, *FEATURES.tables)
"""What is written with the events and can be rebuilt from the own log, in an order that keys allow."""

_BATCH = 1000


def serve(app: App) -> Operations:
    """Let the operations act on this; answers them, to be bound to a broker."""
    Serving.app = app
    ops.present = partial(named, app)
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Make all inline tables anew from the own log, in one transaction. Answers how many events were read.

    Commands wait meanwhile: they write these tables before they append, so the lock keeps both in step.
    """
    names = ", ".join(table.name for table in INLINE)
    await conn.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    for table in reversed(INLINE):
        await conn.execute(delete(table))
    position = 0
    while batch := await log.read(conn, position, _BATCH):
        await inline.apply(conn, [CATALOGUE.decode(event) for event in batch])
        position = batch[-1].position
    await FEATURES.rebuild(conn, log, CATALOGUE)
    return position
