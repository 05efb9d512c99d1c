"""Project (项目): its facts, and what all facts of its stream add up to."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.common.investor import FocusSector, Investor
from services.projects.projects.acceptance.facts import AcceptanceReminded
from services.projects.projects.energy_savings import facts as energy_savings
from services.projects.projects.energy_savings.facts import (
    EnergySaving,
    EnergySavingExpected,
    EnergySavingVerified,
)
from services.projects.projects.pre_reviews import facts as pre_reviews
from services.projects.projects.pre_reviews.facts import (
    DepartmentOpinionGiven,
    PreReview,
    PreReviewConcluded,
    PreReviewOpened,
)
from services.projects.projects.registers import facts as registers
from services.projects.projects.registers.facts import Membership, RegisterJoined, RegisterLeft
from services.projects.projects.reserve import facts as reserve
from services.projects.projects.reserve.facts import ProjectScreened, Reserve, ReserveUpdated
from services.projects.projects.signings import facts as signings
from services.projects.projects.signings.facts import Recommendation, SigningAudited, SigningRecommended
from services.projects.projects.stages.facts import (
    Planned,
    ProjectStageCorrected,
    ProjectStageReached,
    Stage,
    StageState,
    Step,
    corrected_steps,
    reached_step,
    settle,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRegistered:
    """A project is known: where, of which industry (GB/T 4754), how much (CNY, yuan).

    `equipment_investment` (设备投资) and `bank_loan` (银行贷款) are parts of `total_investment` (总投资).
    `programmes` are the plan's programme codes, `tags` what it counts for in them, each once (X-9). `investor` is
    there for a matched project (三维对接).
    """

    project: str
    name: str
    region: str
    industry: str
    total_investment: Decimal
    equipment_investment: Decimal
    programmes: tuple[str, ...]
    registers: tuple[Membership, ...]
    planned_on: date
    registered_on: date
    reported_by: str
    enterprise: str | None = None
    enterprise_name: str | None = None
    evidence: str = ""
    tags: tuple[str, ...] = ()
    investor: Investor | None = None
    focus_sector: FocusSector | None = None
    bank_loan: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChanged:
    """What is known of the project now, as a whole; `changed` names what is new. Region and id never change.

    `version` counts the contents: the registration is the first. What is new is so since `since`, or, where nothing is
    said, since `changed_on`.
    """

    project: str
    region: str
    version: int
    changed: tuple[str, ...]
    reason: str
    reported_by: str
    changed_on: date
    name: str
    industry: str
    total_investment: Decimal
    equipment_investment: Decimal
    programmes: tuple[str, ...]
    tags: tuple[str, ...] = ()
    enterprise: str | None = None
    enterprise_name: str | None = None
    investor: Investor | None = None
    focus_sector: FocusSector | None = None
    bank_loan: Decimal | None = None
    since: date | None = None


ProjectEvent = (
    ProjectRegistered
    | ProjectChanged
    | ProjectStageReached
    | ProjectStageCorrected
    | RegisterJoined
    | RegisterLeft
    | PreReviewOpened
    | DepartmentOpinionGiven
    | PreReviewConcluded
    | SigningRecommended
    | SigningAudited
    | AcceptanceReminded
    | ReserveUpdated
    | ProjectScreened
    | EnergySavingExpected
    | EnergySavingVerified
)


@dataclass(frozen=True, slots=True)
class Unregistered:
    """No such project yet."""


@dataclass(frozen=True, slots=True)
class Project:
    """A registered project. `steps` are those that count, corrections applied; `stage` follows from them.

    `registered` is what is known now, changes applied; `version` counts these contents. `steps_version` counts the
    steps reported and corrected; `renumbered`: one was taken out, so that numbers of before name others now.
    """

    registered: ProjectRegistered
    steps: tuple[Step, ...]
    stage: StageState
    memberships: tuple[Membership, ...]
    version: int = 1
    steps_version: int = 0
    renumbered: bool = False
    pre_reviews: tuple[PreReview, ...] = ()
    signings: tuple[Recommendation, ...] = field(default=())
    reminders: tuple[AcceptanceReminded, ...] = field(default=())
    reserve: Reserve = field(default=Reserve())
    energy_saving: EnergySaving = field(default=EnergySaving())

    @property
    def pre_review(self) -> PreReview | None:
        """The newest round of its pre-review."""
        return self.pre_reviews[-1] if self.pre_reviews else None


ProjectState = Unregistered | Project
INITIAL: ProjectState = Unregistered()


def stream(project: str) -> str:
    """The stream of one project."""
    return f"project:{project}"


def evolve(state: ProjectState, event: ProjectEvent) -> ProjectState:
    """The state after a stored fact."""
    match event:
        case ProjectRegistered():
            first = Step(Stage.PLANNED, event.planned_on, event.evidence, event.reported_by)
            return Project(event, (first,), Planned(), event.registers)
        case ProjectChanged():
            return replace(_known(state), registered=changed(_known(state), event), version=event.version)
        case ProjectStageReached():
            return _with_steps(state, (*_known(state).steps, reached_step(event)))
        case ProjectStageCorrected():
            corrected = _with_steps(state, corrected_steps(_known(state).steps, event))
            return replace(corrected, renumbered=corrected.renumbered or event.stage is None)
        case RegisterJoined() | RegisterLeft():
            known = _known(state)
            return replace(known, memberships=registers.evolve(known.memberships, event))
        case PreReviewOpened() | DepartmentOpinionGiven() | PreReviewConcluded():
            known = _known(state)
            return replace(known, pre_reviews=pre_reviews.evolve(known.pre_reviews, event))
        case SigningRecommended() | SigningAudited():
            known = _known(state)
            return replace(known, signings=signings.evolve(known.signings, event))
        case AcceptanceReminded():
            return replace(_known(state), reminders=(*_known(state).reminders, event))
        case ReserveUpdated() | ProjectScreened():
            return replace(_known(state), reserve=reserve.evolve(_known(state).reserve, event))
        case EnergySavingExpected() | EnergySavingVerified():
            known = _known(state)
            return replace(known, energy_saving=energy_savings.evolve(known.energy_saving, event))
        case _:
            assert_never(event)


def changed(state: Project, event: ProjectChanged) -> ProjectRegistered:
    """The project's content after a change."""
    return replace(
        state.registered,
        name=event.name,
        industry=event.industry,
        total_investment=event.total_investment,
        equipment_investment=event.equipment_investment,
        programmes=event.programmes,
        tags=event.tags,
        enterprise=event.enterprise,
        enterprise_name=event.enterprise_name,
        investor=event.investor,
        focus_sector=event.focus_sector,
        bank_loan=event.bank_loan,
    )


def _with_steps(state: ProjectState, steps: tuple[Step, ...]) -> Project:
    known = _known(state)
    return replace(known, steps=steps, stage=settle(steps), steps_version=known.steps_version + 1)


def _known(state: ProjectState) -> Project:
    if not isinstance(state, Project):
        raise TypeError("a project's history starts with ProjectRegistered")
    return state
