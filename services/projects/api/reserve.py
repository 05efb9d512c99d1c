"""Operations on the reserve library (技改项目储备库): TR-13, TR-15, TR-16, TR-18."""

from services.projects.api.base import Serving, ops
from services.projects.app import reserve
from services.projects.models import reserve as models
from services.projects.models.projects import ProjectView
from services.projects.queries import reserve as queries
from services.projects.queries import reserve_drops
from shared.rpc import Call, Reply


@ops.command(
    "update-reserve",
    request=models.UpdateReserve,
    response=ProjectView,
    summary="Update a project's stay in the reserve library",
)
async def update_reserve(call: Call, body: models.UpdateReserve) -> Reply:
    """The quarterly update (按季度更新, TR-18): confirmed, changed, dropped from its tier, promoted to the next.

    A promoted project stays in its own tier too. One that has come under the library's size can only be dropped.
    """
    return await reserve.update_reserve(Serving.app, call, body)


@ops.command(
    "screen-project",
    request=models.ScreenProject,
    response=ProjectView,
    summary="Screen a reserve project for a special fund",
)
async def screen_project(call: Call, body: models.ScreenProject) -> Reply:
    """Each criterion with its answer and what shows it (筛选, TR-13); met all of them, it is recommended."""
    return await reserve.screen_project(Serving.app, call, body)


@ops.query(
    "reserve-summary",
    request=models.ReserveSummaryRequest,
    response=models.ReserveSummary,
    summary="How the reserve library stands",
)
async def reserve_summary(call: Call, body: models.ReserveSummaryRequest) -> models.ReserveSummary:
    """A tier against the trillion-yuan total (TR-15) and county by county against three each (TR-16)."""
    return await queries.summary(Serving.app, call, body)


@ops.query(
    "list-reserve",
    request=models.ListReserve,
    response=models.ReservePage,
    summary="Projects of the reserve library, filtered",
)
async def list_reserve(call: Call, body: models.ListReserve) -> models.ReservePage:
    """A tier's projects on a day, with how each stands against the quarter's update."""
    return await queries.list_reserve(Serving.app, call, body)


@ops.query(
    "list-reserve-drops",
    request=models.ListReserveDrops,
    response=models.ReserveDropPage,
    summary="What was taken out of the reserve library, and why",
)
async def list_reserve_drops(call: Call, body: models.ListReserveDrops) -> models.ReserveDropPage:
    """By who keeps a stay, or by the rule for silence (连续未更新移出); who keeps it may let it join again."""
    return await reserve_drops.list_drops(Serving.app, call, body)
