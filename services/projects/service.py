"""The features of this service and what is derived from them: events, tables, operations and rebuild."""

from collections.abc import Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects.ceremonies.feature import FEATURE as CEREMONIES
from services.projects.cohorts.feature import FEATURE as COHORTS
from services.projects.common.refusal import Refused
from services.projects.diagnoses.feature import FEATURE as DIAGNOSES
from services.projects.documents.feature import FEATURE as DOCUMENTS
from services.projects.duties.feature import FEATURE as DUTIES
from services.projects.funds.feature import FEATURE as FUNDS
from services.projects.imports.feature import FEATURE as IMPORTS
from services.projects.matching.feature import FEATURE as MATCHING
from services.projects.measures.feature import FEATURE as MEASURES
from services.projects.meetings.feature import FEATURE as MEETINGS
from services.projects.names import NAMES
from services.projects.plan.feature import FEATURE as PLAN
from services.projects.problems.feature import FEATURE as PROBLEMS
from services.projects.projects.feature import FEATURE as PROJECTS
from services.projects.reports.feature import FEATURE as REPORTS
from services.projects.saved_views.feature import FEATURE as SAVED_VIEWS
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.event_log import EventLog
from shared.feature import Features
from shared.inline_rebuild import emptied
from shared.rpc import Operations
from shared.service import Service

SOURCE = "projects"
FEATURES = Features(
    PLAN,
    PROJECTS,
    CEREMONIES,
    COHORTS,
    DIAGNOSES,
    DOCUMENTS,
    DUTIES,
    FUNDS,
    IMPORTS,
    MATCHING,
    MEASURES,
    MEETINGS,
    PROBLEMS,
    REPORTS,
    SAVED_VIEWS,
)
CATALOGUE = Catalogue(SOURCE, FEATURES.events)
INLINE = FEATURES.tables
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    app: Service


ops = Operations(SOURCE, Refused)
FEATURES.register(ops, lambda: Serving.app)


def app_on(
    engine: AsyncEngine, log: EventLog, clock: Clock, appended: Callable[[], None] = lambda: None
) -> Service:
    """The service on this database and log. `appended`: called after each commit of events."""
    return Service(engine, log, clock, CATALOGUE, Refused, appended)


def serve(app: Service) -> Operations:
    """Binds the operations to this service and returns the registry."""
    Serving.app = app
    ops.present = partial(NAMES.named, app.snapshots)
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Rebuilds all inline tables from this service's log in one transaction. Returns the log's last position."""
    await emptied(conn, INLINE)
    await FEATURES.rebuild(conn, log, CATALOGUE)
    return (await log.head(conn)).position
