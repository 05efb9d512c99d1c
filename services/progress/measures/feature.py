"""The queries about figures."""

from services.progress.access import EVERYONE
from services.progress.measures import queries
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "measures",
    operations=(
        Query(
            name="figures",
            ask=queries.list_figures,
            response=queries.FigurePage,
            summary="Figures of targets, filtered",
            route=Route("GET", "/progress/figures", EVERYONE, "progress", shared=True),
        ),
        Query(
            name="figure",
            ask=queries.get_figure,
            response=queries.OneFigure,
            summary="One figure, with its history",
            route=Route("GET", "/progress/figures/{target}", EVERYONE, "progress", shared=True),
        ),
        Query(
            name="targets-status",
            ask=queries.list_targets_status,
            response=queries.TargetStatusPage,
            summary="Which targets are measured, and which have no measure yet",
            route=Route("GET", "/progress/targets", EVERYONE, "progress", shared=True),
        ),
    ),
)
