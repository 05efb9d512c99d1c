"""A step of a project is reported (项目进度). Corrections of steps are in `correcting`."""

from collections.abc import Sequence

from services.projects.common import asking as checks
from services.projects.common.plausibility import AmountCare, doubt_contract
from services.projects.common.refusal import Refused
from services.projects.projects.facts import Project, ProjectEvent
from services.projects.projects.pre_reviews.rounds import opened
from services.projects.projects.signings.decisions import check_on_stage
from services.projects.projects.stages.decisions.commands import Reaching, ReachStage
from services.projects.projects.stages.decisions.order import advance, missing, stage_missing
from services.projects.projects.stages.facts import (
    MILESTONES,
    PERMITS,
    SIGNINGS,
    Ended,
    ProjectStageReached,
    Stage,
    Step,
    status,
)
from shared.command import Given


def reached(command: ReachStage, state: Project, given: Reaching) -> Sequence[ProjectEvent]:
    """The step, and with a pre-report the round of the pre-review; none if the last step says so. Raises Refused."""
    last = state.steps[-1]
    told = (last.stage, last.on, last.evidence, last.amount)
    if told == (command.stage, command.on, command.evidence, command.amount):
        return []
    _check_first(command, state)
    if command.stage is Stage.PRE_REVIEWED:
        raise by_conclusion()
    if command.ceremony is not None:
        check_on_stage(command.ceremony, command.stage, state.signings)
    taken = step(command, state, given, given.care)
    if command.stage is not Stage.PRE_REPORTED or given.review is None:
        return [taken]
    return [
        taken,
        opened(command.project, state.registered.region, command.on, given.review, None),
    ]


def _check_first(command: ReachStage, state: Project) -> None:
    """Raises Refused if somebody has reported the step already; the refusal shows that first report."""
    many = len(state.steps)
    found = (
        number
        for number in range(many, 0, -1)
        if state.steps[number - 1].stage is command.stage
        and (number == many or (command.stage in MILESTONES and not isinstance(state.stage, Ended)))
    )
    if (number := next(found, None)) is None:
        return
    told = state.steps[number - 1]
    amount = None if told.amount is None else f"{told.amount:.2f}"
    raise Refused(
        f"{told.stage} is reported already, as step {number}: on {told.on}, by {told.reported_by} "
        f"({told.evidence or 'without evidence'}).",
        code="already-reported",
        status=409,
        where="stage",
        remedy=f"If that is right, there is nothing to do; if it is wrong, correct step {number}.",
        extra={
            "reported": {
                "step": number,
                "stage": told.stage.value,
                "on": told.on.isoformat(),
                "evidence": told.evidence,
                "reported_by": told.reported_by,
                "note": told.note,
                "amount": amount,
            }
        },
    )


def step(command: ReachStage, state: Project, given: Given, care: AmountCare) -> ProjectStageReached:
    """The event of a step, whichever command reported it. Raises Refused."""
    checks.not_in_future(command.on, given.today)
    _check_contract(command, state, care)
    after = advance(state.stage, command.stage)
    last = state.steps[-1]
    if command.on < last.on:
        raise Refused(
            f"{command.stage} on {command.on} would lie before {last.stage} on {last.on}.",
            code="date-order",
            where="on",
            remedy="Check the day; if the earlier step's day is wrong, correct that step first.",
        )
    if command.stage in (Stage.SUSPENDED, Stage.TERMINATED) and not command.note:
        raise Refused(f"{command.stage} needs its reason in `note`.", code="reason-missing", where="note")
    return ProjectStageReached(
        project=command.project,
        stage=command.stage,
        on=command.on,
        evidence=command.evidence,
        reported_by=command.reported_by or given.by,
        status=status(after),
        note=command.note,
        region=state.registered.region,
        amount=command.amount,
        ceremony=command.ceremony,
    )


def _check_contract(command: ReachStage, state: Project, care: AmountCare) -> None:
    """Only a signing has an amount; a matched project signs before its permit (PM-11). Raises Refused."""
    now = status(state.stage)
    check_signing(command, state, command.confirmed, care)
    if state.registered.investor and command.stage in PERMITS and now is Stage.PLANNED:
        raise stage_missing(now, command.stage, missing(now, command.stage, matched=True))


def check_signing(step: ReachStage | Step, state: Project, confirmed: bool, care: AmountCare) -> None:
    """A signing (签约) has its amount, in line with the project's; no other step has one, or a ceremony."""
    if step.stage in SIGNINGS:
        if step.amount is None:
            raise Refused(f"{step.stage} needs the amount.", code="amount-missing", where="amount")
        total = state.registered.total_investment
        checks.ask_back(doubt_contract(step.amount, total, care), confirmed, "amount")
    elif step.amount is not None or step.ceremony is not None:
        raise Refused(
            f"{step.stage} is no signing: it has no amount and no ceremony.",
            code="not-a-signing",
            where="amount",
        )


def by_conclusion() -> Refused:
    """The refusal of a reported pre-review step: only a pre-review's conclusion sets it."""
    return Refused(
        "pre_reviewed (预审) comes of the joint pre-review's conclusion; it isn't reported.",
        code="by-conclusion",
        where="stage",
        remedy="Have the departments give their opinions and the lead conclude.",
    )
