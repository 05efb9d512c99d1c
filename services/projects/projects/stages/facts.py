"""What is known of a project's steps (项目进度): the stages that it reached, and the state that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Stage(StrEnum):
    """A step that a project takes."""

    PLANNED = "planned"
    PRE_REPORTED = "pre_reported"
    PRE_REVIEWED = "pre_reviewed"
    NEGOTIATING = "negotiating"
    INTENT_SIGNED = "intent_signed"
    AGREEMENT_SIGNED = "agreement_signed"
    CONTRACT_SIGNED = "contract_signed"
    FILED = "filed"
    APPROVED = "approved"
    STARTED = "started"
    PARTLY_PRODUCING = "partly_producing"
    PRODUCING = "producing"
    ACCEPTED = "accepted"
    TRACKING_ENDED = "tracking_ended"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    TERMINATED = "terminated"
    FORMALLY_ENDED = "formally_ended"


SIGNINGS = (Stage.INTENT_SIGNED, Stage.AGREEMENT_SIGNED, Stage.CONTRACT_SIGNED)
"""意向, 协议, 合同: the kinds of contract, each binding more than the one before."""
PERMITS = (Stage.FILED, Stage.APPROVED)
"""备案 and 核准: the alternative permit paths."""
MILESTONES = (
    Stage.PRE_REPORTED,
    Stage.PRE_REVIEWED,
    Stage.NEGOTIATING,
    *SIGNINGS,
    *PERMITS,
    Stage.STARTED,
    Stage.PARTLY_PRODUCING,
    Stage.PRODUCING,
    Stage.ACCEPTED,
    Stage.TRACKING_ENDED,
    Stage.TERMINATED,
    Stage.FORMALLY_ENDED,
)
"""The stages that a project reaches at most once; counts over a span of days are counts of these."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step taken: when, shown by what (a document's reference), reported by whom.

    `amount` is the contract's, CNY (yuan), at a signing.
    """

    stage: Stage
    on: date
    evidence: str
    reported_by: str
    note: str = ""
    amount: Decimal | None = None
    ceremony: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """策划: an idea with an amount, no permit yet."""


@dataclass(frozen=True, slots=True)
class Matching:
    """预报, 预审 or 洽谈: on the way to a contract; `step` says how far."""

    step: Stage


@dataclass(frozen=True, slots=True)
class Signed:
    """意向, 协议 or 合同: `kind` says which."""

    kind: Stage


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


Running = Planned | Matching | Signed | Permitted | Started | PartlyProducing | Producing


@dataclass(frozen=True, slots=True)
class Suspended:
    """停滞: stands still; `before` is where it goes on from."""

    before: Running


@dataclass(frozen=True, slots=True)
class Terminated:
    """终止: given up."""


@dataclass(frozen=True, slots=True)
class TrackingEnded:
    """退出跟踪: done, and followed no longer."""


@dataclass(frozen=True, slots=True)
class FormallyEnded:
    """正式终止: the contract is dissolved by a document; its cohort no longer counts on it."""


StageState = Running | Suspended | Accepted | Terminated | TrackingEnded | FormallyEnded


Ended = Accepted | Terminated | TrackingEnded | FormallyEnded


def after(state: StageState, step: Stage) -> StageState:
    """The state after a recorded step. Checks no rule: rules may change, recorded steps don't."""
    match step:
        case Stage.PLANNED:
            return Planned()
        case Stage.PRE_REPORTED | Stage.PRE_REVIEWED | Stage.NEGOTIATING:
            return Matching(step)
        case Stage.INTENT_SIGNED | Stage.AGREEMENT_SIGNED | Stage.CONTRACT_SIGNED:
            return Signed(step)
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
            return state if isinstance(state, Suspended | Ended) else Suspended(state)
        case Stage.RESUMED:
            return state.before if isinstance(state, Suspended) else state
        case Stage.TERMINATED:
            return Terminated()
        case Stage.TRACKING_ENDED:
            return TrackingEnded()
        case Stage.FORMALLY_ENDED:
            return FormallyEnded()


def settle(steps: Sequence[Step]) -> StageState:
    """The state after recorded steps."""
    state: StageState = Planned()
    for step in steps:
        state = after(state, step.stage)
    return state


def status(state: StageState) -> Stage:
    """The state in one word, as lists show it."""
    match state:
        case Planned():
            return Stage.PLANNED
        case Matching(step) | Signed(step) | Permitted(step):
            return step
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
        case TrackingEnded():
            return Stage.TRACKING_ENDED
        case FormallyEnded():
            return Stage.FORMALLY_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


StageEvent = ProjectStageReached | ProjectStageCorrected


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
