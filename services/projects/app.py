"""The order of I/O for every command: authorise, read what it is judged by, decide, tables, append.

All of it happens in the one transaction of the CommandRunner, so that nothing decided upon can have changed.
"""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects import inline, reference, scope, views
from services.projects.domain import monthly_report, plan, project
from services.projects.domain.monthly_report import CorrectMonthlyReport, FileMonthlyReport, ReportLine
from services.projects.domain.plan import LoadPlan
from services.projects.domain.project_decisions import (
    CorrectStage,
    JoinRegister,
    LeaveRegister,
    ProjectCommand,
    ReachStage,
    RegisterProject,
)
from services.projects.domain.refusal import Refused
from services.projects.domain.registers import Membership
from services.projects.events import (
    CATALOGUE,
    MONTHLY_REPORT,
    PLAN,
    PROJECT,
    plan_stream,
    project_stream,
    report_stream,
)
from services.projects.models import CorrectStage as CorrectStageRequest
from services.projects.models import JoinRegister as JoinRegisterRequest
from services.projects.models import LeaveRegister as LeaveRegisterRequest
from services.projects.models import ReachStage as ReachStageRequest
from services.projects.models import RegisterProject as RegisterProjectRequest
from services.projects.models_reports import CorrectMonthlyReport as CorrectReportRequest
from services.projects.models_reports import FileMonthlyReport as FileReportRequest
from services.projects.models_reports import ReportedProject
from shared.areas import AreaTree
from shared.clock import Clock
from shared.decider import CommandRunner
from shared.event_log import EventLog
from shared.problems import Problem, not_found
from shared.rpc import Call, Reply

C = TypeVar("C")
Making = Callable[[AsyncConnection], Awaitable[C]]
"""Makes a command inside its transaction, of what is known there."""


