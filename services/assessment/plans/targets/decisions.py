"""Decisions on a plan's targets: set a further one, revise one, decompose a city's to its counties."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from services.assessment.common import periods
from services.assessment.common.records import members
from services.assessment.common.refusal import Refused
from services.assessment.common.region import COUNTY, PREFECTURE, Region
from services.assessment.common.values import (
    Amount,
    Level,
    LongText,
    Period,
    PlanId,
    Reason,
    RegionCode,
    Unit,
    Value,
    Words,
)
from services.assessment.plans.facts.plan import FROM_DECISION, PlanEvent, Published
from services.assessment.plans.targets import facts as targets
from services.assessment.plans.targets.facts import TargetBase, TargetDecomposed, TargetFacts
from services.assessment.plans.values import Measure, NewTargetId, PlanRow, ProgrammeCode, TargetId
from shared.command import command
from shared.values import Many, Says, Text

_Printed = Annotated[str, Text(max_length=40)]


@command()
class Base:
    """What growth or decline is measured from (基数), with its vintage: it may be revised (X-24)."""

    value: Value
    unit: Unit
    period: Annotated[
        str, Text(min_length=4, max_length=20, description="Period of the base.", example="2012")
    ]
    vintage: Annotated[Words, Says(description="As of when, or in which edition.", example="2013-01-27")]
    source: Annotated[Words, Says(description="Where the figure comes from.")]


@command()
class TargetDefinition:
    """A target (目标) as it stands in the plan."""

    target: NewTargetId
    row: Annotated[PlanRow | None, Says(description="Row of the plan; absent: the id.")] = None
    programme: ProgrammeCode
    name: Annotated[Words, Says(description="Name in English, the Chinese term behind it.")]
    measure: Measure | None = None
    region: RegionCode
    level: Annotated[Level, Says(description="Whose target it is; `county`: of each county of the region.")]
    period: Period
    value: Annotated[Value | None, Says(description="As printed, in `unit`; null: none is printed.")] = None
    value_high: Annotated[Value | None, Says(description="The end of a printed range.")] = None
    unit: Unit
    unit_printed: Annotated[_Printed | None, Says(description="The unit as printed.")] = None
    comparator: Annotated[
        Literal["at_least", "at_most", "exactly", "decline_at_least"],
        Says(description="As it is read (X-7)."),
    ]
    comparator_printed: Annotated[_Printed | None, Says(description="The word as printed.")] = None
    direction: Annotated[
        Literal["higher_is_better", "lower_is_better", "none"] | None,
        Says(description="Which way is better."),
    ] = None
    metric_type: Annotated[
        Literal["flow", "stock", "ratio", "rate", "level"], Says(description="How it is measured in time.")
    ]
    subject: Annotated[Annotated[str, Text(max_length=500)] | None, Says(description="What is counted.")] = (
        None
    )
    deadline: Annotated[date | None, Says(description="The last day.")] = None
    parent: Annotated[NewTargetId | None, Says(description="The target that this one is a part of.")] = None
    base: Base | None = None
    basis: Annotated[
        Literal["equal", "equivalent", "as_designated", "not_printed"] | None,
        Says(description="Standard-coal basis of electricity (当量/等价, X-4)."),
    ] = None
    price_base: Annotated[
        _Printed | None, Says(description="Year of constant prices, where it counts money (X-5).")
    ] = None
    quote: Annotated[LongText, Says(description="The plan's own words.")] = ""
    source: Annotated[Words, Says(description="Where it stands.")]
    confidence: Annotated[
        Literal["S", "V", "M-high", "M-med", "M-low", "C", "I", "decided"],
        Says(
            description="S stated, V seen, M general knowledge, C computed, I inferred; decided: decided here."
        ),
    ]
    note: LongText = ""


TARGET_EXAMPLE: dict[str, Any] = {
    "target": "TR-6a",
    "programme": "TR",
    "name": "Technology renovation investment, Fuzhou (福州市技改投资)",
    "measure": "tech_renovation_investment",
    "region": "350100",
    "level": "prefecture",
    "period": "2013",
    "value": "660",
    "unit": "CNY_1e8",
    "unit_printed": "亿元",
    "comparator": "at_least",
    "direction": "higher_is_better",
    "metric_type": "flow",
    "deadline": "2013-12-31",
    "quote": "福州市660亿元",
    "source": "plan of 27 January 2013",
    "confidence": "S",
}


@command(
    example={
        **TARGET_EXAMPLE,
        "plan": "fujian-2013",
        "target": "TR-6j",
        "name": "Technology renovation investment, Pingtan (平潭技改投资)",
        "region": "PT",
        "level": "zone",
        "value": "10",
        "quote": "",
        "source": "decision of the province",
        "confidence": "decided",
    }
)
class SetTarget(TargetDefinition):
    """Set a target that the plan doesn't have yet (目标下达)."""

    plan: PlanId


@command(
    example={
        "plan": "fujian-2013",
        "target": "TR-6i",
        "value": "75",
        "reason": "two projects moved to Ningde by decision of 2013-06-20",
    }
)
class ReviseTarget:
    """Change a target's value or base (目标调整); what is absent stays."""

    plan: PlanId
    target: TargetId
    value: Annotated[Value | None, Says(description="The new value, in the target's unit.")] = None
    base: Base | None = None
    reason: Reason


@command()
class Share:
    """What one county is to carry, in the unit of the city's target."""

    region: RegionCode
    value: Amount


