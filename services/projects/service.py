"""The features of this service and what is derived from them: events, tables, operations and rebuild.

Parts that no feature declares yet are in the registries of `events`, `inline`, `tables` and `api`, served alongside.
"""

from functools import partial

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
from services.projects.matching.feature import FEATURE as MATCHING
from services.projects.measures.feature import FEATURE as MEASURES
from services.projects.meetings.feature import FEATURE as MEETINGS
from services.projects.names import named
from services.projects.plan.feature import FEATURE as PLAN
from services.projects.problems.feature import FEATURE as PROBLEMS
from services.projects.projects.feature import FEATURE as PROJECTS
from services.projects.reports.feature import FEATURE as REPORTS
from services.projects.saved_views.feature import FEATURE as SAVED_VIEWS
from shared.event_log import EventLog
from shared.feature import Features
from shared.inline_rebuild import emptied
from shared.rpc import Operations

FEATURES = Features(
    PLAN,
    PROJECTS,
    CEREMONIES,
    COHORTS,
    DIAGNOSES,
    DOCUMENTS,
    DUTIES,
    FUNDS,
    MATCHING,
    MEASURES,
    MEETINGS,
    PROBLEMS,
    REPORTS,
    SAVED_VIEWS,
)
FEATURES.register(ops, lambda: Serving.app)
INLINE = (*tables.INLINE, *FEATURES.tables)
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""

_BATCH = 1000


def serve(app: App) -> Operations:
    """Binds the operations to this App and returns the registry."""
    Serving.app = app
    ops.present = partial(named, app)
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Rebuilds all inline tables from this service's log in one transaction. Returns the number of events read."""
    await emptied(conn, INLINE)
    position = 0
    while batch := await log.read(conn, position, _BATCH):
        await inline.apply(conn, [CATALOGUE.decode(event) for event in batch])
        position = batch[-1].position
    await FEATURES.rebuild(conn, log, CATALOGUE)
    return position
