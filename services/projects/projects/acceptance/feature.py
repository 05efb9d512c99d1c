"""How the acceptance (验收) of a register's projects is asked about; its reminders come from the watch alone."""

from services.projects.access import GOVERNMENT
from services.projects.projects.acceptance import queries
from services.projects.projects.history import HISTORY
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "acceptance",
    history=HISTORY,
    operations=(
        Query(
            name="register-acceptance",
            ask=queries.register_acceptance,
            summary="How a register's built projects stand with their acceptance",
            route=Route("GET", "/registers/{register}/acceptance", GOVERNMENT, "projects", area="region"),
        ),
    ),
)
