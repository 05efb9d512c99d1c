"""Commands on projects (项目)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app import reserve_rules as reserve
from services.projects.app.context import App, Making
from services.projects.domain import project
from services.projects.domain.investor import Investor
from services.projects.domain.pre_review import ReviewRule
from services.projects.domain.project import (
    ProjectChanged,
    ProjectRegistered,
    ProjectStageCorrected,
    ProjectStageReached,
)
from services.projects.domain.project_commands import (
    ChangeProject,
    CorrectStage,
    JoinRegister,
    LeaveRegister,
    PastStep,
    ProjectCommand,
    ReachStage,
    RegisterProject,
    RemindAcceptance,
)
from services.projects.domain.registers import Membership
from services.projects.domain.stages import Stage
from services.projects.events import PROJECT, project_stream
from services.projects.models import projects as models
from services.projects.models import registers as register_models
from services.projects.models import steps as step_models
from services.projects.views.projects import project_view
from shared.decider import Edit
from shared.rpc import Call, Reply


async def register_project(app: App, call: Call, body: models.RegisterProject) -> Reply:
    """Registers a project. Without an id in the request, the id is derived from the command id."""
    project_id = body.project or checks.made_id("P", call)
    today = app.today()

    async def command(conn: AsyncConnection) -> ProjectCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_project_write(call.actor, tree, body.region)
        checks.check_industry(body.industry, today)
        levels = await reference.register_levels(conn)
        for member in body.registers:
            checks.check_register(call, levels, member.register_)
            await reserve.check_threshold(conn, member.register_, body.total_investment, member.valid_from)
        programmes, tags = await checks.counted_for(conn, body.programmes, body.tags)
        if body.project is None and not body.confirmed:
            await _ask_about_a_twin(conn, body)
        return RegisterProject(
            project=project_id,
            name=body.name,
            region=body.region,
            industry=body.industry,
            total_investment=body.total_investment,
            equipment_investment=body.equipment_investment,
            programmes=programmes,
            tags=tags,
            investor=await _investor(conn, body.investor, today),
            focus_sector=body.focus_sector,
            bank_loan=body.bank_loan,
            history=tuple(
                PastStep(
                    stage=step.stage, on=step.on, evidence=step.evidence, note=step.note, amount=step.amount
                )
                for step in body.history
            ),
            confirmed=body.confirmed,
            registers=tuple(
                Membership(member.register_, member.valid_from, member.valid_to) for member in body.registers
            ),
            planned_on=body.planned_on or today,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            enterprise=body.enterprise,
            enterprise_name=body.enterprise_name,
            evidence=body.evidence,
            care=await reference.amount_care(conn, today),
        )

    return await run(app, call, project_id, command)


async def _ask_about_a_twin(conn: AsyncConnection, body: models.RegisterProject) -> None:
    """Raises Refused if a known project says the same as this one without an id: was it sent twice?"""
    table = tables.project.c
    twin = select(table.project, table.registered_on).where(
        table.region == body.region,
        table.name == body.name,
        table.industry == body.industry,
        table.total_investment == body.total_investment,
        table.enterprise.is_not_distinct_from(body.enterprise),
    )
    await checks.ask_about_a_twin(conn, "project", f"{body.name} in {body.region}", twin)


async def change_project(app: App, call: Call, body: models.ChangeProject) -> Reply:
    """Change what is known of a project."""
    today = app.today()
    others = {"project", "version", "reason", "confirmed", "reported_by", "investor", "remove", "since"}
    given = body.model_fields_set - others
    changes = {name: value for name in given if (value := getattr(body, name)) is not None}

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        if body.industry is not None:
            checks.check_industry(body.industry, today)
        if body.programmes is not None or body.tags is not None:
            row = (
                await conn.execute(select(tables.project).where(tables.project.c.project == body.project))
            ).one()
            programmes, tags = await checks.counted_for(
                conn,
                body.programmes or row.programmes,
                row.tags if body.tags is None else body.tags,
            )
            changes.update(programmes=programmes, tags=tags)
        if body.investor is not None:
            changes["investor"] = await _investor(conn, body.investor, today)
        return ChangeProject(
            project=body.project,
            changes=changes,
            reason=body.reason,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            confirmed=body.confirmed,
            remove=frozenset(body.remove),
            since=body.since,
            care=await reference.amount_care(conn, today),
        )

    edit = Edit(body.version, lambda event: isinstance(event, ProjectRegistered | ProjectChanged))
    return await run(app, call, body.project, command, edit)


async def reach_stage(app: App, call: Call, body: step_models.ReachStage) -> Reply:
    """Report a step of a project. A pre-report opens the joint pre-review by the rule of its day."""

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        review = None
        if body.stage is Stage.PRE_REPORTED:
            review = await reference.parameters(conn, "pre_review", body.on, ReviewRule)
        return ReachStage(
            project=body.project,
            stage=body.stage,
            on=body.on,
            evidence=body.evidence,
            reported_by=body.reported_by or call.actor.subject,
            today=app.today(),
            note=body.note,
            amount=body.amount,
            ceremony=body.ceremony,
            confirmed=body.confirmed,
            review=review,
            care=await reference.amount_care(conn, app.today()),
        )

    return await run(app, call, body.project, command, _of_steps(body.steps_version))


async def correct_stage(app: App, call: Call, body: step_models.CorrectStage) -> Reply:
    """Correct a step that was reported wrongly."""

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        return CorrectStage(
            project=body.project,
            step=body.step,
            reason=body.reason,
            reported_by=body.reported_by or call.actor.subject,
            today=app.today(),
            stage=body.stage,
            on=body.on,
            evidence=body.evidence,
            seen=body.steps_version,
            note=body.note,
            amount=body.amount,
            ceremony=body.ceremony,
            remove=body.remove,
            confirmed=body.confirmed,
            care=await reference.amount_care(conn, app.today()),
        )

    return await run(app, call, body.project, command, _of_steps(body.steps_version))


def _of_steps(seen: int | None) -> Edit:
    """The edit check of the steps: only events about steps conflict with a reported step, not other facts."""
    return Edit(
        seen,
        lambda event: isinstance(event, ProjectStageReached | ProjectStageCorrected),
        field="steps_version",
    )


async def join_register(app: App, call: Call, body: register_models.JoinRegister) -> Reply:
    """Put a project into a register."""
    today = app.today()

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, body.project)
        checks.check_register(call, await reference.register_levels(conn), body.register_)
        total = await reference.total_investment(conn, body.project)
        await reserve.check_threshold(conn, body.register_, total, body.on)
        return JoinRegister(project=body.project, register=body.register_, on=body.on, today=today)

    return await run(app, call, body.project, command)


async def leave_register(app: App, call: Call, body: register_models.LeaveRegister) -> Reply:
    """Take a project out of a register."""
    today = app.today()
    command = LeaveRegister(
        project=body.project, register=body.register_, on=body.on, reason=body.reason, today=today
    )
    return await run_known(app, call, body.project, command, body.register_)


async def remind_acceptance(app: App, call: Call, command: RemindAcceptance) -> Reply:
    """The acceptance watch's reminder; changes nothing if no acceptance is due."""

    async def made(conn: AsyncConnection) -> ProjectCommand:
        return command

    return await run(app, call, command.project, made)


