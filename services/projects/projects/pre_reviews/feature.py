"""Operations and routes of the joint pre-review of matched projects (预审)."""

from services.projects.access import GOVERNMENT, KEEPERS, PROVINCE
from services.projects.projects import views
from services.projects.projects.history import HISTORY
from services.projects.projects.pre_reviews import commands, queries
from services.projects.projects.pre_reviews.decisions import ConcludePreReview, GiveOpinion, OpenPreReview
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_ONE = "/projects/{project}/pre-review"

FEATURE = Feature(
    "pre_reviews",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="open-pre-review",
            command=OpenPreReview,
            check=commands.open_round,
            summary="Bring a returned project before the departments again",
            route=Route("POST", _ONE, KEEPERS, "matching", status=201),
        ),
        Command(
            name="give-opinion",
            command=GiveOpinion,
            check=commands.review,
            summary="Give a department's opinion in the joint pre-review",
            description="A later opinion of the same department and round stands in its place; "
            "conditions and objections say why.",
            route=Route("POST", f"{_ONE}/opinions", PROVINCE, "matching", status=201),
        ),
        Command(
            name="conclude-pre-review",
            command=ConcludePreReview,
            check=commands.review,
            summary="Conclude the joint pre-review",
            description="Passed needs every department's opinion and makes the project pre_reviewed; "
            "returned needs a reason.",
            route=Route("POST", f"{_ONE}/conclusion", PROVINCE, "matching", status=201),
        ),
        Query(
            name="get-pre-review",
            ask=queries.get_pre_review,
            summary="A project's pre-review with its opinions",
            route=Route("GET", _ONE, GOVERNMENT, "matching"),
        ),
        Query(
            name="list-pre-reviews",
            ask=queries.list_pre_reviews,
            summary="Pre-reviews, filtered",
            route=Route("GET", "/pre-reviews", GOVERNMENT, "matching", area="region"),
        ),
    ),
)
