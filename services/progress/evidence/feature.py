"""The queries about the events behind a figure."""

from services.progress.access import EVERYONE
from services.progress.evidence import queries
from services.progress.evidence.views import EvidencePage
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "evidence",
    operations=(
        Query(
            name="evidence",
            ask=queries.list_evidence,
            response=EvidencePage,
            summary="The events behind a figure",
            route=Route("GET", "/progress/figures/{target}/evidence", EVERYONE, "progress", shared=True),
        ),
    ),
)
