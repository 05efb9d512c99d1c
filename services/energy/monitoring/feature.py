"""The question and route of online monitoring. The day's watch writes what it shows."""

from services.energy.access import EVERYONE
from services.energy.monitoring import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "monitoring",
    operations=(
        Query(
            name="coverage",
            ask=queries.coverage,
            summary="Coverage of online monitoring on a day",
            route=Route("GET", "/coverage", EVERYONE, "key users", area="region"),
        ),
    ),
)
