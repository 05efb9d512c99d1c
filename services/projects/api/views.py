"""Operations on saved views (常用视图) of lists."""

from services.projects.api.base import Serving, ops
from services.projects.app import views
from services.projects.models import views as models
from shared.rpc import Call, Reply


@ops.command(
    "save-view", request=models.SaveView, response=models.SavedViews, summary="Keep a list's filters"
)
async def save_view(call: Call, body: models.SaveView) -> Reply:
    """Under a name, for yourself or shared with your office or those below; the same name again replaces them."""
    return await views.save_view(Serving.app, call, body)


@ops.command(
    "remove-view", request=models.RemoveView, response=models.SavedViews, summary="Forget a saved view"
)
async def remove_view(call: Call, body: models.RemoveView) -> Reply:
    """What isn't there is forgotten already."""
    return await views.remove_view(Serving.app, call, body)


@ops.command(
    "copy-view", request=models.CopyView, response=models.SavedViews, summary="Make a shared view your own"
)
async def copy_view(call: Call, body: models.CopyView) -> Reply:
    """As you see it; from then on it is yours to change, and what its owner changes doesn't touch it."""
    return await views.copy_view(Serving.app, call, body)


@ops.query(
    "list-views",
    request=models.ListViews,
    response=models.SavedViews,
    summary="Your saved views, and those shared with you",
)
async def list_views(call: Call, body: models.ListViews) -> models.SavedViews:
    """Your own by name, then those of others with whose they are. A view holds filters: the rows are yours to see."""
    return await views.list_views(Serving.app, call, body)