@command(
    example={
        "plan": "fujian-2013",
        "target": "TR-6a",
        "parts": [{"region": "350102", "value": "60"}, {"region": "350181", "value": "150"}],
    }
)
class DecomposeTarget:
    """Break a city's target down to its counties (分解落实, TR-7)."""

    plan: PlanId
    target: NewTargetId
    parts: Annotated[tuple[Share, ...], Many(min_length=1, max_length=100)]
    reason: Annotated[Words | None, Says(description="Why; needed where a breakdown is there already.")] = (
        None
    )


TargetCommand = SetTarget | ReviseTarget | DecomposeTarget


def decide_on_target(command: TargetCommand, plan: Published) -> list[PlanEvent]:
    """The events of a command on a target of a plan in force, or Refused."""
    match command:
        case SetTarget():
            return _set(target_facts(command.plan, command), plan)
        case ReviseTarget():
            return _revised(command, plan)
        case DecomposeTarget():
            return _decomposed(command, plan)


def target_facts(plan: str, sent: TargetDefinition) -> TargetFacts:
    """A target as it is set or published."""
    said = members(sent, TargetDefinition)
    return TargetFacts(**{**said, "plan": plan, "row": sent.row or sent.target, "base": _base(sent.base)})


def _base(sent: Base | None) -> TargetBase | None:
    return None if sent is None else TargetBase(**members(sent))


def _set(facts: TargetFacts, plan: Published) -> list[PlanEvent]:
    existing = plan.targets.get(facts.target)
    if existing is not None and existing.facts == facts:
        return []
    if existing is not None:
        raise Refused(
            f"{facts.target} is set already.",
            code="target-exists",
            where="target",
            status=409,
            remedy="Revise it, with the reason; or give the new target an id of its own.",
        )
    programmes = frozenset(programme.code for programme in plan.header.programmes)
    by_code = {region.code: region for region in plan.regions}
    for fault in targets.faults("target", facts, programmes, by_code, frozenset(plan.targets)):
        raise Refused(
            f"{fault.why}.",
            code="inconsistent-target",
            where=fault.where.removeprefix("target."),
            remedy="Correct the field; the plan's programmes, regions and targets can be listed.",
        )
    return [targets.set_event(facts, FROM_DECISION)]


def _revised(command: ReviseTarget, plan: Published) -> list[PlanEvent]:
    before = _target(plan, command.target)
    if command.value is None and command.base is None:
        raise Refused(
            "Neither a value nor a base is given.",
            code="nothing-to-revise",
            where="value",
            remedy="Give the new value, or the new base.",
        )
    after = replace(
        before,
        value=before.value if command.value is None else command.value,
        base=before.base if command.base is None else _base(command.base),
    )
    if after == before:
        return []
    if after.value_high is not None and after.value is not None and after.value_high <= after.value:
        raise Refused(
            f"{command.target} is a range that ends at {after.value_high}; it can't begin at {after.value}.",
            code="inconsistent-target",
            where="value",
            remedy="Publish the plan with the corrected range.",
        )
    return [targets.revised_event(after, before, command.reason, FROM_DECISION)]


def _decomposed(command: DecomposeTarget, plan: Published) -> list[PlanEvent]:
    whole = _target(plan, command.target)
    if whole.level != PREFECTURE:
        raise Refused(
            f"{whole.target} is a target of a {whole.level}; only a city's target is decomposed to counties (TR-7).",
            code="not-a-city-target",
            where="target",
            remedy="Name a city's target, such as TR-6a. Targets of cities are set by the province.",
        )
    if whole.value is None:
        raise Refused(
            f"{whole.target} has no value to decompose.",
            code="no-value",
            where="target",
            remedy="Wait until the target has a value.",
        )
    parts = tuple(
        targets.part_of(whole, _county(plan, whole, share.region), share.value)
        for share in sorted(command.parts, key=lambda share: share.region)
    )
    twice = [code for code, n in Counter(share.region for share in command.parts).items() if n > 1]
    if twice:
        raise Refused(
            f"Named twice: {', '.join(twice)}.",
            code="county-twice",
            where="parts",
            remedy="Give each county one part.",
        )
    now = {facts.target: facts.value for facts in plan.parts_of(whole.target)}
    if now == {part.target: part.value for part in parts}:
        return []
    if now and not command.reason:
        raise Refused(
            f"{whole.target} is decomposed already; this would change it.",
            code="reason-required",
            where="reason",
            remedy="Say why in `reason`; the breakdown before is kept in the history.",
        )
    return [
        TargetDecomposed(
            plan=command.plan,
            target=whole.target,
            region=whole.region,
            parts=parts,
            reason=command.reason,
        )
    ]


def _county(plan: Published, whole: TargetFacts, code: str) -> Region:
    region = plan.region(code)
    first, last = periods.first_day(whole.period), periods.last_day(whole.period)
    if region is not None and region.level == COUNTY and region.parent == whole.region:
        if region.administered and region.exists_between(first, last):
            return region
        why = (
            f"{code} {region.name} is not administered"
            if region.exists_between(first, last)
            else (f"the code {code} {region.name} is not valid in {whole.period}")
        )
    elif region is None:
        why = f"{code} is not a region of the plan"
    else:
        why = f"{code} {region.name} is not a county of {whole.region}"
    counties = [
        each.code
        for each in plan.regions
        if each.parent == whole.region
        and each.level == COUNTY
        and each.administered
        and each.exists_between(first, last)
    ]
    raise Refused(
        f"{why[0].upper()}{why[1:]}.",
        code="not-a-county-of-the-city",
        where="parts",
        remedy=f"Name counties of {whole.region} in {whole.period}: {', '.join(counties)}.",
    )


def _target(plan: Published, target: str) -> TargetFacts:
    found = plan.targets.get(target)
    if found is None:
        raise Refused(
            f"The plan has no target {target}.",
            code="no-such-target",
            where="target",
            status=404,
            remedy="List the plan's targets.",
        )
    return found.facts
