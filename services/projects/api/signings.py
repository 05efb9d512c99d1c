"""Operations on the signing lists of ceremonies (上台签约项目)."""

from services.projects.api.base import Serving, ops
from services.projects.app import signings
from services.projects.models import signings as models
from services.projects.models.projects import ProjectView
from services.projects.queries import signings as queries
from shared.rpc import Call, Reply


@ops.command(
    "recommend-signing",
    request=models.RecommendSigning,
    response=ProjectView,
    summary="Recommend a project for a ceremony's signing list",
)
async def recommend(call: Call, body: models.RecommendSigning) -> Reply:
    """Only a project that passed the joint pre-review is recommended; a declined one may be again."""
    return await signings.recommend(Serving.app, call, body)


@ops.command(
    "audit-signing",
    request=models.AuditSigning,
    response=ProjectView,
    summary="Audit a project on a ceremony's signing list",
)
async def audit(call: Call, body: models.AuditSigning) -> Reply:
    """Approved projects may sign on stage: the signing is then reported with the ceremony. Declining says why."""
    return await signings.audit(Serving.app, call, body)


@ops.query(
    "list-signings",
    request=models.ListSignings,
    response=models.SigningPage,
    summary="The signing list of a ceremony",
)
async def list_signings(call: Call, body: models.ListSignings) -> models.SigningPage:
    """Each project with how it stands, and how many there are of how much."""
    return await queries.list_signings(Serving.app, call, body)
