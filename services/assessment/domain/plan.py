"""Plan (行动计划): its programmes, regions and targets, as facts. Decisions stand in `plan_decisions`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, assert_never

from services.assessment.domain.region import Region
from services.assessment.domain.scheme import Scheme
from services.assessment.domain.target import (
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
    """A plan in force.

    `targets`: the current ones. `loaded`: those of the last publication, so that publishing the same again
    changes nothing even after a decision has revised a target. `parts`: ids of a decomposed target's parts, in order.
    """

    header: PlanHeader
    regions: tuple[Region, ...] = ()
    targets: Mapping[str, TargetFacts] = field(default_factory=dict)
    loaded: Mapping[str, TargetFacts] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schemes: tuple[Scheme, ...] = ()

    def region(self, code: str) -> Region | None:
        return next((region for region in self.regions if region.code == code), None)

    def parts_of(self, target: str) -> tuple[TargetFacts, ...]:
        """The current parts of a decomposed target; empty if it isn't decomposed."""
        return tuple(self.targets[part] for part in self.parts.get(target, ()))


PlanState = Unpublished | Published
INITIAL: PlanState = Unpublished()

FROM_PUBLICATION = "publication"
FROM_DECISION = "decision"


def evolve(state: PlanState, event: PlanEvent) -> PlanState:
    """The plan's state after an event."""
    match event:
        case PlanPublished():
            header = PlanHeader(
                plan=event.plan,
                title=event.title,
                issuer=event.issuer,
                issued_on=event.issued_on,
                year=event.year,
                programmes=event.programmes,
                source=event.source,
            )
            return replace(state, header=header) if isinstance(state, Published) else Published(header)
        case RegionsDefined():
            return replace(_published(state), regions=event.regions)
        case AppraisalSchemesDefined():
            return replace(_published(state), schemes=event.schemes)
        case TargetSet() | TargetRevised():
            plan, facts = _published(state), facts_of(event)
            loaded = plan.loaded
            if event.origin == FROM_PUBLICATION:
                loaded = {**loaded, facts.target: facts}
            return replace(plan, targets={**plan.targets, facts.target: facts}, loaded=loaded)
        case TargetDecomposed():
            return _decomposed(_published(state), event)
        case _:
            assert_never(event)


def _decomposed(plan: Published, event: TargetDecomposed) -> Published:
    whole = plan.targets[event.target]
    dropped = set(plan.parts.get(event.target, ()))
    targets = {name: facts for name, facts in plan.targets.items() if name not in dropped}
    targets |= {part.target: facts_of_part(whole, part) for part in event.parts}
    parts = {**plan.parts, event.target: tuple(part.target for part in event.parts)}
    return replace(plan, targets=targets, parts=parts)


def _published(state: PlanState) -> Published:
    if isinstance(state, Unpublished):
        raise ValueError("a plan's history begins with PlanPublished")
    return state


def ids(targets: Sequence[TargetFacts]) -> tuple[str, ...]:
    """The targets' ids, in order."""
    return tuple(facts.target for facts in targets)
