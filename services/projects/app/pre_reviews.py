"""Commands on the joint pre-review (预审, PM-19). The departments and the lead are provincial offices."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope
from services.projects.app import checks, projects
from services.projects.app.context import App
from services.projects.domain.pre_review import ConcludePreReview, GiveOpinion, OpenPreReview, ReviewRule
from services.projects.domain.project_commands import ProjectCommand
from services.projects.models import pre_reviews as models
from shared.rpc import Call, Reply


async def open_pre_review(app: App, call: Call, body: models.OpenPreReview) -> Reply:
    """Opens a further round for a returned project, by the rule in force on that day."""
    today = app.today()
    on = body.on or today

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        rule = await reference.parameters(conn, "pre_review", on, ReviewRule)
        return OpenPreReview(project=body.project, on=on, today=today, rule=rule)

    return await projects.run(app, call, body.project, command)


async def give_opinion(app: App, call: Call, body: models.GiveOpinion) -> Reply:
    """A department gives its opinion."""
    scope.check_pre_review(call.actor)
    today = app.today()
    command = GiveOpinion(
        project=body.project,
        department=body.department,
        view=body.view,
        on=body.on or today,
        reason=body.reason,
        evidence=body.evidence,
        today=today,
    )
    return await projects.run_known(app, call, body.project, command)


async def conclude(app: App, call: Call, body: models.ConcludePreReview) -> Reply:
    """The lead concludes the round."""
    scope.check_pre_review(call.actor)
    today = app.today()
    command = ConcludePreReview(
        project=body.project,
        result=body.result,
        on=body.on or today,
        reason=body.reason,
        evidence=body.evidence,
        reported_by=body.reported_by or call.actor.subject,
        today=today,
    )
    return await projects.run_known(app, call, body.project, command)
