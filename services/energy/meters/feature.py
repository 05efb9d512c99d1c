"""Questions and routes of meters, and the parts that decide on them."""

from services.energy.access import EVERYONE
from services.energy.meters import queries
from services.energy.meters.aliases.feature import FEATURE as ALIASES
from services.energy.meters.changes.feature import FEATURE as CHANGES
from services.energy.meters.corrections.feature import FEATURE as CORRECTIONS
from services.energy.meters.registration.feature import FEATURE as REGISTRATION
from services.energy.meters.verdicts.feature import FEATURE as VERDICTS
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "meters",
    operations=(
        Query(
            name="get-meter",
            ask=queries.get_meter,
            summary="One meter",
            route=Route("GET", "/meters/{meter}", EVERYONE, "meters"),
        ),
        Query(
            name="list-meters",
            ask=queries.list_meters,
            summary="List meters",
            route=Route("GET", "/meters", EVERYONE, "meters", organisation="enterprise"),
        ),
    ),
    parts=(REGISTRATION, CHANGES, CORRECTIONS, ALIASES, VERDICTS),
)
