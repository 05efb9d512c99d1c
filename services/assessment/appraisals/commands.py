"""Who may open, assess, verify, publish and award; reads the scheme, the cities and their targets' completion."""

from datetime import date

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import access
from services.assessment.appraisals.decisions.commands import (
    AssessOwn,
    GrantAwards,
    Known,
    OpenAppraisal,
    Opening,
    PublishRanking,
    Scoring,
    VerifyScore,
)
from services.assessment.appraisals.facts import Appraisal, AppraisalState, City
from services.assessment.appraisals.figures import completion
from services.assessment.common.region import PREFECTURE
from services.assessment.plans.decisions.plan import PLAN
from services.assessment.plans.facts.plan import Published, stream
from services.assessment.plans.facts.scheme import Scheme, scheme_for
from services.assessment.plans.targets.facts import TargetFacts
from services.assessment.plans.targets.views import TABLE as TARGET
from services.assessment.regions.queries import regions
from shared.feature import At
from shared.problems import not_found


async def open_appraisal(at: At, command: OpenAppraisal, state: AppraisalState) -> Opening:
    """With the scheme in force for the year and the cities that have a target in it; neither changes any more.

    A year without targets can be opened too (X-13): its cities assess themselves, and nobody is scored.
    """
    access.check_plan_write(at.actor)
    plan, _ = await at.service.state(at.conn, PLAN, stream(command.plan))
    if not isinstance(plan, Published):
        raise not_found("plan", command.plan, remedy="List the plans.")
    scheme = scheme_for(plan.schemes, command.year)
    cities = () if scheme is None else await _cities(at.conn, command.plan, command.year, scheme)
    return Opening(
        today=at.today, by=at.actor.subject, sees=access.sees(at.actor), scheme=scheme, cities=cities
    )


async def assess_own(at: At, command: AssessOwn, state: AppraisalState) -> Scoring:
    """Its points for the measures (自评, TR-25a); how much of its target is completed is read from progress.

    A later one takes the place of the one before, until the province has verified it.
    """
    access.check_decompose(at.actor, command.region)
    return await _scoring(at, command, state)


async def verify_score(at: At, command: VerifyScore, state: AppraisalState) -> Scoring:
    """The province's points (核查评估, TR-25b), beside the city's own; with a reason the correction of them.

    The completion of the target is frozen with the positions of the logs that it was read at.
    """
    access.check_plan_write(at.actor)
    return await _scoring(at, command, state)


async def publish_ranking(at: At, command: PublishRanking, state: AppraisalState) -> Known:
    """Places by the verified totals, ties by the scheme's rule (X-18). After a correction: another edition.

    It says what is otherwise, and why.
    """
    access.check_plan_write(at.actor)
    return known(at)


async def grant_awards(at: At, command: GrantAwards, state: AppraisalState) -> Known:
    """What the places of the newest edition bring (TR-26); of awards given before only the differences."""
    access.check_plan_write(at.actor)
    return known(at)


def known(at: At) -> Known:
    """What a command is given that needs nothing else of the world."""
    return Known(today=at.today, by=at.actor.subject, sees=access.sees(at.actor))


async def _scoring(at: At, command: AssessOwn | VerifyScore, state: AppraisalState) -> Scoring:
    target = None
    if isinstance(state, Appraisal):  # if none is open, the decision refuses the command
        measure = state.opened.scheme.measure
        found = await _targets(at.conn, command.plan, command.year, measure, command.region)
        target = found.get(command.region)
    return Scoring(
        today=at.today,
        by=at.actor.subject,
        sees=access.sees(at.actor),
        completion=None if target is None else completion(at.call, target),
    )


async def _cities(conn: AsyncConnection, plan: str, year: int, scheme: Scheme) -> tuple[City, ...]:
    """The cities with a target in that year; if the plan has none, all cities, assessed without a target (X-13)."""
    day = date(year, 12, 31)
    by_code = {each.code: each for each in await regions(conn)}
    targets = await _targets(conn, plan, year, scheme.measure)
    if targets:
        return tuple(City(code, by_code[code].name, targets[code].target) for code in sorted(targets))
    return tuple(
        City(each.code, each.name, None)
        for each in by_code.values()
        if each.level == PREFECTURE and each.administered and each.exists_between(day, day)
    )


async def _targets(
    conn: AsyncConnection, plan: str, year: int, measure: str, region: str | None = None
) -> dict[str, TargetFacts]:
    t = TARGET.c
    statement = select(t.facts).where(t.plan == plan, t.level == PREFECTURE, t.measure == measure)
    if region is not None:
        statement = statement.where(t.region == region)
    facts = [msgspec.convert(row.facts, TargetFacts) for row in await conn.execute(statement)]
    return {each.region: each for each in facts if each.period == str(year) and each.value is not None}
