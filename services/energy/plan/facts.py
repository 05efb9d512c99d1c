"""What plans have loaded: each event is a part of a plan, whole."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, assert_never


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRelation:
    """A dated relation beside the parent, e.g. 平潭 part_of 福州 and reports_to the province (X-19)."""

    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRegion:
    """A region as the plan has it."""

    code: str
    name: str
    level: str
    parent: str | None
    administered: bool
    valid_from: date | None
    valid_to: date | None
    relations: tuple[RegionRelation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCoefficient:
    """折标准煤系数 as printed: `kgce` per `unit`; None where the standard gives a range, not a number.

    `basis` both: the standard knows one value.
    """

    edition: str
    carrier: str
    name: str
    basis: Literal["equal", "equivalent", "both"]
    unit: str
    kgce: Decimal | None
    valid_from: date
    valid_to: date | None
    provisional: bool
    source: str
    kgce_low: Decimal | None = None
    kgce_high: Decimal | None = None
    confidence: str = ""
    note: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUserRule:
    """节约能源法 art. 52 as data: tce a year, both lines inclusive; `valid_to` is the last day."""

    threshold_tce: Decimal
    designated_from_tce: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringRule:
    """When a feed counts as silent: nothing for so many hours of the Clock. Both days included."""

    silent_after_hours: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsLoaded:
    """The plan's regions, all of them."""

    plan: str
    regions: tuple[PlanRegion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientsLoaded:
    """The plan's coefficients, all of them."""

    plan: str
    coefficients: tuple[PlanCoefficient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRulesLoaded:
    """The plan's dated rules for key energy users and their monitoring, all of them."""

    plan: str
    key_user_rules: tuple[KeyUserRule, ...]
    monitoring_rules: tuple[MonitoringRule, ...]


PlanEvent = RegionsLoaded | CoefficientsLoaded | EnergyRulesLoaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the plan has loaded last, part by part; `loaded`: all that it has loaded, one after the other."""

    regions: tuple[PlanRegion, ...] = ()
    coefficients: tuple[PlanCoefficient, ...] = ()
    key_user_rules: tuple[KeyUserRule, ...] = ()
    monitoring_rules: tuple[MonitoringRule, ...] = ()
    loaded: tuple["PlanEvent", ...] = ()


INITIAL = Reference()
STREAMS = "energy-plan-"
"""How the streams of all plans begin."""


def stream(plan: str) -> str:
    """The stream of a plan's reference data."""
    return f"{STREAMS}{plan}"


def evolve(state: Reference, event: PlanEvent) -> Reference:
    """A part that is loaded is all of it."""
    loaded = (*state.loaded, event)
    match event:
        case RegionsLoaded(regions=regions):
            return replace(state, regions=regions, loaded=loaded)
        case CoefficientsLoaded(coefficients=coefficients):
            return replace(state, coefficients=coefficients, loaded=loaded)
        case EnergyRulesLoaded(key_user_rules=users, monitoring_rules=monitoring):
            return replace(state, key_user_rules=users, monitoring_rules=monitoring, loaded=loaded)
        case _:
            assert_never(event)
