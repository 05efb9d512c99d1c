"""Corrections of a project's steps (进度更正): unnamed fields stay, and removals are explicit."""

from collections.abc import Sequence
from dataclasses import replace

from services.projects.common import asking as checks
from services.projects.common.refusal import Refused
from services.projects.projects.facts import Project, ProjectEvent
from services.projects.projects.given import WithCare
from services.projects.projects.signings.decisions import check_on_stage
from services.projects.projects.stages.decisions.commands import CorrectStage
from services.projects.projects.stages.decisions.order import replay
from services.projects.projects.stages.decisions.reporting import by_conclusion, check_signing
from services.projects.projects.stages.facts import (
    SIGNINGS,
    ProjectStageCorrected,
    Stage,
    Step,
    corrected_steps,
    status,
)


def corrected(command: CorrectStage, state: Project, given: WithCare) -> Sequence[ProjectEvent]:
    """The event that corrects or removes a step; none if the step is so already. Raises Refused."""
    wrong = _wrong_step(command, state)
    right = None if command.remove == "step" else _right_step(command, wrong, state, given)
    if right == wrong:
        return []
    event = ProjectStageCorrected(
        project=command.project,
        step=command.step,
        wrong_stage=wrong.stage,
        wrong_on=wrong.on,
        reason=command.reason,
        reported_by=command.reported_by or given.by,
        status=wrong.stage,
        status_on=wrong.on,
        region=state.registered.region,
    )
    if right is not None:
        event = replace(
            event,
            stage=right.stage,
            on=right.on,
            evidence=right.evidence,
            amount=right.amount,
            ceremony=right.ceremony,
            note=right.note,
        )
    # With the corrected step, the whole history must still be valid by the rules for new steps.
    steps = corrected_steps(state.steps, event)
    return [replace(event, status=status(replay(steps)), status_on=steps[-1].on)]


def _wrong_step(command: CorrectStage, state: Project) -> Step:
    """The step that the command is about. Raises Refused if it is ambiguous, or the command names no change."""
    if state.renumbered and command.steps_version is None:
        raise Refused(
            f"A step was taken out of this project: the number {command.step} may name another one now.",
            code="steps-renumbered",
            status=409,
            where="steps_version",
            remedy="Look at the project's steps, and name the steps_version that you see there.",
        )
    if not 1 <= command.step <= len(state.steps):
        raise Refused(
            f"The project's steps are numbered 1 to {len(state.steps)}; there is no step {command.step}.",
            code="no-such-step",
            where="step",
            remedy="GET /projects/{project} lists its steps with their numbers.",
        )
    named = _named(command)
    if not named and command.remove is None:
        raise Refused(
            f"The correction doesn't say what was true of step {command.step}.",
            code="nothing-named",
            where="stage",
            remedy="Name what was wrong as it should be (stage, on, evidence, note, amount, ceremony): "
            'what isn\'t named stays. If the step never was, say remove: "step".',
        )
    if (command.remove == "step" and named) or (command.remove is not None and command.remove in named):
        raise Refused(
            f"The {command.remove} is to be taken out, and the correction names {', '.join(named)} all the same.",
            code="removed-and-named",
            where="remove",
            remedy="Correct it, or take it out.",
        )
    if command.remove == "step" and command.step == 1:
        raise Refused(
            "The first step, planned (策划), can be corrected but not taken out.",
            code="first-step",
            where="step",
            remedy="Terminate a project that never was one.",
        )
    return state.steps[command.step - 1]


def _named(command: CorrectStage) -> list[str]:
    fields = ("stage", "on", "evidence", "note", "amount", "ceremony")
    return [name for name in fields if getattr(command, name) is not None]


def _right_step(command: CorrectStage, wrong: Step, state: Project, given: WithCare) -> Step:
    """The step with what the command names. Raises Refused where that can't be."""
    stage = command.stage or wrong.stage
    if stage is Stage.PRE_REVIEWED and wrong.stage is not Stage.PRE_REVIEWED:
        raise by_conclusion()
    right = replace(
        wrong,
        stage=stage,
        on=command.on or wrong.on,
        evidence=wrong.evidence if command.evidence is None else command.evidence,
        note=wrong.note if command.note is None else command.note,
        # Only a signing has amount and ceremony: a step corrected to another stage loses them.
        amount=wrong.amount if stage in SIGNINGS else None,
        ceremony=wrong.ceremony if stage in SIGNINGS else None,
    )
    if command.amount is not None:
        right = replace(right, amount=command.amount)
    if command.ceremony is not None or command.remove == "ceremony":
        right = replace(right, ceremony=command.ceremony)
    if right == wrong:
        return wrong
    checks.not_in_future(right.on, given.today)
    same_amount = (right.stage, right.amount) == (wrong.stage, wrong.amount)
    check_signing(right, state, command.confirmed or same_amount, given.care)
    if right.ceremony is not None and (right.stage, right.ceremony) != (wrong.stage, wrong.ceremony):
        check_on_stage(right.ceremony, right.stage, state.signings)
    if right.stage in (Stage.SUSPENDED, Stage.TERMINATED) and not right.note:
        raise Refused(f"{right.stage} needs its reason in `note`.", code="reason-missing", where="note")
    return replace(right, reported_by=command.reported_by or given.by)
