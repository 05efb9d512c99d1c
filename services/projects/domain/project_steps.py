"""Decisions on the steps of a project (项目): reported, concluded by a pre-review, reminders of acceptance.

Corrections of steps are in step_corrections.
"""

from collections.abc import Sequence
from datetime import timedelta

from services.projects.domain import checks, pre_review, signing_list
from services.projects.domain.plausibility import AmountCare, doubt_contract
from services.projects.domain.pre_review import ConcludePreReview
from services.projects.domain.project import (
    AcceptanceReminded,
    Project,
    ProjectEvent,
    ProjectStageReached,
)
from services.projects.domain.project_commands import ReachStage, RemindAcceptance
from services.projects.domain.refusal import Refused
from services.projects.domain.stages import (
    MILESTONES,
    PERMITS,
    SIGNINGS,
    Ended,
    Producing,
    Stage,
    Step,
    advance,
    missing,
    stage_missing,
    status,
)


def reached(command: ReachStage, state: Project) -> Sequence[ProjectEvent]:
    last = state.steps[-1]
    told = (last.stage, last.on, last.evidence, last.amount)
    if told == (command.stage, command.on, command.evidence, command.amount):
        return []
    _check_first(command, state)
    if command.stage is Stage.PRE_REVIEWED:
        raise by_conclusion()
    if command.ceremony is not None:
        signing_list.check_on_stage(command.ceremony, command.stage, state.signings)
    taken = step(command, state)
    if command.stage is not Stage.PRE_REPORTED or command.review is None:
        return [taken]
    return [
        taken,
        pre_review.opened(command.project, state.registered.region, command.on, command.review, None),
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


def step(command: ReachStage, state: Project) -> ProjectStageReached:
    """The event of a step, whichever command reported it. Raises Refused."""
    checks.not_in_future(command.on, command.today)
    _check_contract(command, state)
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
        reported_by=command.reported_by,
        status=status(after),
        note=command.note,
        region=state.registered.region,
        amount=command.amount,
        ceremony=command.ceremony,
    )


def _check_contract(command: ReachStage, state: Project) -> None:
    """Only a signing has an amount; a matched project signs before its permit (PM-11). Raises Refused."""
    now = status(state.stage)
    check_signing(command, state, command.confirmed, command.care)
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


def concluded(command: ConcludePreReview, state: Project) -> Sequence[ProjectEvent]:
    checks.not_in_future(command.on, command.today)
    conclusion = pre_review.conclusion(command, state.registered.region, state.pre_review)
    if conclusion.result == "returned":
        return [conclusion]
    passed = ReachStage(
        project=command.project,
        stage=Stage.PRE_REVIEWED,
        on=command.on,
        evidence=command.evidence,
        reported_by=command.reported_by,
        today=command.today,
    )
    return [conclusion, step(passed, state)]


def reminded(command: RemindAcceptance, state: Project) -> Sequence[ProjectEvent]:
    """One reminder if the rule makes it due; else none, because the watch also asks for projects not yet due."""
    register = next(
        (
            member.register
            for member in state.memberships
            if member.register in command.rule.registers and member.holds(command.today)
        ),
        None,
    )
    if register is None or not isinstance(state.stage, Producing):
        return []
    since = next(step.on for step in reversed(state.steps) if step.stage is Stage.PRODUCING)
    due = since + timedelta(days=command.rule.due_days)
    next_on = due + timedelta(days=1)
    if state.reminders:
        next_on = state.reminders[-1].on + timedelta(days=command.rule.remind_every_days)
    if command.today < next_on:
        return []
    return [
        AcceptanceReminded(
            project=command.project,
            region=state.registered.region,
            register=register,
            producing_on=since,
            due_on=due,
            number=len(state.reminders) + 1,
            on=command.today,
        )
    ]
