"""The features of this service and what is derived from them: tables, operations and rebuild.

Events that no feature declares yet (of days, verdicts and feeds) are in the registries of `events`, `app.inline` and
`tables`.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.app import inline
from services.energy.app.context import Energy
from services.energy.coefficients.feature import FEATURE as COEFFICIENTS
from services.energy.common.refusal import Refused
from services.energy.credentials.feature import FEATURE as CREDENTIALS
from services.energy.energy_lists.feature import FEATURE as ENERGY_LISTS
from services.energy.enterprises.feature import FEATURE as ENTERPRISES
from services.energy.events import CATALOGUE, SOURCE
from services.energy.key_users.feature import FEATURE as KEY_USERS
from services.energy.meters.feature import FEATURE as METERS
from services.energy.monitoring.feature import FEATURE as MONITORING
from services.energy.plan.feature import FEATURE as PLAN
from services.energy.quarantine.feature import FEATURE as QUARANTINE
from services.energy.receipts.feature import FEATURE as RECEIPTS
from services.energy.sums.feature import FEATURE as SUMS
from shared.event_log import EventLog
from shared.feature import Features
from shared.inline_rebuild import emptied
from shared.rpc import Operations

FEATURES = Features(
    PLAN,
    COEFFICIENTS,
    ENTERPRISES,
    KEY_USERS,
    METERS,
    CREDENTIALS,
    QUARANTINE,
    MONITORING,
    SUMS,
    ENERGY_LISTS,
    RECEIPTS,
)

ops = Operations(SOURCE, Refused)


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    energy: Energy


FEATURES.register(ops, lambda: Serving.energy)
INLINE = (*FEATURES.tables, *tables.INLINE)
"""The tables written with the events and rebuilt from this service's log, in an order that foreign keys allow."""

_BATCH = 1000


def serve(energy: Energy) -> Operations:
    """Binds the operations to this service and returns the registry."""
    Serving.energy = energy
    return ops


async def rebuild(conn: AsyncConnection, log: EventLog) -> int:
    """Rebuilds all inline tables from this service's log in one transaction. Returns the number of events read."""
    await emptied(conn, INLINE)
    await FEATURES.rebuild(conn, log, CATALOGUE)
    position = 0
    while batch := await log.read(conn, position, _BATCH):
        for event in batch:
            known = CATALOGUE.decode(event)
            if not isinstance(known, FEATURES.events):
                await inline.apply(conn, [known], event.recorded_at)
        position = batch[-1].position
    return position
