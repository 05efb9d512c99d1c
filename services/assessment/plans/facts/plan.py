"""Plan (行动计划): its programmes, regions and targets, as facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, assert_never

from services.assessment.common.records import members
from services.assessment.common.region import Region
from services.assessment.plans.facts.scheme import Scheme
from services.assessment.plans.targets.facts import (
    Target,
    TargetDecomposed,
    TargetFacts,
    TargetRevised,
    TargetSet,
    facts_of,
    facts_of_part,
)


@dataclass(frozen=True, slots=True)
class Programme:
    """One of the plan's programmes (专项行动)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHeader:
    """What the plan is and who issued it (GE-1 to GE-4)."""

    plan: str
    title: str
    issuer: str
    issued_on: date
    year: int
    programmes: tuple[Programme, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPublished(PlanHeader):
    """The plan was published (印发), or its header again, corrected, with the reason."""

    schema_version: ClassVar[int] = 1
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsDefined:
    """All regions the plan works with. The newest list replaces the one before it."""

    schema_version: ClassVar[int] = 1
    plan: str
    regions: tuple[Region, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalSchemesDefined:
    """How the cities are appraised (绩效考核办法). The newest list replaces the one before it."""

    schema_version: ClassVar[int] = 1
    plan: str
    schemes: tuple[Scheme, ...]
    reason: str | None = None


PlanEvent = (
    PlanPublished | RegionsDefined | AppraisalSchemesDefined | TargetSet | TargetRevised | TargetDecomposed
)


@dataclass(frozen=True, slots=True)
class Unpublished:
    """No such plan yet."""


@dataclass(frozen=True, slots=True)
class Published:
    """A plan in force, as it was `published` last.

    `targets`: the current ones. `loaded`: those of the last publication, so that publishing the same again
    changes nothing even after a decision has revised a target.
    """

    published: PlanPublished
    regions: tuple[Region, ...] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    loaded: Mapping[str, TargetFacts] = field(default_factory=dict)
    schemes: tuple[Scheme, ...] = ()

    @property
    def header(self) -> PlanHeader:
        return PlanHeader(**members(self.published, PlanHeader))

    def region(self, code: str) -> Region | None:
        return next((region for region in self.regions if region.code == code), None)

    def parts_of(self, target: str) -> tuple[TargetFacts, ...]:
        """The current parts of a decomposed target, by county; empty if it isn't decomposed."""
        return tuple(each.facts for each in self.targets.values() if each.part_of == target)


PlanState = Unpublished | Published
INITIAL: PlanState = Unpublished()

FROM_PUBLICATION = "publication"
FROM_DECISION = "decision"


def stream(plan: str) -> str:
    """The stream of one plan with its regions and targets."""
    return f"plan:{plan}"


def evolve(state: PlanState, event: PlanEvent) -> PlanState:
    """The plan's state after an event."""
    match event:
        case PlanPublished():
            return replace(state, published=event) if isinstance(state, Published) else Published(event)
        case RegionsDefined():
            return replace(_published(state), regions=event.regions)
        case AppraisalSchemesDefined():
            return replace(_published(state), schemes=event.schemes)
        case TargetSet() | TargetRevised():
            plan, facts = _published(state), facts_of(event)
            loaded = plan.loaded
            if event.origin == FROM_PUBLICATION:
                loaded = {**loaded, facts.target: facts}
            return replace(plan, targets={**plan.targets, facts.target: _placed(plan, facts)}, loaded=loaded)
        case TargetDecomposed():
            return _decomposed(_published(state), event)
        case _:
            assert_never(event)


def _placed(plan: Published, facts: TargetFacts) -> Target:
    """A target keeps its place; a further one comes after all others."""
    known = plan.targets.get(facts.target)
    if known is not None:
        return replace(known, facts=facts)
    return Target(facts, 1 + sum(each.part_of is None for each in plan.targets.values()))


def _decomposed(plan: Published, event: TargetDecomposed) -> Published:
    whole = plan.targets[event.target]
    others = {name: each for name, each in plan.targets.items() if each.part_of != event.target}
    parts = {
        part.target: Target(facts_of_part(whole.facts, part), whole.ordinal, event.target)
        for part in event.parts
    }
    return replace(plan, targets=others | parts)


def _published(state: PlanState) -> Published:
    if isinstance(state, Unpublished):
        raise ValueError("a plan's history begins with PlanPublished")
    return state
