"""Operations on plans, targets and regions."""

import msgspec

from services.assessment import models, models_regions, models_views
from services.assessment.api.base import Json, Serving, ops
from services.assessment.domain.plan import PlanHeader as Header
from services.assessment.domain.plan import Programme
from services.assessment.domain.plan_decisions import PublishPlan, ReviseTarget, Share
from services.assessment.domain.region import Region
from services.assessment.domain.scheme import Scheme
from services.assessment.domain.target import TargetBase, TargetFacts
from services.assessment.queries import TargetFilter
from shared.rpc import Call, Reply


@ops.command("load-plan", request=models.LoadPlan, response=models_views.Loaded, summary="Publish a plan")
async def load_plan(call: Call, body: models.LoadPlan) -> Reply:
    """Programmes, regions and targets of a plan (行动计划), all or nothing.

    The same again changes nothing. Where something that was published changes, a reason is needed, and what
    was published before is kept. A target is never dropped by leaving it out, a region only with `replace`. What
    would drop or change a region that another plan goes by is refused, unless that plan is named in `over`.
    """
    return await Serving.assessment.load_plan(call, _publication(body))


@ops.query(
    "check-plan",
    request=models.LoadPlan,
    response=models_views.Loaded,
    summary="What publishing would change",
)
async def check_plan(call: Call, body: models.LoadPlan) -> Json:
    """The answer that publishing it would give, or the refusal; nothing is written."""
    return await Serving.assessment.check_plan(call, _publication(body))


def _publication(body: models.LoadPlan) -> PublishPlan:
    return PublishPlan(
        header=Header(
            plan=body.plan,
            title=body.title,
            issuer=body.issuer,
            issued_on=body.issued_on,
            year=body.year,
            programmes=tuple(Programme(each.code, each.name) for each in body.programmes),
            source=body.source,
        ),
        regions=tuple(msgspec.convert(region.model_dump(), Region) for region in body.regions),
        targets=tuple(_facts(body.plan, target) for target in body.targets),
        schemes=None
        if body.appraisal_schemes is None
        else tuple(msgspec.convert(scheme.model_dump(), Scheme) for scheme in body.appraisal_schemes),
        reason=body.reason,
        replace=body.replace,
        over=frozenset(body.over),
    )


@ops.command(
    "set-target",
    request=models.SetTarget,
    response=models_views.DecomposedTargetView,
    summary="Set a target that the plan doesn't have yet",
)
async def set_target(call: Call, body: models.SetTarget) -> Reply:
    """A further target (目标下达), by the province. The same again changes nothing."""
    return await Serving.assessment.set_target(call, _facts(body.plan, body))


@ops.command(
    "revise-target",
    request=models.ReviseTarget,
    response=models_views.DecomposedTargetView,
    summary="Revise a target, with the reason",
)
async def revise_target(call: Call, body: models.ReviseTarget) -> Reply:
    """Another value or base (目标调整); the old one is kept in the history.

    The province revises any target, a city the parts of its own. A base year's figure may be revised later
    (X-24): give the new base with its vintage.
    """
    command = ReviseTarget(
        plan=body.plan, target=body.target, reason=body.reason, value=body.value, base=_base(body.base)
    )
    return await Serving.assessment.revise_target(call, command)


@ops.command(
    "decompose-target",
    request=models.DecomposeTarget,
    response=models_views.DecomposedTargetView,
    summary="Break a city's target down to its counties",
)
async def decompose_target(call: Call, body: models.DecomposeTarget) -> Reply:
    """The city's own breakdown (分解落实, TR-7), as a whole: a second one replaces the first, with a reason.

    The parts are counties of that city. They needn't add up to the target: the sum and the difference are
    shown beside it.
    """
    shares = [Share(part.region, part.value) for part in body.parts]
    return await Serving.assessment.decompose_target(call, body.plan, body.target, shares, body.reason)


@ops.query("list-plans", request=models.ListPlans, response=models_views.PlanList, summary="List plans")
async def list_plans(call: Call, body: models.ListPlans) -> Json:
    """Every published plan."""
    return await Serving.queries.list_plans()


@ops.query("get-plan", request=models.GetPlan, response=models_views.PlanView, summary="Read a plan")
async def get_plan(call: Call, body: models.GetPlan) -> Json:
    """The plan's header and programmes, with how many targets each has and how many are measured."""
    return await Serving.queries.get_plan(body.plan)


@ops.query(
    "list-targets", request=models.ListTargets, response=models_views.TargetPage, summary="List targets"
)
async def list_targets(call: Call, body: models.ListTargets) -> Json:
    """Targets in the plan's own order, those of your regions and of the province."""
    wanted = TargetFilter(
        plan=body.plan,
        programme=body.programme,
        region=body.region,
        row=body.row,
        measure=body.measure,
        part_of=body.part_of,
    )
    return await Serving.queries.list_targets(call.actor, wanted, body.cursor, body.limit)


@ops.query(
    "get-target", request=models.GetTarget, response=models_views.TargetHistory, summary="Read a target"
)
async def get_target(call: Call, body: models.GetTarget) -> Json:
    """A target with its counties' parts and its history: every value, who, when and why."""
    return await Serving.queries.get_target(call.actor, body.plan, body.target)


@ops.query(
    "list-regions",
    request=models_regions.ListRegions,
    response=models_regions.RegionPage,
    summary="List regions",
)
async def list_regions(call: Call, body: models_regions.ListRegions) -> Json:
    """Regions with their dates and relations; every role may read them."""
    return await Serving.queries.list_regions(body.level, body.parent, body.on, body.cursor, body.limit)


@ops.query(
    "get-region",
    request=models_regions.GetRegion,
    response=models_regions.RegionView,
    summary="Read a region",
)
async def get_region(call: Call, body: models_regions.GetRegion) -> Json:
    """One region by its code."""
    return await Serving.queries.get_region(body.region)


def _facts(plan: str, body: models.TargetDefinition) -> TargetFacts:
    sent = body.model_dump(exclude={"plan", "row", "base"})
    return TargetFacts(plan=plan, row=body.row or body.target, base=_base(body.base), **sent)


def _base(base: models.Base | None) -> TargetBase | None:
    return None if base is None else TargetBase(**base.model_dump())
