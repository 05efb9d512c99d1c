"""The parts of a plan that this service goes by: regions, programmes, registers, duties, rules, tags."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import assert_never

from services.projects.domain.duty import Duty
from services.projects.domain.refusal import Refused
from services.projects.domain.rules import Rule
from services.projects.domain.tags import Tag


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


@dataclass(frozen=True, slots=True)
class RegionsLoaded:
    """The plan's regions, as a whole."""

    plan: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class ProgrammesLoaded:
    """The plan's programmes, as a whole."""

    plan: str
    programmes: tuple[Programme, ...]


@dataclass(frozen=True, slots=True)
class RegistersLoaded:
    """The plan's registers of projects, as a whole."""

    plan: str
    registers: tuple[Register, ...]


@dataclass(frozen=True, slots=True)
class DutiesLoaded:
    """The plan's duty calendar, as a whole."""

    plan: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class RulesLoaded:
    """The plan's dated rules for projects, as a whole."""

    plan: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Load a plan's parts. An empty part is left as it is."""

    plan: str
    regions: tuple[Region, ...] = ()
    programmes: tuple[Programme, ...] = ()
    registers: tuple[Register, ...] = ()
    duties: tuple[Duty, ...] = ()
    rules: tuple[Rule, ...] = ()
    tags: tuple[Tag, ...] = ()


def decide(command: LoadPlan, state: LoadedPlan) -> Sequence[PlanEvent]:
    """One event per part that says something new. Raises Refused when a part names one thing twice."""
    _each_once("regions", "code", command.regions)
    _each_once("programmes", "code", command.programmes)
    _each_once("registers", "register", command.registers)
    _each_once("duties", "duty", command.duties)
    _each_once("tags", "tag", command.tags)
    _one_at_a_time(command.rules)
    offered: list[PlanEvent] = []
    if command.regions:
        ordered = tuple(sorted(command.regions, key=lambda region: region.code))
        offered.append(RegionsLoaded(command.plan, ordered))
    if command.programmes:
        offered.append(ProgrammesLoaded(command.plan, command.programmes))
    if command.registers:
        offered.append(RegistersLoaded(command.plan, command.registers))
    if command.duties:
        offered.append(DutiesLoaded(command.plan, command.duties))
    if command.rules:
        offered.append(RulesLoaded(command.plan, command.rules))
    if command.tags:
        offered.append(TagsLoaded(command.plan, command.tags))
    return [event for event in offered if state.parts.get(type(event)) != event]


def _each_once(part: str, key: str, rows: Sequence[object]) -> None:
    """Two rows of one name would be two truths: which of them holds can't be guessed."""
    twice = sorted(name for name, count in Counter(getattr(row, key) for row in rows).items() if count > 1)
    if twice:
        raise Refused(
            f"{part} names {', '.join(twice[:5])} more than once.",
            code="named-twice",
            where=part,
            remedy="Give each of them once.",
        )


def _one_at_a_time(rules: Sequence[Rule]) -> None:
    """Of the rules of one name just one holds on any day."""
    ordered = sorted(rules, key=lambda rule: (rule.rule, rule.valid_from))
    for earlier, later in pairwise(ordered):
        if earlier.rule == later.rule and earlier.holds(later.valid_from):
            raise Refused(
                f"Two rules {later.rule} hold on {later.valid_from}.",
                code="overlap",
                where="rules",
                remedy="End the earlier one (valid_to) the day before.",
            )


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
