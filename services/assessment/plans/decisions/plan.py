"""What is decided on a plan: its publication, and its targets."""

from collections.abc import Sequence

from services.assessment.common.refusal import Refused
from services.assessment.plans.decisions.commands import Beside, LoadPlan
from services.assessment.plans.decisions.publication import publish
from services.assessment.plans.facts.plan import INITIAL, PlanEvent, PlanState, Unpublished, evolve
from services.assessment.plans.targets.decisions import TargetCommand, decide_on_target
from shared.command import Given, decider

PlanCommand = LoadPlan | TargetCommand


def decide(command: PlanCommand, state: PlanState, given: Given) -> Sequence[PlanEvent]:
    """The events of a command, or Refused."""
    if isinstance(command, LoadPlan):
        if not isinstance(given, Beside):
            raise TypeError("a publication is decided on beside what other plans define")
        return publish(command, state, given)
    if isinstance(state, Unpublished):
        raise Refused(
            "The plan isn't published.",
            code="no-such-plan",
            where="plan",
            status=404,
            remedy="Load it first.",
        )
    return decide_on_target(command, state)


PLAN = decider(INITIAL, decide, evolve)
