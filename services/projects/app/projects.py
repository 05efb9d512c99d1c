"""Commands on projects (项目)."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import project
from services.projects.domain.project_decisions import (
    CorrectStage,
    JoinRegister,
    LeaveRegister,
    ProjectCommand,
    ReachStage,
    RegisterProject,
)
from services.projects.domain.registers import Membership
from services.projects.events import PROJECT, project_stream
from services.projects.models import projects as models
from services.projects.views.projects import project_view
from shared.rpc import Call, Reply


async def register_project(app: App, call: Call, body: models.RegisterProject) -> Reply:
    """Make a project known. Without an id of the caller's one is made of the command's id."""
    project_id = body.project or checks.made_id("P", call)
    today = app.today()

    async def command(conn: AsyncConnection) -> ProjectCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_project_write(call.actor, tree, body.region)
        levels = await reference.register_levels(conn)
        for member in body.registers:
            checks.check_register(call, levels, member.register_)
        checks.check_programmes(body.programmes, await reference.programme_codes(conn))
        return RegisterProject(
            project=project_id,
            name=body.name,
            region=body.region,
            industry=body.industry,
            total_investment=body.total_investment,
            equipment_investment=body.equipment_investment,
            programmes=tuple(body.programmes),
            registers=tuple(
                Membership(member.register_, member.valid_from, member.valid_to) for member in body.registers
            ),
            planned_on=body.planned_on or today,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            enterprise=body.enterprise,
            enterprise_name=body.enterprise_name,
            evidence=body.evidence,
        )

    return await _run(app, call, project_id, command)


async def reach_stage(app: App, call: Call, body: models.ReachStage) -> Reply:
    """Report a step of a project."""
    return await _run_known(
        app,
        call,
        body.project,
        ReachStage(
            project=body.project,
            stage=body.stage,
            on=body.on,
            evidence=body.evidence,
            reported_by=body.reported_by or call.actor.subject,
            today=app.today(),
            note=body.note,
        ),
    )


async def correct_stage(app: App, call: Call, body: models.CorrectStage) -> Reply:
    """Correct a step that was reported wrongly."""
    return await _run_known(
        app,
        call,
        body.project,
        CorrectStage(
            project=body.project,
            step=body.step,
            reason=body.reason,
            reported_by=body.reported_by or call.actor.subject,
            today=app.today(),
            stage=body.stage,
            on=body.on,
            evidence=body.evidence,
        ),
    )


async def join_register(app: App, call: Call, body: models.JoinRegister) -> Reply:
    """Put a project into a register."""
    today = app.today()
    command = JoinRegister(body.project, body.register_, body.on, today)
    return await _run_known(app, call, body.project, command, body.register_)


async def leave_register(app: App, call: Call, body: models.LeaveRegister) -> Reply:
    """Take a project out of a register."""
    today = app.today()
    command = LeaveRegister(body.project, body.register_, body.on, body.reason, today)
    return await _run_known(app, call, body.project, command, body.register_)


async def _run_known(
    app: App, call: Call, project_id: str, made: ProjectCommand, register: str | None = None
) -> Reply:
    """A command on a project that must exist, and be the actor's to change."""

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, project_id)
        if register is not None:
            checks.check_register(call, await reference.register_levels(conn), register)
        return made

    return await _run(app, call, project_id, command)


async def _run(app: App, call: Call, project_id: str, command: Making[ProjectCommand]) -> Reply:
    def answer(state: project.ProjectState, events: Sequence[project.ProjectEvent]) -> object:
        return project_view(state).model_dump(mode="json")

    return await app.run(call, project_stream(project_id), PROJECT, command, answer=answer)
