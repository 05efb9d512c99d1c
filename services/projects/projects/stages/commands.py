"""Who may report and correct a project's steps, and what both are judged by."""

from services.projects.plan import reference
from services.projects.projects.commands import departments, kept
from services.projects.projects.facts import ProjectState
from services.projects.projects.given import WithCare
from services.projects.projects.pre_reviews.rounds import ReviewRule
from services.projects.projects.stages.decisions.commands import CorrectStage, Reaching, ReachStage
from services.projects.projects.stages.facts import Stage
from shared.command import Given
from shared.feature import At


async def reach(at: At, command: ReachStage, state: ProjectState) -> Given:
    """A step with its day and evidence: 预报, 洽谈, 签约, 备案 or 核准, 开工, 投产, 验收, 退出跟踪; 停滞, 复工, 终止.

    A pre-report (预报) asks the departments of the joint pre-review for their opinions.

    A step that can't follow is refused, and the refusal says what is missing.
    """
    await kept(at, command.project, state)
    review = None
    if command.stage is Stage.PRE_REPORTED:
        review = await reference.parameters(at.conn, "pre_review", command.on, ReviewRule)
    return Reaching(
        today=at.today,
        by=at.actor.subject,
        departments=await departments(at),
        care=await reference.amount_care(at.conn, at.today),
        review=review,
    )


async def correct(at: At, command: CorrectStage, state: ProjectState) -> Given:
    """What a step should have said, with the reason: what isn't named stays as it is.

    `remove` takes the step out, or only the ceremony off it: no name left out ever does.
    """
    await kept(at, command.project, state)
    return WithCare(
        today=at.today,
        by=at.actor.subject,
        departments=await departments(at),
        care=await reference.amount_care(at.conn, at.today),
    )
