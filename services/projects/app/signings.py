"""Commands on the signing lists of ceremonies (PM-15)."""

from services.projects import scope
from services.projects.app import projects
from services.projects.app.context import App
from services.projects.domain.signing_list import AuditSigning, RecommendSigning
from services.projects.domain.stages import Stage
from services.projects.models import signings as models
from shared.rpc import Call, Reply


async def recommend(app: App, call: Call, body: models.RecommendSigning) -> Reply:
    """The project's city puts it forward (PM-18)."""
    today = app.today()
    command = RecommendSigning(
        project=body.project,
        ceremony=body.ceremony,
        contract=Stage(body.contract),
        amount=body.amount,
        on=body.on or today,
        recommended_by=body.reported_by or call.actor.subject,
        today=today,
    )
    return await projects.run_known(app, call, body.project, command)


async def audit(app: App, call: Call, body: models.AuditSigning) -> Reply:
    """The provincial office lets it onto the stage, or not (PM-15)."""
    scope.check_signing_audit(call.actor)
    today = app.today()
    command = AuditSigning(
        project=body.project,
        ceremony=body.ceremony,
        approved=body.approved,
        reason=body.reason,
        on=body.on or today,
        today=today,
    )
    return await projects.run_known(app, call, body.project, command)
