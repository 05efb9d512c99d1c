"""Operations and routes of matching as a whole, and its needs, offers and pairs."""

from services.projects.access import EVERYONE, GOVERNMENT
from services.projects.matching import queries, suggestions
from services.projects.matching.listings.feature import FEATURE as LISTINGS
from services.projects.matching.matches.feature import FEATURE as MATCHES
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "matching",
    operations=(
        Query(
            name="suggest",
            ask=suggestions.suggest,
            summary="What of the other side fits a need or an offer",
            route=Route("GET", "/matching/listings/{listing}/suggestions", EVERYONE, "matching"),
        ),
        Query(
            name="matching-figures",
            ask=queries.figures,
            summary="What the meeting points have come to",
            route=Route("GET", "/matching/figures", GOVERNMENT, "matching", area="region"),
        ),
    ),
    parts=(LISTINGS, MATCHES),
)
