"""Operations on the joint pre-review (预审)."""

from services.projects.api.base import Serving, ops
from services.projects.app import pre_reviews
from services.projects.models import pre_reviews as models
from services.projects.models.projects import ProjectView
from services.projects.queries import pre_reviews as queries
from shared.rpc import Call, Reply


@ops.command(
    "open-pre-review",
    request=models.OpenPreReview,
    response=ProjectView,
    summary="Bring a returned project before the departments again",
)
async def open_pre_review(call: Call, body: models.OpenPreReview) -> Reply:
    """The first round opens with the pre-report (预报); each later one after the lead has returned the project."""
    return await pre_reviews.open_pre_review(Serving.app, call, body)


@ops.command(
    "give-opinion",
    request=models.GiveOpinion,
    response=ProjectView,
    summary="Give a department's opinion in the joint pre-review",
)
async def give_opinion(call: Call, body: models.GiveOpinion) -> Reply:
    """A later opinion of the same department and round stands in its place; conditions and objections say why."""
    return await pre_reviews.give_opinion(Serving.app, call, body)


@ops.command(
    "conclude-pre-review",
    request=models.ConcludePreReview,
    response=ProjectView,
    summary="Conclude the joint pre-review",
)
async def conclude(call: Call, body: models.ConcludePreReview) -> Reply:
    """Passed needs every department's opinion and makes the project pre_reviewed; returned needs a reason."""
    return await pre_reviews.conclude(Serving.app, call, body)


@ops.query(
    "get-pre-review",
    request=models.GetPreReview,
    response=models.PreReviewView,
    summary="A project's pre-review with its opinions",
)
async def get_pre_review(call: Call, body: models.GetPreReview) -> models.PreReviewView:
    """The newest round: what each department said, who still owes an opinion, and the conclusion."""
    return await queries.get_pre_review(Serving.app, call, body)


@ops.query(
    "list-pre-reviews",
    request=models.ListPreReviews,
    response=models.PreReviewPage,
    summary="Pre-reviews, filtered",
)
async def list_pre_reviews(call: Call, body: models.ListPreReviews) -> models.PreReviewPage:
    """Every round with the departments that still owe an opinion; overdue ones by the Clock."""
    return await queries.list_pre_reviews(Serving.app, call, body)
