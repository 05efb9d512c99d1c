"""Operations on measures (措施): TR-23, and the plan's other promises without a figure."""

from services.projects.api.base import Serving, ops
from services.projects.app import measures
from services.projects.models import measures as models
from services.projects.queries import measures as queries
from shared.rpc import Call, Reply


@ops.command(
    "open-measure", request=models.OpenMeasure, response=models.MeasureView, summary="Promise a measure"
)
async def open_measure(call: Call, body: models.OpenMeasure) -> Reply:
    """A measure (措施) with its rows of the plan, its owner and its day. The same again changes nothing.

    With a tag, the projects that carry it are those that the measure has reached.
    """
    return await measures.open_measure(Serving.app, call, body)


@ops.command(
    "add-measure-item",
    request=models.AddMeasureItem,
    response=models.MeasureView,
    summary="Name a further part of a measure",
)
async def add_measure_item(call: Call, body: models.AddMeasureItem) -> Reply:
    """An item (分项) that the plan's list left open (等), with what names it. The same again changes nothing."""
    return await measures.change_measure(Serving.app, call, body)


@ops.command(
    "follow-up-measure",
    request=models.FollowUpMeasure,
    response=models.MeasureView,
    summary="Say what was done for a measure",
)
async def follow_up_measure(call: Call, body: models.FollowUpMeasure) -> Reply:
    """A follow-up (跟踪落实): what was done on a day, and what shows it."""
    return await measures.change_measure(Serving.app, call, body)


@ops.command(
    "complete-measure",
    request=models.CompleteMeasure,
    response=models.MeasureView,
    summary="Say that a measure is done",
)
async def complete_measure(call: Call, body: models.CompleteMeasure) -> Reply:
    """Done, by the document that shows it: one item, or the measure once all of its items are."""
    return await measures.change_measure(Serving.app, call, body)


@ops.command(
    "reopen-measure",
    request=models.ReopenMeasure,
    response=models.MeasureView,
    summary="Say that a measure is not done after all",
)
async def reopen_measure(call: Call, body: models.ReopenMeasure) -> Reply:
    """A completion that was wrong is put right, with the reason and perhaps a new day."""
    return await measures.change_measure(Serving.app, call, body)


@ops.query(
    "get-measure",
    request=models.GetMeasure,
    response=models.MeasureDetail,
    summary="One measure, and whom it reached",
)
async def get_measure(call: Call, body: models.GetMeasure) -> models.MeasureDetail:
    """What was done for it, and its projects with their investment and what they were paid."""
    return await queries.get_measure(Serving.app, call, body)


@ops.query(
    "list-measures", request=models.ListMeasures, response=models.MeasurePage, summary="Measures, filtered"
)
async def list_measures(call: Call, body: models.ListMeasures) -> models.MeasurePage:
    """Every filter narrows; how many are open, overdue and completed, and how many items, is of all they leave."""
    return await queries.list_measures(Serving.app, call, body)
