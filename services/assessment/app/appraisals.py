"""Commands on the performance appraisal of cities (技改绩效考核): open, assess oneself, verify, publish, award."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import access, events, inline, tables
from services.assessment import models_appraisals as models
from services.assessment.app.context import App
from services.assessment.domain import appraisal as domain
from services.assessment.domain import appraisal_decisions as decisions
from services.assessment.domain.plan import Published
from services.assessment.domain.region import PREFECTURE
from services.assessment.domain.scheme import Scheme, scheme_for
from services.assessment.domain.target import TargetFacts
from services.assessment.regions import regions
from services.assessment.views_appraisals import appraisal_view
from shared.problems import not_found, unavailable
from shared.rpc import Call, Reply

_SHOWN = Decimal("0.0001")
"""The read model rounds to four decimals of 亿元: a target that differs by less is the same target."""


class _Completeness(msgspec.Struct, frozen=True):
    expected: int
    missing: list[str]


class _Figure(msgspec.Struct, frozen=True):
    target: str
    unit: str
    value: Decimal | None = None
    target_value: Decimal | None = None
    completeness: _Completeness | None = None


class _Source(msgspec.Struct, frozen=True):
    position: int


class _Fresh(msgspec.Struct, frozen=True):
    sources: dict[str, _Source]


class Figures(msgspec.Struct, frozen=True):
    """The fields that this service reads of the figures which the gateway attached to a command."""

    items: list[_Figure]
    fresh: _Fresh


async def open_appraisal(app: App, call: Call, body: models.OpenAppraisal) -> Reply:
    """Open the appraisal of a year with the scheme in force for it."""
    access.check_plan_write(call.actor)

    async def command(conn: AsyncConnection) -> decisions.OpenAppraisal:
        history = await app.log.load(conn, events.plan_stream(body.plan))
        plan = events.PLAN.fold([events.CATALOGUE.decode(event) for event in history])
        if not isinstance(plan, Published):
            raise not_found("plan", body.plan, remedy="List the plans.")
        scheme = scheme_for(plan.schemes, body.year)
        cities = () if scheme is None else await _cities(conn, body.plan, body.year, scheme)
        return decisions.OpenAppraisal(
            plan=body.plan, year=body.year, scheme=scheme, cities=cities, today=app.today()
        )

    return await run(app, call, body, command)


async def assess_own(app: App, call: Call, body: models.AssessOwn) -> Reply:
    """A city assesses itself; its completion comes from the figure of the read model, not from the request."""
    access.check_decompose(call.actor, body.region)

    async def command(conn: AsyncConnection) -> decisions.AssessOwn:
        return decisions.AssessOwn(
            region=body.region,
            items=_items(body.items),
            completion=await _completion(conn, call, body),
            evidence=body.evidence,
            today=app.today(),
        )

    return await run(app, call, body, command)


async def verify_score(app: App, call: Call, body: models.VerifyScore) -> Reply:
    """The province verifies a city, or corrects what it verified."""
    access.check_plan_write(call.actor)

    async def command(conn: AsyncConnection) -> decisions.VerifyScore:
        return decisions.VerifyScore(
            region=body.region,
            items=_items(body.items),
            completion=await _completion(conn, call, body),
            evidence=body.evidence,
            missing_accepted=body.missing_accepted,
            reason=body.reason,
            today=app.today(),
        )

    return await run(app, call, body, command)


async def publish_ranking(app: App, call: Call, body: models.PublishRanking) -> Reply:
    """Publish the ranking, or another edition of it."""
    access.check_plan_write(call.actor)
    command = decisions.PublishRanking(evidence=body.evidence, reason=body.reason, today=app.today())
    return await run(app, call, body, command)


async def grant_awards(app: App, call: Call, body: models.GrantAwards) -> Reply:
    """Award the places of the newest edition."""
    access.check_plan_write(call.actor)
    return await run(app, call, body, decisions.GrantAwards(evidence=body.evidence, today=app.today()))


async def run(app: App, call: Call, body: models.OfAppraisal, command: object) -> Reply:
    """Carries out a command on the appraisal of that plan and year. Answers the appraisal as the actor may see it."""

    def answer(state: domain.AppraisalState, _: Sequence[domain.AppraisalEvent]) -> object:
        return appraisal_view(state, call.actor, app.today()).model_dump(mode="json")

    return await app.runner.run(
        call,
        events.appraisal_stream(body.plan, body.year),
        events.APPRAISAL,
        command,  # type: ignore[arg-type]
        inline=inline.apply,
        answer=answer,
    )


def _items(items: Sequence[models.ItemPoints]) -> tuple[domain.ItemScore, ...]:
    return tuple(domain.ItemScore(each.item, each.points, each.evidence) for each in items)


async def _cities(conn: AsyncConnection, plan: str, year: int, scheme: Scheme) -> tuple[domain.City, ...]:
    """The cities with a target in that year; if the plan has none, all cities, assessed without a target (X-13)."""
    day = date(year, 12, 31)
    known = {each.code: each for each in await regions(conn)}
    targets = await _targets(conn, plan, year, scheme.measure)
    if targets:
        return tuple(domain.City(code, known[code].name, targets[code].target) for code in sorted(targets))
    return tuple(
        domain.City(each.code, each.name, None)
        for each in known.values()
        if each.level == PREFECTURE and each.administered and each.exists_between(day, day)
    )


async def _targets(
    conn: AsyncConnection, plan: str, year: int, measure: str, region: str | None = None
) -> dict[str, TargetFacts]:
    t = tables.target.c
    statement = select(t.facts).where(t.plan == plan, t.level == PREFECTURE, t.measure == measure)
    if region is not None:
        statement = statement.where(t.region == region)
    facts = [msgspec.convert(row.facts, TargetFacts) for row in await conn.execute(statement)]
    return {each.region: each for each in facts if each.period == str(year) and each.value is not None}


async def _completion(
    conn: AsyncConnection, call: Call, body: models.AssessOwn | models.VerifyScore
) -> domain.Completion | None:
    """The city's figure that the gateway attached; None if the city has no target.

    Raises Problem 503 if the figure is for an earlier value of the target: the read model is behind.
    """
    opened = select(tables.appraisal.c.measure).where(
        tables.appraisal.c.plan == body.plan, tables.appraisal.c.year == body.year
    )
    measure = (await conn.execute(opened)).scalar_one_or_none()
    if measure is None:
        return None  # no appraisal is open: the decision refuses the command
    target = (await _targets(conn, body.plan, body.year, measure, body.region)).get(body.region)
    if target is None or target.value is None:
        return None
    figures = msgspec.convert(call.attached, Figures, strict=False) if call.attached else None
    found = None if figures is None else next((f for f in figures.items if f.target == target.target), None)
    if (
        figures is None
        or found is None
        or found.target_value is None
        or found.completeness is None
        or abs(found.target_value - target.value) > _SHOWN
    ):
        raise unavailable(f"Progress has no figure yet of {target.target} as it stands.", where="region")
    return domain.Completion(
        target=target.target,
        target_value=target.value,
        value=found.value,
        unit=found.unit,
        expected=found.completeness.expected,
        missing=tuple(found.completeness.missing),
        positions=tuple(
            domain.SourcePosition(source, each.position)
            for source, each in sorted(figures.fresh.sources.items())
        ),
    )