async def _investor(conn: AsyncConnection, body: models.InvestorIn | None, today: date) -> Investor | None:
    """The investor, with the eastern provinces marked by the rule in force today (PM-7)."""
    if body is None:
        return None
    rule = await reference.parameters(conn, "eastern_provinces", today, EasternProvinces)
    return Investor(
        kind=body.kind,
        name=body.name,
        categories=tuple(sorted(set(body.categories))),
        origin=body.origin,
        eastern=body.origin in rule.provinces,
    )


@dataclass(frozen=True, slots=True)
class EasternProvinces:
    """The rule `eastern_provinces`: GB/T 2260 codes of the focus region (东部11省市)."""

    provinces: tuple[str, ...]


async def run_known(
    app: App,
    call: Call,
    project_id: str,
    made: ProjectCommand,
    register: str | None = None,
    edit: Edit | None = None,
) -> Reply:
    """Carries out a command on a project that exists and is the actor's to change. Raises Problem 404 or 403."""

    async def command(conn: AsyncConnection) -> ProjectCommand:
        await checks.kept_project(conn, call, project_id)
        if register is not None:
            checks.check_register(call, await reference.register_levels(conn), register)
        return made

    return await run(app, call, project_id, command, edit)


async def run(
    app: App, call: Call, project_id: str, command: Making[ProjectCommand], edit: Edit | None = None
) -> Reply:
    """Carries out a command on a project. Answers the project as the command leaves it."""
    departments: dict[str, str] = {}

    async def made(conn: AsyncConnection) -> ProjectCommand:
        departments.update(await reference.departments(conn, app.today()))
        return await command(conn)

    def answer(state: project.ProjectState, events: Sequence[project.ProjectEvent]) -> object:
        return project_view(state, departments).model_dump(mode="json")

    return await app.run(call, project_stream(project_id), PROJECT, made, answer=answer, edit=edit)
