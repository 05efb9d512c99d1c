"""Operations on summonses of cities (约谈) after an appraisal."""

from services.assessment import models_summonses as models
from services.assessment.api.base import Serving, ops
from services.assessment.app import summonses
from services.assessment.models_appraisals import AppraisalView
from shared.rpc import Call, Reply


@ops.command("summon-city", request=models.SummonCity, response=AppraisalView, summary="Summon a city")
async def summon_city(call: Call, body: models.SummonCity) -> Reply:
    """A city is called in for its score in the newest edition: by the scheme's rule, or with a reason.

    Another day takes the place of the one before, with a reason, until it is held. Another edition that takes the
    ground from it lifts it by itself.
    """
    return await summonses.summon(Serving.app, call, body)


@ops.command(
    "hold-summons", request=models.HoldSummons, response=AppraisalView, summary="Record a summons as held"
)
async def hold_summons(call: Call, body: models.HoldSummons) -> Reply:
    """When it was held, what was agreed, and by when the city reports on its improvement."""
    return await summonses.hold(Serving.app, call, body)


@ops.command("lift-summons", request=models.LiftSummons, response=AppraisalView, summary="Lift a summons")
async def lift_summons(call: Call, body: models.LiftSummons) -> Reply:
    """It isn't held, and why; it stays in sight as lifted."""
    return await summonses.lift(Serving.app, call, body)


@ops.command(
    "report-improvement",
    request=models.ReportImprovement,
    response=AppraisalView,
    summary="Hand in the report on the improvement",
)
async def report_improvement(call: Call, body: models.ReportImprovement) -> Reply:
    """The city's report (整改报告) after the summons was held: once, in time or late."""
    return await summonses.report(Serving.app, call, body)
