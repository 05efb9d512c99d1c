"""What is known of a plan's parts: the newest load of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.projects.common.duty import Duty
from services.projects.common.rules import Rule
from services.projects.common.tags import Tag


@dataclass(frozen=True, slots=True)
class RegionRelation:
    """A dated relation beside the tree parent, e.g. Pingtan is part_of Fuzhou (X-19)."""

    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A region (行政区划) between two days, both included. `administered` False: it can owe nothing (金门)."""

    code: str
    name: str
    level: str
    parent: str | None = None
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: tuple[RegionRelation, ...] = ()

    def owes(self, duty: Duty, on: date) -> bool:
        """Whether the region owes `duty` on that day."""
        return (
            self.level in duty.levels
            and self.administered
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Register:
    """A register of projects (名录). `level` says whose it is: nation, province, prefecture or county."""

    register: str
    name: str
    term: str
    level: str


@dataclass(frozen=True, slots=True)
class Programme:
    """One of the plan's programmes (专项行动)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsLoaded:
    """The plan's regions, as a whole."""

    plan: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammesLoaded:
    """The plan's programmes, as a whole."""

    plan: str
    programmes: tuple[Programme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistersLoaded:
    """The plan's registers of projects, as a whole."""

    plan: str
    registers: tuple[Register, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesLoaded:
    """The plan's duty calendar, as a whole."""

    plan: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesLoaded:
    """The plan's dated rules for projects, as a whole."""

    plan: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsLoaded:
    """The plan's programme tags, as a whole."""

    plan: str
    tags: tuple[Tag, ...]


PlanEvent = RegionsLoaded | ProgrammesLoaded | RegistersLoaded | DutiesLoaded | RulesLoaded | TagsLoaded


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """The parts that are loaded, the newest of each kind."""

    parts: Mapping[type[PlanEvent], PlanEvent] = field(default_factory=dict)


INITIAL = LoadedPlan()


def stream(plan: str) -> str:
    """The stream of the parts of a plan that were loaded into this service; of "": what all of them begin with."""
    return f"plan:{plan}"


def evolve(state: LoadedPlan, event: PlanEvent) -> LoadedPlan:
    """The state after a stored fact."""
    match event:
        case (
            RegionsLoaded()
            | ProgrammesLoaded()
            | RegistersLoaded()
            | DutiesLoaded()
            | RulesLoaded()
            | TagsLoaded()
        ):
            return replace(state, parts={**state.parts, type(event): event})
        case _:
            assert_never(event)


def displaces(old: object, new: object) -> bool:
    """Whether two plans' rows conflict: same name (for rules also overlapping days) with different content."""
    match old, new:
        case Rule(), Rule():
            return old.rule == new.rule and _overlap(old, new) and old.parameters != new.parameters
        case Tag(), Tag():
            return old.tag == new.tag and old != new
        case Register(), Register():
            return old.register == new.register and old != new
        case _:
            return False


def _overlap(one: Rule, other: Rule) -> bool:
    return one.holds(other.valid_from) or other.holds(one.valid_from)
