"""Operations on projects (项目): register, stages, registers, look-ups."""

from services.projects.api.base import Serving, ops
from services.projects.app import projects
from services.projects.models import acceptance as acceptance_models
from services.projects.models import counts as count_models
from services.projects.models import projects as models
from services.projects.models import registers as register_models
from services.projects.models import steps as step_models
from services.projects.queries import acceptance, counts
from services.projects.queries import projects as queries
from shared.rpc import Call, Reply


@ops.command(
    "register-project",
    request=models.RegisterProject,
    response=models.ProjectView,
    summary="Register a project",
)
async def register_project(call: Call, body: models.RegisterProject) -> Reply:
    """A project (项目) becomes known: region, enterprise, industry, investment, registers with dates, tags, investor.

    The equipment investment is part of the total. What it went through before comes along as its history.
    The same content again changes nothing; other content
    under the same id is refused.
    """
    return await projects.register_project(Serving.app, call, body)


@ops.command(
    "reach-stage",
    request=step_models.ReachStage,
    response=models.ProjectView,
    summary="Report a stage that a project has reached",
)
async def reach_stage(call: Call, body: step_models.ReachStage) -> Reply:
    """A step with its day and evidence: 预报, 洽谈, 签约, 备案 or 核准, 开工, 投产, 验收, 退出跟踪; 停滞, 复工, 终止.

    A pre-report (预报) asks the departments of the joint pre-review for their opinions.

    A step that can't follow is refused, and the refusal says what is missing.
    """
    return await projects.reach_stage(Serving.app, call, body)


@ops.command(
    "change-project",
    request=models.ChangeProject,
    response=models.ProjectView,
    summary="Change what is known of a project",
)
async def change_project(call: Call, body: models.ChangeProject) -> Reply:
    """Name, amounts, programmes, tags, investor. Given the `version` you saw, a change meanwhile is refused (409)
    with both versions of the fields that you would change.
    """
    return await projects.change_project(Serving.app, call, body)


@ops.command(
    "correct-stage",
    request=step_models.CorrectStage,
    response=models.ProjectView,
    summary="Correct a stage that was reported wrongly",
)
async def correct_stage(call: Call, body: step_models.CorrectStage) -> Reply:
    """What a step should have said, with the reason: what isn't named stays as it is.

    `remove` takes the step out, or only the ceremony off it: no name left out ever does.
    """
    return await projects.correct_stage(Serving.app, call, body)


@ops.command(
    "join-register",
    request=register_models.JoinRegister,
    response=models.ProjectView,
    summary="Put a project into a register",
)
async def join_register(call: Call, body: register_models.JoinRegister) -> Reply:
    """A register (名录) is kept at its own level or above: the provincial ones by the province (X-22)."""
    return await projects.join_register(Serving.app, call, body)


@ops.command(
    "leave-register",
    request=register_models.LeaveRegister,
    response=models.ProjectView,
    summary="Take a project out of a register",
)
async def leave_register(call: Call, body: register_models.LeaveRegister) -> Reply:
    """With its last day in the register and the reason; it may join again later."""
    return await projects.leave_register(Serving.app, call, body)


@ops.query(
    "count-projects",
    request=count_models.CountProjects,
    response=count_models.ProjectCounts,
    summary="How many projects, and what they reached in a span of days",
)
async def count_projects(call: Call, body: count_models.CountProjects) -> count_models.ProjectCounts:
    """Distinct projects by every filter. Started or put into production is counted as the union (TR-11, X-12)."""
    return await counts.count_projects(Serving.app, call, body)


@ops.query(
    "count-projects-by",
    request=count_models.CountProjectsBy,
    response=count_models.ProjectCountsBy,
    summary="Counts of projects for each city, field, technology or department",
)
async def count_projects_by(call: Call, body: count_models.CountProjectsBy) -> count_models.ProjectCountsBy:
    """Each with its own count (TR-9, PM-17, PM-18, EI-22, DI-6), and all together, a project once (X-9)."""
    return await counts.count_projects_by(Serving.app, call, body)


@ops.query(
    "register-acceptance",
    request=acceptance_models.RegisterAcceptance,
    response=acceptance_models.AcceptanceView,
    summary="How a register's built projects stand with their acceptance",
)
async def register_acceptance(
    call: Call, body: acceptance_models.RegisterAcceptance
) -> acceptance_models.AcceptanceView:
    """What is under construction, built and accepted (TR-14), and who should have been accepted by now."""
    return await acceptance.register_acceptance(Serving.app, call, body)


@ops.query(
    "get-project",
    request=models.GetProject,
    response=models.ProjectView,
    summary="One project with its stages",
)
async def get_project(call: Call, body: models.GetProject) -> models.ProjectView:
    """A project with every step taken and every register it stands or stood in."""
    return await queries.get_project(Serving.app, call, body)


@ops.query(
    "list-projects", request=models.ListProjects, response=models.ProjectPage, summary="Projects, filtered"
)
async def list_projects(call: Call, body: models.ListProjects) -> models.ProjectPage:
    """Every filter narrows; a page ends with the cursor of the next, the first one has counts and sums of all."""
    return await queries.list_projects(Serving.app, call, body)
