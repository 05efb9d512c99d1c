"""What may be done with a TechRenovationProject (技改项目), and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.projects.domain.project import (
    Project,
    ProjectEvent,
    ProjectRegistered,
    ProjectStageCorrected,
    ProjectStageReached,
    ProjectState,
    RegisterJoined,
    RegisterLeft,
    Unregistered,
    corrected_steps,
)
from services.projects.domain.refusal import Refused
from services.projects.domain.registers import Membership, checked, join, leave
from services.projects.domain.stages import Stage, advance, replay, status

_CORRECT_IT = "If something registered was wrong, correct that; a new project needs a new id."


@dataclass(frozen=True, slots=True)
class RegisterProject:
    """Make a project known. Amounts in CNY (yuan); `today` is the Clock's day in the plan's time zone."""

    project: str
    name: str
    region: str
    industry: str
    total_investment: Decimal
    equipment_investment: Decimal
    programmes: tuple[str, ...]
    registers: tuple[Membership, ...]
    planned_on: date
    reported_by: str
    today: date
    enterprise: str | None = None
    enterprise_name: str | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ReachStage:
    """Report a step with its day and evidence."""

    project: str
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    today: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class CorrectStage:
    """Correct step number `step` (from 1): to another stage, day or evidence, or (no `stage`) take it out."""

    project: str
    step: int
    reason: str
    reported_by: str
    today: date
    stage: Stage | None = None
    on: date | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class JoinRegister:
    """Put the project into a register from a day on."""

    project: str
    register: str
    on: date
    today: date


@dataclass(frozen=True, slots=True)
class LeaveRegister:
    """Take the project out of a register; `on` is its last day in it."""

    project: str
    register: str
    on: date
    reason: str
    today: date


ProjectCommand = RegisterProject | ReachStage | CorrectStage | JoinRegister | LeaveRegister


def decide(command: ProjectCommand, state: ProjectState) -> Sequence[ProjectEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (RegisterProject(), Unregistered()):
            return [_registered(command)]
        case (RegisterProject(), Project()):
            return _registered_again(command, state)
        case (ReachStage(), Project()):
            return _reached(command, state)
        case (CorrectStage(), Project()):
            return _corrected(command, state)
        case (JoinRegister(), Project()):
            _not_in_future(command.on, command.today)
            joined = join(state.memberships, command.register, command.on)
            return [RegisterJoined(command.project, command.register, command.on)] if joined else []
        case (LeaveRegister(), Project()):
            _not_in_future(command.on, command.today)
            left = leave(state.memberships, command.register, command.on)
            if left is None:
                return []
            return [RegisterLeft(command.project, left.register, left.valid_from, command.on, command.reason)]
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: "
                f"there is no project {command.project!r}.",
                code="not-found",
                status=404,
                where="project",
                remedy="Register the project first, or check its id.",
            )


def _registered(command: RegisterProject) -> ProjectRegistered:
    if command.total_investment <= 0:
        raise Refused("The total investment is not above zero.", code="amount", where="total_investment")
    if not 0 <= command.equipment_investment <= command.total_investment:
        raise Refused(
            f"The equipment investment ({command.equipment_investment} yuan) is more than the total "
            f"investment ({command.total_investment} yuan) of which it is a part.",
            code="equipment-over-total",
            where="equipment_investment",
            remedy="Both amounts are in yuan; check for 万元 or 亿元.",
        )
    _not_in_future(command.planned_on, command.today, where="planned_on")
    return ProjectRegistered(
        project=command.project,
        name=command.name,
        region=command.region,
        industry=command.industry,
        total_investment=command.total_investment,
        equipment_investment=command.equipment_investment,
        programmes=tuple(sorted(set(command.programmes))),
        registers=checked(command.registers, command.today),
        planned_on=command.planned_on,
        registered_on=command.today,
        reported_by=command.reported_by,
        enterprise=command.enterprise,
        enterprise_name=command.enterprise_name,
        evidence=command.evidence,
    )


def _registered_again(command: RegisterProject, state: Project) -> Sequence[ProjectEvent]:
    """The same content again changes nothing, whoever repeats it and when."""
    known = state.registered
    again = replace(_registered(command), registered_on=known.registered_on, reported_by=known.reported_by)
    if again == known:
        return []
    raise Refused(
        f"A project {command.project!r} is registered already, with other content.",
        code="exists",
        status=409,
        where="project",
        remedy=_CORRECT_IT,
    )


def _reached(command: ReachStage, state: Project) -> Sequence[ProjectEvent]:
    _not_in_future(command.on, command.today)
    last = state.steps[-1]
    if (last.stage, last.on, last.evidence) == (command.stage, command.on, command.evidence):
        return []
    after = advance(state.stage, command.stage)
    if command.on < last.on:
        raise Refused(
            f"{command.stage} on {command.on} would lie before {last.stage} on {last.on}.",
            code="date-order",
            where="on",
            remedy="Check the day; if the earlier step's day is wrong, correct that step first.",
        )
    if command.stage in (Stage.SUSPENDED, Stage.TERMINATED) and not command.note:
        raise Refused(f"{command.stage} needs its reason in `note`.", code="reason-missing", where="note")
    return [
        ProjectStageReached(
            project=command.project,
            stage=command.stage,
            on=command.on,
            evidence=command.evidence,
            reported_by=command.reported_by,
            status=status(after),
            note=command.note,
        )
    ]


def _corrected(command: CorrectStage, state: Project) -> Sequence[ProjectEvent]:
    if not 1 <= command.step <= len(state.steps):
        raise Refused(
            f"The project has {len(state.steps)} steps; there is no step {command.step}.",
            code="no-such-step",
            where="step",
        )
    if command.stage is None and command.step == 1:
        raise Refused(
            "The first step, planned (策划), can be corrected but not taken out.",
            code="first-step",
            where="step",
            remedy="Terminate a project that never was one.",
        )
    wrong = state.steps[command.step - 1]
    on = command.on or wrong.on
    evidence = wrong.evidence if command.evidence is None else command.evidence
    _not_in_future(on, command.today)
    if (command.stage, on, evidence) == (wrong.stage, wrong.on, wrong.evidence):
        return []
    event = ProjectStageCorrected(
        project=command.project,
        step=command.step,
        wrong_stage=wrong.stage,
        wrong_on=wrong.on,
        reason=command.reason,
        reported_by=command.reported_by,
        status=wrong.stage,
        status_on=wrong.on,
        stage=command.stage,
        on=on if command.stage else None,
        evidence=evidence if command.stage else None,
    )
    # The whole history must still make sense with the right step in it: one table of steps rules both.
    steps = corrected_steps(state.steps, event)
    return [replace(event, status=status(replay(steps)), status_on=steps[-1].on)]


def _not_in_future(on: date, today: date, where: str = "on") -> None:
    if on > today:
        raise Refused(
            f"{on} has not come yet; today is {today}.",
            code="future-date",
            where=where,
            remedy="Report what has happened, when it has.",
        )