class App:
    """The commands of this service."""

    def __init__(
        self, engine: AsyncEngine, log: EventLog, clock: Clock, appended: Callable[[], None] = lambda: None
    ) -> None:
        self.engine = engine
        self.log = log
        self.clock = clock
        self._runner = CommandRunner(engine, log, CATALOGUE, clock, Refused, appended)

    async def register_project(self, call: Call, body: RegisterProjectRequest) -> Reply:
        """Make a project known. Without an id of the caller's one is made of the command's id."""
        project_id = body.project or _made_id(call)
        today = reference.local_day(self.clock.now())

        async def command(conn: AsyncConnection) -> ProjectCommand:
            tree = await reference.area_tree(conn)
            _check_region(tree, body.region)
            scope.check_project_write(call.actor, tree, body.region)
            levels = await reference.register_levels(conn)
            for member in body.registers:
                _check_register(call, levels, member.register_)
            _check_programmes(body.programmes, await reference.programme_codes(conn))
            return RegisterProject(
                project=project_id,
                name=body.name,
                region=body.region,
                industry=body.industry,
                total_investment=body.total_investment,
                equipment_investment=body.equipment_investment,
                programmes=tuple(body.programmes),
                registers=tuple(
                    Membership(member.register_, member.valid_from, member.valid_to)
                    for member in body.registers
                ),
                planned_on=body.planned_on or today,
                reported_by=body.reported_by or call.actor.subject,
                today=today,
                enterprise=body.enterprise,
                enterprise_name=body.enterprise_name,
                evidence=body.evidence,
            )

        return await self._run_project(call, project_id, command)

    async def reach_stage(self, call: Call, body: ReachStageRequest) -> Reply:
        """Report a step of a project."""
        return await self._run_known_project(
            call,
            body.project,
            ReachStage(
                project=body.project,
                stage=body.stage,
                on=body.on,
                evidence=body.evidence,
                reported_by=body.reported_by or call.actor.subject,
                today=reference.local_day(self.clock.now()),
                note=body.note,
            ),
        )

    async def correct_stage(self, call: Call, body: CorrectStageRequest) -> Reply:
        """Correct a step that was reported wrongly."""
        return await self._run_known_project(
            call,
            body.project,
            CorrectStage(
                project=body.project,
                step=body.step,
                reason=body.reason,
                reported_by=body.reported_by or call.actor.subject,
                today=reference.local_day(self.clock.now()),
                stage=body.stage,
                on=body.on,
                evidence=body.evidence,
            ),
        )

    async def join_register(self, call: Call, body: JoinRegisterRequest) -> Reply:
        """Put a project into a register."""
        today = reference.local_day(self.clock.now())
        command = JoinRegister(body.project, body.register_, body.on, today)
        return await self._run_known_project(call, body.project, command, body.register_)

    async def leave_register(self, call: Call, body: LeaveRegisterRequest) -> Reply:
        """Take a project out of a register."""
        today = reference.local_day(self.clock.now())
        command = LeaveRegister(body.project, body.register_, body.on, body.reason, today)
        return await self._run_known_project(call, body.project, command, body.register_)

    async def file_report(self, call: Call, body: FileReportRequest) -> Reply:
        """A city hands in its report of a month."""
        today = reference.local_day(self.clock.now())
        lines = _lines(body.projects)

        async def command(conn: AsyncConnection) -> FileMonthlyReport | CorrectMonthlyReport:
            known = await self._reporting(conn, call, body.region)
            return FileMonthlyReport(
                region=body.region,
                month=body.month,
                investment=body.investment,
                projects=lines,
                reported_on=body.reported_on or today,
                known=await reference.known_for_report(conn, known, body.region, body.month, lines, today),
                confirmed=body.confirmed,
            )

        return await self._run_report(call, body.region, body.month, command)

    async def correct_report(self, call: Call, body: CorrectReportRequest) -> Reply:
        """A city corrects its report of a month."""
        today = reference.local_day(self.clock.now())
        lines = _lines(body.projects)

        async def command(conn: AsyncConnection) -> FileMonthlyReport | CorrectMonthlyReport:
            known = await self._reporting(conn, call, body.region)
            return CorrectMonthlyReport(
                region=body.region,
                month=body.month,
                investment=body.investment,
                projects=lines,
                reported_on=body.reported_on or today,
                reason=body.reason,
                known=await reference.known_for_report(conn, known, body.region, body.month, lines, today),
                confirmed=body.confirmed,
            )

        return await self._run_report(call, body.region, body.month, command)

    async def load_plan(self, call: Call, command: LoadPlan) -> Reply:
        """Take over a plan's parts."""
        scope.check_load_plan(call.actor)

        def answer(state: plan.LoadedPlan, events: Sequence[plan.PlanEvent]) -> object:
            return views.plan_view(command.plan, state, events).model_dump(mode="json")

        return await self._runner.run(
            call, plan_stream(command.plan), PLAN, command, inline=inline.apply, answer=answer
        )

    async def _run_known_project(
        self, call: Call, project_id: str, made: ProjectCommand, register: str | None = None
    ) -> Reply:
        """A command on a project that must exist, and be the actor's to change."""

        async def command(conn: AsyncConnection) -> ProjectCommand:
            region = await reference.project_region(conn, project_id)
            tree = await reference.area_tree(conn)
            if region is None or not scope.may_see_project(call.actor, tree, region, None):
                raise not_found("project", project_id)
            scope.check_project_write(call.actor, tree, region)
            if register is not None:
                _check_register(call, await reference.register_levels(conn), register)
            return made

        return await self._run_project(call, project_id, command)

    async def _run_project(self, call: Call, project_id: str, command: Making[ProjectCommand]) -> Reply:
        def answer(state: project.ProjectState, events: Sequence[project.ProjectEvent]) -> object:
            return views.project_view(state).model_dump(mode="json")

        return await self._runner.run(
            call, project_stream(project_id), PROJECT, command, inline=inline.apply, answer=answer
        )

    async def _run_report(
        self,
        call: Call,
        region: str,
        month: str,
        command: Making[FileMonthlyReport | CorrectMonthlyReport],
    ) -> Reply:
        def answer(
            state: monthly_report.MonthlyReportState, events: Sequence[monthly_report.MonthlyReportEvent]
        ) -> object:
            return views.report_view(region, month, state).model_dump(mode="json")

        return await self._runner.run(
            call, report_stream(region, month), MONTHLY_REPORT, command, inline=inline.apply, answer=answer
        )

    async def _reporting(self, conn: AsyncConnection, call: Call, region: str) -> list[plan.Region]:
        known = await reference.regions(conn)
        _check_region(reference.tree_of(known), region)
        scope.check_report_write(call.actor, region)
        return known


def _check_region(tree: AreaTree, region: str) -> None:
    if len(tree) == 0:
        raise Problem(
            409,
            "no-plan",
            "No plan is loaded",
            "No regions are known yet.",
            remedy="Load the plan first: shengji plan load.",
        )
    if region not in tree:
        raise Refused(
            f"There is no region {region!r}.",
            code="unknown-region",
            where="region",
            remedy="Use the code that the plan's regions carry, e.g. 350181.",
        )


def _check_register(call: Call, levels: dict[str, str], register: str) -> None:
    if register not in levels:
        raise Refused(
            f"There is no register {register!r}.",
            code="unknown-register",
            where="register",
            remedy=f"Known: {', '.join(sorted(levels)) or 'none, load the plan first'}.",
        )
    scope.check_register(call.actor, register, levels[register])


def _check_programmes(codes: Sequence[str], known: set[str]) -> None:
    for code in codes:
        if code not in known:
            raise Refused(
                f"There is no programme {code!r}.",
                code="unknown-programme",
                where="programmes",
                remedy=f"Known: {', '.join(sorted(known)) or 'none, load the plan first'}.",
            )


def _lines(projects: Sequence[ReportedProject]) -> tuple[ReportLine, ...]:
    return tuple(
        ReportLine(each.project, each.investment, each.progress_percent, each.note) for each in projects
    )


def _made_id(call: Call) -> str:
    """The same for every repeat of the command, different for every other."""
    return "P-" + sha256(f"{call.actor.subject}\0{call.command_id}".encode()).hexdigest()[:16]
