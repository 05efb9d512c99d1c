"""Who may set, revise and decompose targets: the province all, a city the parts of its own (TR-7)."""

from services.assessment import access
from services.assessment.plans.facts.plan import PlanState, Published
from services.assessment.plans.targets.decisions import DecomposeTarget, ReviseTarget, SetTarget
from services.assessment.plans.targets.facts import Target
from shared.command import Given
from shared.feature import At
from shared.problems import not_found


async def set_target(at: At, command: SetTarget, state: PlanState) -> Given:
    """A further target (目标下达), by the province. The same again changes nothing."""
    access.check_plan_write(at.actor)
    return at.given()


async def revise(at: At, command: ReviseTarget, state: PlanState) -> Given:
    """Another value or base (目标调整); the old one is kept in the history.

    The province revises any target, a city the parts of its own. A base year's figure may be revised later
    (X-24): give the new base with its vintage.
    """
    revised = _found(state, command.target)
    if revised is None or revised.part_of is None:
        access.check_plan_write(at.actor)
    else:
        access.check_decompose(at.actor, _region(state, revised.part_of))
    return at.given()


async def decompose(at: At, command: DecomposeTarget, state: PlanState) -> Given:
    """The city's own breakdown (分解落实, TR-7), as a whole: a second one replaces the first, with a reason.

    The parts are counties of that city. They needn't add up to the target: the sum and the difference are
    shown beside it.
    """
    access.check_decompose(at.actor, _region(state, command.target))
    return at.given()


def _found(state: PlanState, target: str) -> Target | None:
    return state.targets.get(target) if isinstance(state, Published) else None


def _region(state: PlanState, target: str) -> str:
    """The region of a target. Raises Problem 404 if there is no such target."""
    found = _found(state, target)
    if found is None:
        raise not_found("target", target, remedy="List the plan's targets.")
    return found.facts.region
