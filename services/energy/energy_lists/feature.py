"""Questions and routes of energy as lists. The service narrows them to the meters and enterprises of the caller."""

from services.energy.access import EVERYONE
from services.energy.energy_lists import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "energy-lists",
    operations=(
        Query(
            name="list-enterprise-energy",
            ask=queries.list_enterprise_energy,
            summary="List an enterprise's energy by hour, day, month or year",
            route=Route(
                "GET",
                "/enterprises/{enterprise}/energy/periods",
                EVERYONE,
                "energy",
                organisation="enterprise",
            ),
        ),
        Query(
            name="list-meter-energy",
            ask=queries.list_meter_energy,
            summary="List a meter's energy by hour, day, month or year",
            route=Route("GET", "/meters/{meter}/energy/periods", EVERYONE, "energy"),
        ),
        Query(
            name="list-readings",
            ask=queries.list_readings,
            summary="List a meter's raw readings",
            route=Route("GET", "/meters/{meter}/readings", EVERYONE, "energy"),
        ),
    ),
)
