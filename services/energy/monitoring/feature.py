"""The question and route of online monitoring, and its two histories, on which the watch decides."""

from services.energy.access import EVERYONE
from services.energy.monitoring import queries
from services.energy.monitoring.coverage.feature import FEATURE as COVERAGE
from services.energy.monitoring.feeds.feature import FEATURE as FEEDS
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
    parts=(COVERAGE, FEEDS),
)
