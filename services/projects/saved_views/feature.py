"""Operations and routes of saved views."""

from services.projects.access import EVERYONE
from services.projects.saved_views import acts, queries
from services.projects.saved_views.views import SavedViews
from shared.feature import Act, Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "saved_views",
    operations=(
        Act(
            name="save-view",
            ask=acts.save_view,
            response=SavedViews,
            summary="Keep a list's filters",
            route=Route("POST", "/views", EVERYONE, "views", status=201),
        ),
        Act(
            name="remove-view",
            ask=acts.remove_view,
            response=SavedViews,
            summary="Forget a saved view",
            route=Route("POST", "/views/removal", EVERYONE, "views"),
        ),
        Act(
            name="copy-view",
            ask=acts.copy_view,
            response=SavedViews,
            summary="Make a shared view your own",
            route=Route("POST", "/views/copies", EVERYONE, "views", status=201),
        ),
        Query(
            name="list-views",
            ask=queries.list_views,
            summary="Your saved views, and those shared with you",
            route=Route("GET", "/views", EVERYONE, "views"),
        ),
    ),
)
