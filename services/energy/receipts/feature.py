"""Questions and routes of receipts."""

from services.energy.access import EVERYONE
from services.energy.receipts import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "receipts",
    operations=(
        Query(
            name="receipt",
            ask=queries.receipt,
            summary="The outcome of a POST of readings",
            route=Route(
                "GET",
                "/enterprises/{enterprise}/receipts/{receipt}",
                EVERYONE,
                "receipts",
                organisation="enterprise",
            ),
        ),
        Query(
            name="receipt-totals",
            ask=queries.receipt_totals,
            summary="What became of everything that was pushed",
            route=Route("GET", "/receipts", EVERYONE, "receipts", area="region", organisation="enterprise"),
        ),
    ),
)
