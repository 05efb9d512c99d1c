"""Operations on saved views (常用视图) of lists."""

from services.projects.api.base import Serving, ops
from services.projects.app import views
from services.projects.models import views as models
from shared.rpc import Call, Reply


@ops.command(
    "save-view", request=models.SaveView, response=models.SavedViews, summary="Keep a list's filters"
)
async def save_view(call: Call, body: models.SaveView) -> Reply:
    """Under a name, for yourself; the same name again replaces them."""
    return await views.save_view(Serving.app, call, body)


@ops.command(
    "remove-view", request=models.RemoveView, response=models.SavedViews, summary="Forget a saved view"
)
async def remove_view(call: Call, body: models.RemoveView) -> Reply:
    """What isn't there is forgotten already."""
    return await views.remove_view(Serving.app, call, body)


@ops.query("list-views", request=models.ListViews, response=models.SavedViews, summary="Your saved views")
async def list_views(call: Call, body: models.ListViews) -> models.SavedViews:
    """By name."""
    return await views.list_views(Serving.app, call, body)
