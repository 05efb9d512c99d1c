"""Questions about regions and their routes. Plans define regions: see `plans`."""

from services.assessment.access import EVERYONE
from services.assessment.regions import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "regions",
    operations=(
        Query(
            name="list-regions",
            ask=queries.list_regions,
            summary="List regions",
            route=Route("GET", "/regions", EVERYONE, "plan"),
        ),
        Query(
            name="get-region",
            ask=queries.get_region,
            summary="Read a region",
            route=Route("GET", "/regions/{region}", EVERYONE, "plan"),
        ),
    ),
)
