"""Target (目标): one demand of the plan, with everything that is needed to judge whether it is met.

A target keeps what was printed beside what was read into it, and the base it grows from (X-5, X-7, X-24). A
target without a value or without a measure is a target all the same: "no measure yet", never a number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar

from services.assessment.common import periods
from services.assessment.common.records import members
from services.assessment.common.region import COUNTY, Fault, Region

ADDITIVE = ("flow", "stock")
"""Metric types whose parts may be added up (完成额、保有量); a rate, ratio or level may not."""

DECIDED = "decided"
"""The `confidence` of a target that was set by a decision and not read from a document."""


@dataclass(frozen=True, slots=True)
class TargetBase:
    """What a growth or decline is measured from, and the vintage of that figure (基数; X-24)."""

    value: Decimal
    unit: str
    period: str
    vintage: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """A target as it stands. `value` in `unit` as printed (660 CNY_1e8 = 660 亿元); None: none is printed.

    `value_high` is the end of a printed range. `comparator` is the reading, `comparator_printed` the plan's
    word. `measure` None: nothing measures it yet. `basis` is the standard-coal basis (当量/等价, X-4). `parent`
    is the target that this one is a part of.
    """

    plan: str
    target: str
    row: str
    programme: str
    name: str
    measure: str | None
    region: str
    level: str
    period: str
    value: Decimal | None
    value_high: Decimal | None = None
    unit: str
    unit_printed: str | None = None
    comparator: str
    comparator_printed: str | None = None
    direction: str | None = None
    metric_type: str
    subject: str | None = None
    deadline: date | None = None
    parent: str | None = None
    base: TargetBase | None = None
    basis: str | None = None
    price_base: str | None = None
    quote: str = ""
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSet(TargetFacts):
    """A target was set (目标下达). `origin`: "publication" (it stands in the plan) or "decision"."""

    schema_version: ClassVar[int] = 1
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRevised(TargetFacts):
    """A target was changed (目标调整): how it stands now, the value before, and why. The old one is kept."""

    schema_version: ClassVar[int] = 1
    previous_value: Decimal | None
    reason: str
    origin: str


@dataclass(frozen=True, slots=True)
class TargetPart:
    """One county's part of a city's target, in the target's unit."""

    target: str
    region: str
    name: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDecomposed:
    """A city's target was broken down to its counties (分解落实, TR-7). Replaces any breakdown before it.

    The plan doesn't say that the parts add up to the whole, so they needn't.
    """

    schema_version: ClassVar[int] = 1
    plan: str
    target: str
    region: str
    parts: tuple[TargetPart, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """A target in its plan. `ordinal`: its place in the plan's order, for a county's part that of the whole.

    `part_of`: the decomposed target that it is a county's part of; None: it stands for itself.
    """

    facts: TargetFacts
    ordinal: int
    part_of: str | None = None


def set_event(facts: TargetFacts, origin: str) -> TargetSet:
    """The event that sets a target."""
    return TargetSet(**members(facts, TargetFacts), origin=origin)


def revised_event(facts: TargetFacts, before: TargetFacts, reason: str, origin: str) -> TargetRevised:
    """The event that changes a target from `before` to `facts`."""
    return TargetRevised(
        **members(facts, TargetFacts), previous_value=before.value, reason=reason, origin=origin
    )


def facts_of(event: TargetSet | TargetRevised) -> TargetFacts:
    """How the target stands after the event."""
    return TargetFacts(**members(event, TargetFacts))


def part_of(whole: TargetFacts, region: Region, value: Decimal) -> TargetPart:
    """A county's part; its id joins the decomposed target's id and the county's code: "TR-6a:350102"."""
    return TargetPart(f"{whole.target}:{region.code}", region.code, f"{whole.name}: {region.name}", value)


def facts_of_part(whole: TargetFacts, part: TargetPart) -> TargetFacts:
    """A county's part as a target of its own, with the measure and unit of the decomposed target."""
    return replace(
        whole,
        target=part.target,
        name=part.name,
        region=part.region,
        level=COUNTY,
        value=part.value,
        value_high=None,
        base=None,
        parent=whole.target,
        quote="",
        source=f"decomposed from {whole.target} (TR-7)",
        confidence=DECIDED,
        note="",
    )


def faults(
    where: str,
    facts: TargetFacts,
    programmes: frozenset[str],
    regions: dict[str, Region],
    known: frozenset[str],
) -> Iterator[Fault]:
    """The faults of a target, by itself and within its plan. `known`: the ids that `parent` may name."""
    if facts.programme not in programmes:
        yield Fault(f"{where}.programme", f"{facts.target}: the plan has no programme {facts.programme}")
    region = regions.get(facts.region)
    if region is None:
        yield Fault(f"{where}.region", f"{facts.target}: {facts.region} is not a region of the plan")
    elif not region.exists_between(periods.first_day(facts.period), periods.last_day(facts.period)):
        yield Fault(f"{where}.region", f"{facts.target}: {facts.region} doesn't exist in {facts.period}")
    if facts.parent is not None and (facts.parent == facts.target or facts.parent not in known):
        yield Fault(f"{where}.parent", f"{facts.target}: the plan has no target {facts.parent} to be part of")
    if facts.value is None and facts.measure is not None:
        yield Fault(f"{where}.value", f"{facts.target} is measured, so it needs a value")
    if facts.value_high is not None and (facts.value is None or facts.value_high <= facts.value):
        yield Fault(f"{where}.value_high", f"{facts.target}: the end of a range lies above its beginning")
