"""The stages of a tech-renovation project (技改项目): which step may follow which.

    planned 策划 → filed 备案 or approved 核准 → started 开工 → (partly_producing 部分投产) → producing 投产
    → accepted 验收; at the side suspended 停滞 and resumed 复工, and terminated 终止.

Filing and approval are alternative permit paths (TR-17). What is started, producing and accepted is what
TR-5, TR-11 and TR-14 count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from services.projects.domain.refusal import Refused


class Stage(StrEnum):
    """A step that a project takes."""

    PLANNED = "planned"
    FILED = "filed"
    APPROVED = "approved"
    STARTED = "started"
    PARTLY_PRODUCING = "partly_producing"
    PRODUCING = "producing"
    ACCEPTED = "accepted"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Step:
    """One step taken: when, shown by what (a document's reference), reported by whom."""

    stage: Stage
    on: date
    evidence: str
    reported_by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """策划: an idea with an amount, no permit yet."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """备案 or 核准: `path` says which (FILED or APPROVED)."""

    path: Stage


@dataclass(frozen=True, slots=True)
class Started:
    """开工: under construction (在建)."""


@dataclass(frozen=True, slots=True)
class PartlyProducing:
    """部分投产."""


@dataclass(frozen=True, slots=True)
class Producing:
    """投产: built, waiting for acceptance."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """验收: done."""


Running = Planned | Permitted | Started | PartlyProducing | Producing


@dataclass(frozen=True, slots=True)
class Suspended:
    """停滞: stands still; `before` is where it goes on from."""

    before: Running


@dataclass(frozen=True, slots=True)
class Terminated:
    """终止: given up."""


StageState = Running | Suspended | Accepted | Terminated


def advance(state: StageState, to: Stage) -> StageState:
    """The state after the step `to`, if it may follow. Raises Refused, which says what is missing."""
    match (to, state):
        case (
            (Stage.FILED | Stage.APPROVED, Planned())
            | (Stage.STARTED, Permitted())
            | (Stage.PARTLY_PRODUCING, Started())
            | (Stage.PRODUCING, Started() | PartlyProducing())
            | (Stage.ACCEPTED, Producing())
            | (Stage.SUSPENDED, Planned() | Permitted() | Started() | PartlyProducing() | Producing())
            | (Stage.RESUMED, Suspended())
            | (
                Stage.TERMINATED,
                Planned() | Permitted() | Started() | PartlyProducing() | Producing() | Suspended(),
            )
        ):
            return after(state, to)
        case _:
            raise _refusal(to, state)


def after(state: StageState, step: Stage) -> StageState:
    """What a recorded step makes of a state. Asks no rule: rules may change, what was recorded stays so."""
    match step:
        case Stage.PLANNED:
            return Planned()
        case Stage.FILED | Stage.APPROVED:
            return Permitted(step)
        case Stage.STARTED:
            return Started()
        case Stage.PARTLY_PRODUCING:
            return PartlyProducing()
        case Stage.PRODUCING:
            return Producing()
        case Stage.ACCEPTED:
            return Accepted()
        case Stage.SUSPENDED:
            return state if isinstance(state, Accepted | Suspended | Terminated) else Suspended(state)
        case Stage.RESUMED:
            return state.before if isinstance(state, Suspended) else state
        case Stage.TERMINATED:
            return Terminated()


def settle(steps: Sequence[Step]) -> StageState:
    """The state after recorded steps."""
    state: StageState = Planned()
    for step in steps:
        state = after(state, step.stage)
    return state


def replay(steps: Sequence[Step]) -> StageState:
    """The state after steps that are yet to be accepted. Raises Refused where one can't follow."""
    if not steps or steps[0].stage is not Stage.PLANNED:
        raise Refused("A project's first step is planned (策划).", where="step", code="first-step")
    state: StageState = Planned()
    for earlier, step in pairwise(steps):
        if step.on < earlier.on:
            raise Refused(
                f"{step.stage} on {step.on} would lie before {earlier.stage} on {earlier.on}.",
                code="date-order",
                where="on",
                remedy="Check the day, or correct the earlier step first.",
            )
        state = advance(state, step.stage)
    return state


def status(state: StageState) -> Stage:
    """The state in one word, as lists show it."""
    match state:
        case Planned():
            return Stage.PLANNED
        case Permitted(path):
            return path
        case Started():
            return Stage.STARTED
        case PartlyProducing():
            return Stage.PARTLY_PRODUCING
        case Producing():
            return Stage.PRODUCING
        case Accepted():
            return Stage.ACCEPTED
        case Suspended():
            return Stage.SUSPENDED
        case Terminated():
            return Stage.TERMINATED


_RANK: dict[Stage, int] = {
    Stage.PLANNED: 0,
    Stage.FILED: 1,
    Stage.APPROVED: 1,
    Stage.STARTED: 2,
    Stage.PARTLY_PRODUCING: 3,
    Stage.PRODUCING: 4,
    Stage.ACCEPTED: 5,
}
# What must have been before a step; partly_producing may be left out, so it is never missing.
_NEEDED = {1: "filed (备案) or approved (核准)", 2: "started (开工)", 4: "producing (投产)"}


def _refusal(to: Stage, state: StageState) -> Refused:
    now = status(state)
    match state:
        case Accepted() | Terminated():
            return _ended(to, state)
        case Suspended():
            return Refused(
                f"The project is suspended (停滞); {to} must wait until it is resumed (复工).",
                code="suspended",
                where="stage",
                remedy="Report the stage resumed first.",
            )
    if to is Stage.RESUMED:
        return Refused(
            f"The project is {now}, not suspended: there is nothing to resume.",
            code="not-suspended",
            where="stage",
        )
    if to not in _RANK or _RANK[to] <= _RANK[now]:
        return Refused(
            f"The project is {now} already; {to} can't follow it.",
            code="stage-passed",
            where="stage",
            remedy="If a step was reported wrongly, correct that step.",
        )
    missing = [what for rank, what in _NEEDED.items() if _RANK[now] < rank < _RANK[to]]
    return Refused(
        f"The project is {now}; before {to} it must be {', then '.join(missing)}.",
        code="stage-missing",
        where="stage",
        remedy="Report the missing stage with its date and evidence first.",
        extra={"missing": missing},
    )


def _ended(to: Stage, state: StageState) -> Refused:
    return Refused(
        f"The project is {status(state)}: it has ended, {to} can't follow.",
        code="project-ended",
        where="stage",
        remedy="If the last step was reported wrongly, correct it.",
    )
