"""TechRenovationProject (技改项目): its facts, and what they add up to. Decisions stand in project_decisions."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.domain.registers import Membership
from services.projects.domain.stages import Planned, Stage, StageState, Step, settle


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    """A project is known: where, of which industry (GB/T 4754), how much (CNY, yuan).

    `equipment_investment` (设备投资) is part of `total_investment` (总投资). `programmes` are the plan's
    programme codes, each counted once (X-9).
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


@dataclass(frozen=True, slots=True)
class ProjectStageReached:
    """A step taken on a day. `status` is the project's state after it (a resumed one: that before)."""

    project: str
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    status: Stage
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProjectStageCorrected:
    """Step number `step` (from 1) was wrong. Without `stage` it never was; else that is what was true.

    `status` and `status_on` are the project's state after the correction and the day of its last step.
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


ProjectEvent = ProjectRegistered | ProjectStageReached | ProjectStageCorrected | RegisterJoined | RegisterLeft


@dataclass(frozen=True, slots=True)
class Unregistered:
    """No such project yet."""


@dataclass(frozen=True, slots=True)
class Project:
    """A registered project. `steps` are those that count, corrections applied; `stage` follows from them."""

    registered: ProjectRegistered
    steps: tuple[Step, ...]
    stage: StageState
    memberships: tuple[Membership, ...]


ProjectState = Unregistered | Project
INITIAL: ProjectState = Unregistered()


def evolve(state: ProjectState, event: ProjectEvent) -> ProjectState:
    """The state after a stored fact."""
    match event:
        case ProjectRegistered():
            first = Step(Stage.PLANNED, event.planned_on, event.evidence, event.reported_by)
            return Project(event, (first,), Planned(), event.registers)
        case ProjectStageReached():
            step = Step(event.stage, event.on, event.evidence, event.reported_by, event.note)
            return _with_steps(state, (*_known(state).steps, step))
        case ProjectStageCorrected():
            return _with_steps(state, corrected_steps(_known(state).steps, event))
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
        case _:
            assert_never(event)


def corrected_steps(steps: tuple[Step, ...], event: ProjectStageCorrected) -> tuple[Step, ...]:
    """The steps with the wrong one replaced, or taken out."""
    index = event.step - 1
    if event.stage is None or event.on is None:
        return steps[:index] + steps[index + 1 :]
    right = Step(event.stage, event.on, event.evidence or "", event.reported_by, event.reason)
    return (*steps[:index], right, *steps[index + 1 :])


def _with_steps(state: ProjectState, steps: tuple[Step, ...]) -> Project:
    return replace(_known(state), steps=steps, stage=settle(steps))


def _known(state: ProjectState) -> Project:
    if not isinstance(state, Project):
        raise TypeError("a project's history starts with ProjectRegistered")
    return state
