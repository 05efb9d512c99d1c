"""Operations and routes of the counts of projects."""

from services.projects.access import GOVERNMENT
from services.projects.projects.counts import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "counts",
    operations=(
        Query(
            name="count-projects",
            ask=queries.count_projects,
            summary="How many projects, and what they reached in a span of days",
            route=Route("GET", "/project-counts", GOVERNMENT, "projects", area="region"),
        ),
        Query(
            name="count-projects-by",
            ask=queries.count_projects_by,
            summary="Counts of projects for each city, field, technology or department",
            route=Route("GET", "/project-counts/{by}", GOVERNMENT, "projects", area="region"),
        ),
    ),
)
