"""What becomes of a command on a project's stream: each is decided by the folder whose command it is."""

from collections.abc import Sequence

from services.projects.common.refusal import Refused
from services.projects.projects.acceptance.decisions import RemindAcceptance, Reminding, reminded
from services.projects.projects.decisions.commands import (
    ChangeProject,
    Changing,
    Registering,
    RegisterProject,
)
from services.projects.projects.decisions.content import changed, registered, registered_again
from services.projects.projects.energy_savings.decisions import (
    EnergySavingCommand,
    ExpectEnergySaving,
    VerifyEnergySaving,
    stated,
)
from services.projects.projects.facts import (
    INITIAL,
    ProjectEvent,
    ProjectState,
    Unregistered,
    evolve,
)
from services.projects.projects.given import WithCare
from services.projects.projects.pre_reviews.decisions import (
    ConcludePreReview,
    GiveOpinion,
    Opening,
    OpenPreReview,
    PreReviewCommand,
    concluded,
    given_opinion,
    opened_again,
)
from services.projects.projects.registers.decisions import (
    JoinRegister,
    LeaveRegister,
    RegisterCommand,
    joined,
    left,
)
from services.projects.projects.reserve.decisions import (
    ByLibrary,
    ReserveCommand,
    Screening,
    ScreenProject,
    UpdateReserve,
    screened,
    updated,
)
from services.projects.projects.signings.decisions import (
    AuditSigning,
    RecommendSigning,
    SigningCommand,
    audited,
    recommended,
)
from services.projects.projects.stages.decisions.commands import (
    CorrectStage,
    Reaching,
    ReachStage,
    StageCommand,
)
from services.projects.projects.stages.decisions.correcting import corrected
from services.projects.projects.stages.decisions.reporting import reached
from shared.command import Given, decider

ProjectCommand = (
    RegisterProject
    | ChangeProject
    | StageCommand
    | RegisterCommand
    | PreReviewCommand
    | SigningCommand
    | RemindAcceptance
    | ReserveCommand
    | EnergySavingCommand
)


def decide(command: ProjectCommand, state: ProjectState, given: Given) -> Sequence[ProjectEvent]:
    """The events of a command, or Refused."""
    if isinstance(state, Unregistered):
        if isinstance(command, RegisterProject) and isinstance(given, Registering):
            return registered(command, given)
        raise Refused(
            f"{type(command).__name__} on {type(state).__name__}: there is no project {command.project!r}.",
            code="not-found",
            status=404,
            where="project",
            remedy="Register the project first, or check its id.",
        )
    match (command, given):
        case (RegisterProject(), Registering()):
            return registered_again(command, state, given)
        case (ChangeProject(), Changing()):
            return changed(command, state, given)
        case (ReachStage(), Reaching()):
            return reached(command, state, given)
        case (CorrectStage(), WithCare()):
            return corrected(command, state, given)
        case (JoinRegister(), _):
            return joined(command, state, given)
        case (LeaveRegister(), _):
            return left(command, state, given)
        case (OpenPreReview(), Opening()):
            return opened_again(command, state, given)
        case (GiveOpinion(), _):
            return given_opinion(command, state, given)
        case (ConcludePreReview(), _):
            return concluded(command, state, given)
        case (RecommendSigning(), _):
            return recommended(command, state, given)
        case (AuditSigning(), _):
            return audited(command, state, given)
        case (RemindAcceptance(), Reminding()):
            return reminded(command, state, given)
        case (UpdateReserve(), ByLibrary()):
            return updated(command, state, given)
        case (ScreenProject(), Screening()):
            return screened(command, state, given)
        case (ExpectEnergySaving() | VerifyEnergySaving(), _):
            return stated(command, state, given)
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


PROJECT = decider(INITIAL, decide, evolve)
