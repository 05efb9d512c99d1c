"""Decisions on a publication: a plan is published whole, and again with what has changed in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.assessment.common import region as regions
from services.assessment.common.records import members
from services.assessment.common.refusal import Refused
from services.assessment.common.region import Fault, Region
from services.assessment.plans.decisions.commands import Beside, LoadPlan, header, region, scheme
from services.assessment.plans.facts import scheme as schemes
from services.assessment.plans.facts.plan import (
    FROM_PUBLICATION,
    AppraisalSchemesDefined,
    PlanEvent,
    PlanHeader,
    PlanPublished,
    PlanState,
    Published,
    RegionsDefined,
    Unpublished,
)
from services.assessment.plans.facts.scheme import Scheme
from services.assessment.plans.targets import facts as targets
from services.assessment.plans.targets.decisions import target_facts
from services.assessment.plans.targets.facts import TargetFacts

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Publication:
    """What was sent, as facts. `schemes` None: as before."""

    header: PlanHeader
    regions: tuple[Region, ...]
    targets: tuple[TargetFacts, ...]
    schemes: tuple[Scheme, ...] | None


def publish(command: LoadPlan, state: PlanState, given: Beside) -> Sequence[PlanEvent]:
    """The events of a publication: all of it, or what is added or changed. Raises Refused.

    A reason is required where something published changes; additions need none.
    """
    sent = _Publication(
        header(command),
        tuple(map(region, command.regions)),
        tuple(target_facts(command.plan, each) for each in command.targets),
        None if command.appraisal_schemes is None else tuple(map(scheme, command.appraisal_schemes)),
    )
    _check(sent)
    match state:
        case Unpublished():
            _check_others(sent.regions, command.over, given.others)
            return [
                _published(sent.header, None),
                RegionsDefined(plan=command.plan, regions=sent.regions),
                *([AppraisalSchemesDefined(plan=command.plan, schemes=sent.schemes)] if sent.schemes else []),
                *(targets.set_event(facts, FROM_PUBLICATION) for facts in sent.targets),
            ]
        case Published():
            made = _republished(command, sent, state, given.displaced)
            if any(isinstance(event, RegionsDefined) for event in made):
                _check_others(sent.regions, command.over, given.others)
            return made


def _published(header: PlanHeader, reason: str | None) -> PlanPublished:
    return PlanPublished(**members(header), reason=reason)


def _check(sent: _Publication) -> None:
    found = list(_faults(sent))
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise Refused(
            f"{found[0].why}{more}.",
            code="inconsistent-plan",
            where=found[0].where,
            remedy="Correct every place named under errors and load the plan again; nothing was loaded.",
            faults=[{"where": fault.where, "why": fault.why} for fault in found[:50]],
        )


def _check_others(
    sent: Sequence[Region], over: Sequence[str], others: Mapping[str, Sequence[Region]]
) -> None:
    """All plans share one map of regions: no region that another plan uses is dropped or changed. Raises Refused."""
    named = {region.code: region for region in sent}
    for plan, held in sorted(others.items()):
        lost = [region.code for region in held if named.get(region.code) != region]
        if lost and plan not in over:
            more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            raise Refused(
                f"This drops or changes regions that {plan} goes by: {', '.join(lost[:_SHOWN])}{more}. "
                "Nothing was loaded.",
                code="used-by-another-plan",
                where="regions",
                status=409,
                remedy="Name them as they are. If the other plan is to lose them, name it in `over` "
                "(shengji plan load … --over PLAN).",
            )


def _faults(sent: _Publication) -> Iterator[Fault]:
    programmes = [programme.code for programme in sent.header.programmes]
    yield from (
        Fault("programmes", f"{code} is listed twice") for code, n in Counter(programmes).items() if n > 1
    )
    yield from regions.faults(sent.regions)
    yield from schemes.faults(sent.schemes or ())
    by_code = {region.code: region for region in sent.regions}
    known = frozenset(facts.target for facts in sent.targets)
    seen: set[str] = set()
    for index, facts in enumerate(sent.targets):
        if facts.target in seen:
            yield Fault(f"targets.{index}.target", f"{facts.target} is listed twice")
        seen.add(facts.target)
        yield from targets.faults(f"targets.{index}", facts, frozenset(programmes), by_code, known)


def _republished(command: LoadPlan, sent: _Publication, plan: Published, displaced: bool) -> list[PlanEvent]:
    """The events for what the new publication adds or changes; none if it equals the previous one."""
    missing = [name for name in plan.loaded if name not in {facts.target for facts in sent.targets}]
    if missing:
        raise Refused(
            f"Published before and not named any more: {', '.join(missing)}.",
            code="target-missing",
            where="targets",
            remedy="A target is never dropped by leaving it out: keep its row. Nothing was loaded.",
        )
    dropped = sorted({region.code for region in plan.regions} - {region.code for region in sent.regions})
    if dropped and not command.replace:
        raise Refused(
            f"Published before and not named any more: {', '.join(dropped[:_SHOWN])}"
            f"{f' and {len(dropped) - _SHOWN} more' if len(dropped) > _SHOWN else ''}.",
            code="region-missing",
            where="regions",
            status=409,
            remedy="Name every region; or send replace: true, and those that aren't named are dropped. "
            "Nothing was loaded.",
        )
    header_changed = sent.header != plan.header
    regions_changed = sent.regions != plan.regions or displaced
    schemes_changed = sent.schemes is not None and sent.schemes != plan.schemes
    changed, added = [], []
    for facts in sent.targets:
        known = plan.targets.get(facts.target)
        before = plan.loaded.get(facts.target, None if known is None else known.facts)
        if before is None:
            added.append(facts)
        elif before != facts:
            changed.append(facts)
    what = [
        *(["the plan's header"] if header_changed else []),
        *(["its regions"] if regions_changed else []),
        *(["how cities are appraised"] if schemes_changed and plan.schemes else []),
        *(facts.target for facts in changed),
    ]
    if what and not command.reason:
        raise Refused(
            f"This changes what was published: {', '.join(what)}.",
            code="reason-required",
            where="reason",
            remedy="Say why in `reason`; what was published before is kept beside it.",
        )
    reason = command.reason or ""
    return [
        *([_published(sent.header, reason)] if header_changed else []),
        *(
            [RegionsDefined(plan=command.plan, regions=sent.regions, reason=reason)]
            if regions_changed
            else []
        ),
        *(
            [AppraisalSchemesDefined(plan=command.plan, schemes=sent.schemes or (), reason=reason)]
            if schemes_changed
            else []
        ),
        *(targets.set_event(facts, FROM_PUBLICATION) for facts in added),
        *(
            targets.revised_event(facts, plan.targets[facts.target].facts, reason, FROM_PUBLICATION)
            for facts in changed
        ),
    ]
