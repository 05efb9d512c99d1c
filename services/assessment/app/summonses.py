"""Commands on summonses of cities (约谈): call, hold, lift, report on the improvement."""

from services.assessment import access
from services.assessment import models_summonses as models
from services.assessment.app.appraisals import run
from services.assessment.app.context import App
from services.assessment.domain import summons_decisions as decisions
from shared.rpc import Call, Reply


async def summon(app: App, call: Call, body: models.SummonCity) -> Reply:
    """The province calls a city in, or puts it off."""
    access.check_plan_write(call.actor)
    command = decisions.IssueSummons(
        region=body.region,
        whom=body.whom,
        by=body.by,
        hold_on=body.hold_on,
        evidence=body.evidence,
        reason=body.reason,
        today=app.today(),
    )
    return await run(app, call, body, command)


async def hold(app: App, call: Call, body: models.HoldSummons) -> Reply:
    """The province records that it was held."""
    access.check_plan_write(call.actor)
    command = decisions.HoldSummons(
        region=body.region,
        held_on=body.held_on,
        agreed=body.agreed,
        report_due_on=body.report_due_on,
        evidence=body.evidence,
        today=app.today(),
    )
    return await run(app, call, body, command)


async def lift(app: App, call: Call, body: models.LiftSummons) -> Reply:
    """The province calls it off."""
    access.check_plan_write(call.actor)
    command = decisions.LiftSummons(region=body.region, reason=body.reason, today=app.today())
    return await run(app, call, body, command)


async def report(app: App, call: Call, body: models.ReportImprovement) -> Reply:
    """The city hands its report in."""
    access.check_decompose(call.actor, body.region)
    command = decisions.ReportImprovement(region=body.region, evidence=body.evidence, today=app.today())
    return await run(app, call, body, command)
