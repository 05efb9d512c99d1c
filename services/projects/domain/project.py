"""Project (项目): its facts, and what they add up to. Decisions stand in project_decisions.

One project may be of several programmes, carry several tags and stand in several registers at once (X-9, X-22).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.domain import energy_saving, pre_review, reserve, signing_list
from services.projects.domain.energy_saving import EnergySaving, EnergySavingExpected, EnergySavingVerified
from services.projects.domain.investor import FocusSector, Investor
from services.projects.domain.pre_review import (
    DepartmentOpinionGiven,
    PreReview,
    PreReviewConcluded,
    PreReviewOpened,
)
from services.projects.domain.registers import Membership
from services.projects.domain.reserve import ProjectScreened, Reserve, ReserveUpdated
from services.projects.domain.signing_list import Recommendation, SigningAudited, SigningRecommended
from services.projects.domain.stages import Planned, Stage, StageState, Step, settle


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ProjectStageReached:
    """A step taken on a day. `status` is the project's state after it (a resumed one: that before).

    `amount` (CNY, yuan) is the contract's at a signing, `ceremony` where it was signed on stage.
    """

    project: str
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    status: Stage
    note: str = ""
    region: str | None = None
    amount: Decimal | None = None
    ceremony: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectStageCorrected:
    """Step number `step` (from 1) was wrong. Without `stage` it never was; else the step is this, as a whole.

    `status` and `status_on` are the project's state after the correction and the day of its last step. `note` None:
    the event is of a release before a note could be stated; its `reason` then stands as the step's note.
    """

    project: str
    step: int
    wrong_stage: Stage
    wrong_on: date
    reason: str
    reported_by: str
    status: Stage
    status_on: date
    stage: Stage | None = None
    on: date | None = None
    evidence: str | None = None
    region: str | None = None
    amount: Decimal | None = None
    ceremony: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterJoined:
    """The project is in `register` from `valid_from` on."""

    project: str
    register: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class RegisterLeft:
    """The project was in `register` until `valid_to`, that day included."""

    project: str
    register: str
    valid_from: date
    valid_to: date
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptanceReminded:
    """A built project of a register should be accepted (验收) and isn't: its city is reminded (TR-14c).

    `number` counts the reminders, from 1; `due_on` is the day by which it should have been.
    """

    project: str
    region: str
    register: str
    producing_on: date
    due_on: date
    number: int
    on: date


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
    pre_review: PreReview | None = None
    signings: tuple[Recommendation, ...] = field(default=())
    reminders: tuple[AcceptanceReminded, ...] = field(default=())
    reserve: Reserve = field(default=Reserve())
    energy_saving: EnergySaving = field(default=EnergySaving())


ProjectState = Unregistered | Project
INITIAL: ProjectState = Unregistered()


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
        case RegisterJoined():
            joined = Membership(event.register, event.valid_from)
            return replace(_known(state), memberships=(*_known(state).memberships, joined))
        case RegisterLeft():
            return replace(
                _known(state),
                memberships=tuple(
                    replace(member, valid_to=event.valid_to)
                    if (member.register, member.valid_from) == (event.register, event.valid_from)
                    else member
                    for member in _known(state).memberships
                ),
            )
        case PreReviewOpened() | DepartmentOpinionGiven() | PreReviewConcluded():
            known = _known(state)
            return replace(known, pre_review=pre_review.evolve(known.pre_review, event))
        case SigningRecommended() | SigningAudited():
            known = _known(state)
            return replace(known, signings=signing_list.evolve(known.signings, event))
        case AcceptanceReminded():
            return replace(_known(state), reminders=(*_known(state).reminders, event))
        case ReserveUpdated() | ProjectScreened():
            return replace(_known(state), reserve=reserve.evolve(_known(state).reserve, event))
        case EnergySavingExpected() | EnergySavingVerified():
            known = _known(state)
            return replace(known, energy_saving=energy_saving.evolve(known.energy_saving, event))
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


def reached_step(event: ProjectStageReached) -> Step:
    """The step that was reported."""
    return Step(
        event.stage, event.on, event.evidence, event.reported_by, event.note, event.amount, event.ceremony
    )


def corrected_steps(steps: tuple[Step, ...], event: ProjectStageCorrected) -> tuple[Step, ...]:
    """The steps with the wrong one replaced, or taken out."""
    index = event.step - 1
    if event.stage is None or event.on is None:
        return steps[:index] + steps[index + 1 :]
    note = event.reason if event.note is None else event.note
    right = Step(
        event.stage, event.on, event.evidence or "", event.reported_by, note, event.amount, event.ceremony
    )
    return (*steps[:index], right, *steps[index + 1 :])


def _with_steps(state: ProjectState, steps: tuple[Step, ...]) -> Project:
    known = _known(state)
    return replace(known, steps=steps, stage=settle(steps), steps_version=known.steps_version + 1)


def _known(state: ProjectState) -> Project:
    if not isinstance(state, Project):
        raise TypeError("a project's history starts with ProjectRegistered")
    return state
