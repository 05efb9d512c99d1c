"""The features of this service and what is derived from them: events, tables, operations and rebuild.

Days are measured by the flusher alone, and their rows are written beside the log (`days/views.py`).
"""

from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.coefficients.feature import FEATURE as COEFFICIENTS
from services.energy.common.refusal import Refused
from services.energy.credentials.feature import FEATURE as CREDENTIALS
from services.energy.days import views as days
from services.energy.days.facts import EnterpriseDayMeasured
from services.energy.days.feature import FEATURE as DAYS
from services.energy.energy_lists.feature import FEATURE as ENERGY_LISTS
from services.energy.enterprises.feature import FEATURE as ENTERPRISES
from services.energy.key_users.feature import FEATURE as KEY_USERS
from services.energy.meters.feature import FEATURE as METERS
from services.energy.monitoring.feature import FEATURE as MONITORING
from services.energy.names import NAMES
from services.energy.plan.feature import FEATURE as PLAN
from services.energy.quarantine.feature import FEATURE as QUARANTINE
from services.energy.receipts.feature import FEATURE as RECEIPTS
from services.energy.sums.feature import FEATURE as SUMS
from shared.catalogue import Catalogue
from shared.event_log import EventLog
from shared.feature import Features
from shared.inline_rebuild import emptied
from shared.rpc import Operations
from shared.service import Service

SOURCE = "energy"
FEATURES = Features(
    PLAN,
    COEFFICIENTS,
    ENTERPRISES,
    KEY_USERS,
    METERS,
    CREDENTIALS,
    QUARANTINE,
    DAYS,
    MONITORING,
    SUMS,
    ENERGY_LISTS,
    RECEIPTS,
)
CATALOGUE = Catalogue(SOURCE, FEATURES.events)

ops = Operations(SOURCE, Refused)


@dataclass(slots=True)
class Energy(Service):
    """The energy service of one process."""

    catalogue: Catalogue = CATALOGUE
    refusal: type[Exception] = Refused


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    energy: Energy


FEATURES.register(ops, lambda: Serving.energy)
INLINE = (*FEATURES.tables, days.TABLE)
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""

_BATCH = 1000


def serve(energy: Energy) -> Operations:
    """Binds the operations to this service and returns the registry."""
    Serving.energy = energy
    ops.present = partial(NAMES.named, energy.snapshots)
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Rebuilds all inline tables from this service's log in one transaction. Returns the log's last position."""
    await emptied(conn, INLINE)
    await FEATURES.rebuild(conn, log, CATALOGUE)
    position = 0
    while batch := await log.read(conn, position, _BATCH):
        known = [(CATALOGUE.decode(event), event.recorded_at) for event in batch]
        await days.write(conn, [each for each in known if isinstance(each[0], EnterpriseDayMeasured)])
        position = batch[-1].position
    return position
