"""Which step of a project (项目) may follow which.

    planned 策划 → (pre_reported 预报 → pre_reviewed 预审 → negotiating 洽谈 → intent_signed 意向 →
    agreement_signed 协议 → contract_signed 合同) → filed 备案 or approved 核准 → started 开工 →
    (partly_producing 部分投产) → producing 投产 → accepted 验收 → tracking_ended 退出跟踪;
    at the side suspended 停滞 and resumed 复工, terminated 终止 and then formally_ended 正式终止.

A renovation of the enterprise's own goes from planned to its permit; a matched project (三维对接, PM-11) goes
through the brackets, where pre-report, pre-review, intent and agreement may be left out, and needs its contract
before the permit. Filing and approval are alternative permit paths (TR-17). A fully producing project may leave
the tracking without an acceptance, as the matched ones did from March 2013. A terminated one counts in its
cohort until it is formally ended.
"""

from collections.abc import Sequence
from itertools import pairwise

from services.projects.common.refusal import Refused
from services.projects.projects.stages.facts import (
    SIGNINGS,
    Accepted,
    FormallyEnded,
    Matching,
    PartlyProducing,
    Permitted,
    Planned,
    Producing,
    Signed,
    Stage,
    StageState,
    Started,
    Step,
    Suspended,
    Terminated,
    TrackingEnded,
    after,
    status,
)


def advance(state: StageState, to: Stage) -> StageState:
    """The state after the step `to`, if it may follow. Raises Refused, which says what is missing."""
    match (to, state):
        case (
            (Stage.PRE_REPORTED, Planned())
            | (Stage.PRE_REVIEWED, Matching(Stage.PRE_REPORTED))
            | (Stage.NEGOTIATING, Planned() | Matching(Stage.PRE_REPORTED | Stage.PRE_REVIEWED))
            | (
                Stage.INTENT_SIGNED | Stage.AGREEMENT_SIGNED | Stage.CONTRACT_SIGNED,
                Matching(Stage.NEGOTIATING),
            )
            | (Stage.AGREEMENT_SIGNED | Stage.CONTRACT_SIGNED, Signed(Stage.INTENT_SIGNED))
            | (Stage.CONTRACT_SIGNED, Signed(Stage.AGREEMENT_SIGNED))
            | (Stage.FILED | Stage.APPROVED, Planned() | Signed(Stage.CONTRACT_SIGNED))
            | (Stage.STARTED, Permitted())
            | (Stage.PARTLY_PRODUCING, Started())
            | (Stage.PRODUCING, Started() | PartlyProducing())
            | (Stage.ACCEPTED, Producing())
            | (Stage.TRACKING_ENDED, Producing() | Accepted())
            | (
                Stage.SUSPENDED,
                Planned() | Matching() | Signed() | Permitted() | Started() | PartlyProducing() | Producing(),
            )
            | (Stage.RESUMED, Suspended())
            | (
                Stage.TERMINATED,
                Planned()
                | Matching()
                | Signed()
                | Permitted()
                | Started()
                | PartlyProducing()
                | Producing()
                | Suspended(),
            )
            | (Stage.FORMALLY_ENDED, Terminated())
        ):
            return after(state, to)
        case _:
            raise _refusal(to, state)


def replay(steps: Sequence[Step]) -> StageState:
    """The state after new steps, each checked. Raises Refused if one can't follow the previous one."""
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


_RANK: dict[Stage, int] = {
    Stage.PLANNED: 0,
    Stage.PRE_REPORTED: 1,
    Stage.PRE_REVIEWED: 2,
    Stage.NEGOTIATING: 3,
    Stage.INTENT_SIGNED: 4,
    Stage.AGREEMENT_SIGNED: 5,
    Stage.CONTRACT_SIGNED: 6,
    Stage.FILED: 7,
    Stage.APPROVED: 7,
    Stage.STARTED: 8,
    Stage.PARTLY_PRODUCING: 9,
    Stage.PRODUCING: 10,
    Stage.ACCEPTED: 11,
    Stage.TRACKING_ENDED: 12,
}
# The steps that a later one requires; optional steps are never missing.
_NEEDED = {7: "filed (备案) or approved (核准)", 8: "started (开工)", 10: "producing (投产)"}
_NEEDED_IN_MATCHING = {3: "negotiating (洽谈)", 6: "contract_signed (合同)"}


def missing(now: Stage, to: Stage, *, matched: bool = False) -> list[str]:
    """The steps that must come between `now` and `to`, in words; `matched`: a contract must be among them."""
    if to is Stage.PRE_REVIEWED:
        return ["pre_reported (预报)"]
    on_the_way = matched or to in SIGNINGS or 0 < _RANK[now] < _RANK[Stage.CONTRACT_SIGNED]
    needed = {**(_NEEDED_IN_MATCHING if on_the_way else {}), **_NEEDED}
    return [what for rank, what in needed.items() if _RANK[now] < rank < _RANK[to]]


def _refusal(to: Stage, state: StageState) -> Refused:
    now = status(state)
    match state:
        case Accepted() | Terminated() | TrackingEnded() | FormallyEnded():
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
    if to is Stage.FORMALLY_ENDED:
        return stage_missing(now, to, ["terminated (终止)"])
    if to not in _RANK or _RANK[to] <= _RANK[now]:
        return Refused(
            f"The project is {now} already; {to} can't follow it.",
            code="stage-passed",
            where="stage",
            remedy="If a step was reported wrongly, correct that step.",
        )
    return stage_missing(now, to, missing(now, to))


def stage_missing(now: Stage, to: Stage, missing: list[str]) -> Refused:
    """The refusal of a jump; it names what is missing."""
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
