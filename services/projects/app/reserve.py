"""Commands on the reserve library (储备库)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference
from services.projects.app import checks, projects, reserve_rules
from services.projects.app.context import App
from services.projects.domain.project_commands import ProjectCommand
from services.projects.domain.reserve import (
    Action,
    CriterionAnswer,
    ReserveUpdated,
    ScreenProject,
    UpdateReserve,
)
from services.projects.models import reserve as models
from shared.decider import Edit
from shared.rpc import Call, Reply


async def update_reserve(app: App, call: Call, body: models.UpdateReserve) -> Reply:
    """A quarterly update. Dropping or promoting needs the right to the tier left or joined."""
    today = app.today()
    on = body.on or today

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        rule = await reserve_rules.library(conn, on)
        levels = await reference.register_levels(conn)
        if body.register_ in rule.registers:
            if body.action is Action.DROPPED:
                checks.check_register(call, levels, body.register_)
            elif body.action is Action.PROMOTED and (above := rule.above(body.register_)):
                checks.check_register(call, levels, above)
        return UpdateReserve(
            project=body.project,
            register=body.register_,
            action=body.action,
            on=on,
            reason=body.reason,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            rule=rule,
        )

    def looks(event: object) -> bool:
        return isinstance(event, ReserveUpdated) and event.register == body.register_

    return await projects.run(app, call, body.project, command, Edit(body.version, looks, field=None))


async def screen_project(app: App, call: Call, body: models.ScreenProject) -> Reply:
    """Screen a reserve project for a special fund."""
    today = app.today()
    on = body.on or today

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        return ScreenProject(
            project=body.project,
            scheme=body.scheme,
            answers=tuple(
                CriterionAnswer(criterion=each.criterion, met=each.met, evidence=each.evidence)
                for each in body.answers
            ),
            on=on,
            screened_by=call.actor.subject,
            today=today,
            rule=await reserve_rules.screening(conn, body.scheme, on),
            note=body.note,
        )

    return await projects.run(app, call, body.project, command)
