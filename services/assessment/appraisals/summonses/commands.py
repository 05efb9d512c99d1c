"""Who may summon a city and what it hands in: the province, and the city its report."""

from services.assessment import access
from services.assessment.appraisals.commands import known
from services.assessment.appraisals.decisions.commands import Known
from services.assessment.appraisals.facts import AppraisalState
from services.assessment.appraisals.summonses.decisions import (
    HoldSummons,
    LiftSummons,
    ReportImprovement,
    SummonCity,
)
from shared.feature import At


async def summon(at: At, command: SummonCity, state: AppraisalState) -> Known:
    """A city is called in for its score in the newest edition: by the scheme's rule, or with a reason.

    Another day takes the place of the one before, with a reason, until it is held. Another edition that takes the
    ground from it lifts it by itself.
    """
    access.check_plan_write(at.actor)
    return known(at)


async def hold(at: At, command: HoldSummons, state: AppraisalState) -> Known:
    """When it was held, what was agreed, and by when the city reports on its improvement."""
    access.check_plan_write(at.actor)
    return known(at)


async def lift(at: At, command: LiftSummons, state: AppraisalState) -> Known:
    """It isn't held, and why; it stays in sight as lifted."""
    access.check_plan_write(at.actor)
    return known(at)


async def report(at: At, command: ReportImprovement, state: AppraisalState) -> Known:
    """The city's report (整改报告) after the summons was held: once, in time or late."""
    access.check_decompose(at.actor, command.region)
    return known(at)
