"""The operations of this service, as the gateway calls them over NATS."""

from services.projects import models, models_plan, models_reports
from services.projects.app import App
from services.projects.domain import duty, plan
from services.projects.queries import Queries
from shared.rpc import Call, Operations, Reply

ops = Operations("projects")


class _Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    app: App
    queries: Queries


def serve(app: App, queries: Queries) -> Operations:
    """Let the operations act on these; answers them, to be bound to a broker."""
    _Serving.app, _Serving.queries = app, queries
    return ops


@ops.command(
    "register-project",
    request=models.RegisterProject,
    response=models.ProjectView,
    summary="Register a technology renovation project",
)
async def register_project(call: Call, body: models.RegisterProject) -> Reply:
    """A project (技改项目) becomes known: region, enterprise, industry, investment, registers with dates.

    The equipment investment is part of the total. The same content again changes nothing; other content
    under the same id is refused.
    """
    return await _Serving.app.register_project(call, body)


@ops.command(
    "reach-stage",
    request=models.ReachStage,
    response=models.ProjectView,
    summary="Report a stage that a project has reached",
)
async def reach_stage(call: Call, body: models.ReachStage) -> Reply:
    """A step with its day and evidence: 备案 or 核准, 开工, 部分投产, 投产, 验收; 停滞, 复工, 终止.

    A step that can't follow is refused, and the refusal says what is missing.
    """
    return await _Serving.app.reach_stage(call, body)


@ops.command(
    "correct-stage",
    request=models.CorrectStage,
    response=models.ProjectView,
    summary="Correct a stage that was reported wrongly",
)
async def correct_stage(call: Call, body: models.CorrectStage) -> Reply:
    """Another stage, day or evidence in place of a wrong step, or the step taken out; with the reason."""
    return await _Serving.app.correct_stage(call, body)


@ops.command(
    "join-register",
    request=models.JoinRegister,
    response=models.ProjectView,
    summary="Put a project into a register",
)
async def join_register(call: Call, body: models.JoinRegister) -> Reply:
    """A register (名录) is kept at its own level or above: the provincial ones by the province (X-22)."""
    return await _Serving.app.join_register(call, body)


@ops.command(
    "leave-register",
    request=models.LeaveRegister,
    response=models.ProjectView,
    summary="Take a project out of a register",
)
async def leave_register(call: Call, body: models.LeaveRegister) -> Reply:
    """With its last day in the register and the reason; it may join again later."""
    return await _Serving.app.leave_register(call, body)


@ops.command(
    "file-report",
    request=models_reports.FileMonthlyReport,
    response=models_reports.ReportView,
    summary="File a city's monthly report",
)
async def file_report(call: Call, body: models_reports.FileMonthlyReport) -> Reply:
    """A city's report of a month (月报, TR-12), due on the 5th of the next month; only the city itself files it.

    Months may come in any order; the same report again changes nothing. An amount that looks like one in
    the wrong unit is asked back once (problem code confirm-amount).
    """
    return await _Serving.app.file_report(call, body)


@ops.command(
    "correct-report",
    request=models_reports.CorrectMonthlyReport,
    response=models_reports.ReportView,
    summary="Correct a city's monthly report",
)
async def correct_report(call: Call, body: models_reports.CorrectMonthlyReport) -> Reply:
    """The right report in place of a wrong one, as a whole, with the reason; the old one stays in the history."""
    return await _Serving.app.correct_report(call, body)


@ops.command(
    "load-plan",
    request=models_plan.LoadPlan,
    response=models_plan.PlanView,
    summary="Load a plan's regions, programmes, registers and duties",
)
async def load_plan(call: Call, body: models_plan.LoadPlan) -> Reply:
    """A part that is given replaces what was there of the plan; the same again changes nothing."""
    return await _Serving.app.load_plan(call, _plan(body))


@ops.query(
    "get-project",
    request=models.GetProject,
    response=models.ProjectView,
    summary="One project with its stages",
)
async def get_project(call: Call, body: models.GetProject) -> models.ProjectView:
    """A project with every step taken and every register it stands or stood in."""
    return await _Serving.queries.get_project(call, body)


@ops.query(
    "list-projects", request=models.ListProjects, response=models.ProjectPage, summary="Projects, filtered"
)
async def list_projects(call: Call, body: models.ListProjects) -> models.ProjectPage:
    """Every filter narrows; a page ends with the cursor of the next."""
    return await _Serving.queries.list_projects(call, body)


@ops.query(
    "get-report",
    request=models_reports.GetReport,
    response=models_reports.ReportHistory,
    summary="A city's report of a month with its corrections",
)
async def get_report(call: Call, body: models_reports.GetReport) -> models_reports.ReportHistory:
    """What the report says now, and every version of it with when it was recorded."""
    return await _Serving.queries.get_report(call, body)


@ops.query(
    "list-reports",
    request=models_reports.ListReports,
    response=models_reports.ReportPage,
    summary="Monthly reports, filtered",
)
async def list_reports(call: Call, body: models_reports.ListReports) -> models_reports.ReportPage:
    """In order of month and region. A month that isn't here is missing, not zero: see the report calendar."""
    return await _Serving.queries.list_reports(call, body)


@ops.query(
    "report-calendar",
    request=models_reports.ReportCalendar,
    response=models_reports.Calendar,
    summary="Which monthly reports are received, late, missing or not due",
)
async def report_calendar(call: Call, body: models_reports.ReportCalendar) -> models_reports.Calendar:
    """For each city and month the day it is due and how it stands by the Clock. No due day rolls (X-23)."""
    return await _Serving.queries.report_calendar(call, body)


def _plan(body: models_plan.LoadPlan) -> plan.LoadPlan:
    return plan.LoadPlan(
        body.plan,
        regions=tuple(
            plan.Region(
                part.code,
                part.name,
                part.level,
                part.parent,
                part.administered,
                part.valid_from,
                part.valid_to,
                tuple(
                    plan.RegionRelation(each.kind, each.to, each.valid_from, each.valid_to)
                    for each in part.relations
                ),
            )
            for part in body.regions
        ),
        programmes=tuple(plan.Programme(part.code, part.name) for part in body.programmes),
        registers=tuple(
            plan.Register(part.register_, part.name, part.term, part.level) for part in body.registers
        ),
        duties=tuple(_duty(body.plan, part) for part in body.duties),
    )


def _duty(plan_id: str, part: models_plan.DutyPart) -> duty.Duty:
    return duty.Duty(
        plan=plan_id,
        duty=part.duty,
        rows=tuple(part.rows),
        name=part.name,
        term=part.term,
        kind=part.kind,
        who=part.who,
        levels=tuple(part.regions),
        recurrence=part.recurrence,
        due=duty.DueRule(
            part.due.rule,
            part.due.day,
            part.due.on,
            part.due.start,
            part.due.end,
            tuple(duty.Instance(each.period, each.due_on) for each in part.due.instances),
        ),
        source=part.source,
        confidence=part.confidence,
        to=part.to,
        first_period=part.first_period,
        last_period=part.last_period,
        note=part.note,
    )
