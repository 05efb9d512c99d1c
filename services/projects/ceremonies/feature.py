"""Operations and routes of a ceremony as a whole, and of its guest list."""

from services.projects.access import GOVERNMENT
from services.projects.ceremonies import queries
from services.projects.ceremonies.guests.feature import FEATURE as GUESTS
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "ceremonies",
    operations=(
        Query(
            name="summarise-ceremony",
            ask=queries.summarise,
            summary="How a ceremony stands, reporter by reporter",
            route=Route("GET", "/ceremonies/{ceremony}", GOVERNMENT, "matching"),
        ),
    ),
    parts=(GUESTS,),
)
