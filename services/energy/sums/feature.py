"""Questions and routes of sums. The service narrows them to the meters and enterprises of the caller."""

from services.energy.access import EVERYONE
from services.energy.sums import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "sums",
    operations=(
        Query(
            name="enterprise-energy",
            ask=queries.enterprise_energy,
            summary="Energy of an enterprise by hour, day or month",
            route=Route(
                "GET", "/enterprises/{enterprise}/energy", EVERYONE, "energy", organisation="enterprise"
            ),
        ),
        Query(
            name="meter-energy",
            ask=queries.meter_energy,
            summary="Energy of a meter, on demand",
            route=Route("GET", "/meters/{meter}/energy", EVERYONE, "energy"),
        ),
        Query(
            name="enterprise-live",
            ask=queries.enterprise_live,
            summary="Today's running figures of an enterprise",
            route=Route(
                "GET", "/enterprises/{enterprise}/live", EVERYONE, "energy", organisation="enterprise"
            ),
        ),
    ),
)
