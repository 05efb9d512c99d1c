"""Decisions on a project (项目): commands in, events or a refusal out."""

from collections.abc import Sequence

from services.projects.domain import (
    checks,
    energy_saving,
    pre_review,
    project_content,
    project_steps,
    reserve,
    signing_list,
    step_corrections,
)
from services.projects.domain.energy_saving import ExpectEnergySaving, VerifyEnergySaving
from services.projects.domain.pre_review import ConcludePreReview, GiveOpinion, OpenPreReview
from services.projects.domain.project import (
    Project,
    ProjectEvent,
    ProjectState,
    RegisterJoined,
    RegisterLeft,
    Unregistered,
)
from services.projects.domain.project_commands import (
    ChangeProject,
    CorrectStage,
    JoinRegister,
    LeaveRegister,
    ProjectCommand,
    ReachStage,
    RegisterProject,
    RemindAcceptance,
)
from services.projects.domain.refusal import Refused
from services.projects.domain.registers import join, leave
from services.projects.domain.reserve import Action, ScreenProject, UpdateReserve
from services.projects.domain.signing_list import AuditSigning, RecommendSigning


def decide(command: ProjectCommand, state: ProjectState) -> Sequence[ProjectEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (RegisterProject(), Unregistered()):
            return project_content.registered(command)
        case (RegisterProject(), Project()):
            return project_content.registered_again(command, state)
        case (ChangeProject(), Project()):
            return project_content.changed(command, state)
        case (ReachStage(), Project()):
            return project_steps.reached(command, state)
        case (CorrectStage(), Project()):
            return step_corrections.corrected(command, state)
        case (JoinRegister(), Project()):
            checks.not_in_future(command.on, command.today)
            joined = join(state.memberships, command.register, command.on)
            return (
                [RegisterJoined(project=command.project, register=command.register, valid_from=command.on)]
                if joined
                else []
            )
        case (LeaveRegister(), Project()):
            checks.not_in_future(command.on, command.today)
            left = leave(state.memberships, command.register, command.on)
            if left is None:
                return []
            return [
                RegisterLeft(
                    project=command.project,
                    register=left.register,
                    valid_from=left.valid_from,
                    valid_to=command.on,
                    reason=command.reason,
                )
            ]
        case (OpenPreReview(), Project()):
            checks.not_in_future(command.on, command.today)
            region = state.registered.region
            return [pre_review.opened(command.project, region, command.on, command.rule, state.pre_review)]
        case (GiveOpinion(), Project()):
            checks.not_in_future(command.on, command.today)
            given = pre_review.opinion(command, state.registered.region, state.pre_review)
            return [given] if given else []
        case (ConcludePreReview(), Project()):
            return project_steps.concluded(command, state)
        case (RecommendSigning(), Project()):
            checks.not_in_future(command.on, command.today)
            recommended = signing_list.recommended(
                command, state.registered.region, state.stage, state.steps, state.signings
            )
            return [recommended] if recommended else []
        case (AuditSigning(), Project()):
            checks.not_in_future(command.on, command.today)
            audited = signing_list.audited(command, state.registered.region, state.signings)
            return [audited] if audited else []
        case (RemindAcceptance(), Project()):
            return project_steps.reminded(command, state)
        case (UpdateReserve(), Project()):
            return _reserve_updated(command, state)
        case (ScreenProject(), Project()):
            known = state.registered
            screening = reserve.screened(command, known.region, state.memberships, state.reserve)
            return [screening] if screening else []
        case ((ExpectEnergySaving() | VerifyEnergySaving()), Project()):
            region = state.registered.region
            saving = energy_saving.stated(command, region, state.steps, state.energy_saving)
            return [saving] if saving else []
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: "
                f"there is no project {command.project!r}.",
                code="not-found",
                status=404,
                where="project",
                remedy="Register the project first, or check its id.",
            )


def _reserve_updated(command: UpdateReserve, state: Project) -> Sequence[ProjectEvent]:
    """The events of a quarterly update: the update, and the stay in a tier that it ends or begins."""
    known = state.registered
    event = reserve.updated(command, known.region, known.total_investment, state.memberships, state.reserve)
    if event is None:
        return []
    if event.promoted_to is not None:
        joined = join(state.memberships, event.promoted_to, command.on)
        return (
            [RegisterJoined(project=command.project, register=joined.register, valid_from=command.on), event]
            if joined
            else [event]
        )
    if event.action is Action.DROPPED:
        left = leave(state.memberships, command.register, command.on)
        if left is not None:
            reason = command.reason
            return [
                RegisterLeft(
                    project=command.project,
                    register=left.register,
                    valid_from=left.valid_from,
                    valid_to=command.on,
                    reason=reason,
                ),
                event,
            ]
    return [event]
