"""Commands on the energy saving (节能量) of projects."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import scope
from services.projects.app import checks, projects
from services.projects.app.context import App
from services.projects.domain import energy_saving
from services.projects.domain.project_commands import ProjectCommand
from services.projects.models import energy_savings as models
from shared.rpc import Call, Reply


async def state_saving(
    app: App, call: Call, body: models.ExpectEnergySaving | models.VerifyEnergySaving
) -> Reply:
    """What a project should save, by who keeps it; what it was found to save, by the province."""
    today = app.today()
    on, by = body.on or today, body.reported_by or call.actor.subject

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        match body:
            case models.ExpectEnergySaving():
                return energy_saving.ExpectEnergySaving(
                    project=body.project,
                    tce=body.tce,
                    basis=body.basis,
                    evidence=body.evidence,
                    on=on,
                    reported_by=by,
                    today=today,
                )
            case models.VerifyEnergySaving():
                scope.check_saving_verification(call.actor)
                return energy_saving.VerifyEnergySaving(
                    project=body.project,
                    tce=body.tce,
                    basis=body.basis,
                    evidence=body.evidence,
                    on=on,
                    verified_by=body.verified_by,
                    reported_by=by,
                    today=today,
                )

    return await projects.run(app, call, body.project, command)
