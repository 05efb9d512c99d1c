"""Reference data of a plan that the energy service owns: regions, carriers' coefficients, dated rules.

How they come to be loaded stands in `plan_loading`. What was counted with an older coefficient stays counted with it
until a restatement is asked for.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, assert_never

from services.energy.common.refusal import Refused

from .key_users import KeyUserRule

UNITS = frozenset({"kWh", "kg", "t", "m3", "MJ"})
"""Units in which carriers are counted: those of the printed coefficients."""

MAX_DECIMALS = 6
"""Of a coefficient: so that standard coal is exact in the store's integers."""


@dataclass(frozen=True, slots=True)
class RegionRelation:
    """A dated relation beside the parent, e.g. 平潭 part_of 福州 and reports_to the province (X-19)."""

    kind: str
    to: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class MonitoringRule:
    """When a feed counts as silent: nothing for so many hours of the Clock. Both days included."""

    silent_after_hours: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class RegionsLoaded:
    """The plan's regions, all of them."""

    plan: str
    regions: tuple[PlanRegion, ...]


@dataclass(frozen=True, slots=True)
class CoefficientsLoaded:
    """The plan's coefficients, all of them."""

    plan: str
    coefficients: tuple[PlanCoefficient, ...]


@dataclass(frozen=True, slots=True)
class EnergyRulesLoaded:
    """The plan's dated rules for key energy users and their monitoring, all of them."""

    plan: str
    key_user_rules: tuple[KeyUserRule, ...]
    monitoring_rules: tuple[MonitoringRule, ...]


Event = RegionsLoaded | CoefficientsLoaded | EnergyRulesLoaded


@dataclass(frozen=True, slots=True)
class Reference:
    """What was loaded last."""

    regions: tuple[PlanRegion, ...] = ()
    coefficients: tuple[PlanCoefficient, ...] = ()
    key_user_rules: tuple[KeyUserRule, ...] = ()
    monitoring_rules: tuple[MonitoringRule, ...] = ()


State = Reference


def checked(parts: Reference, which: Collection[str]) -> None:
    """The parts named in `which` hold together. Raises Refused for data that contradict themselves."""
    if "regions" in which:
        _regions(parts.regions)
    if "coefficients" in which:
        _coefficients(parts.coefficients)
    if "key_user_rules" in which or "monitoring_rules" in which:
        _rules(parts.key_user_rules, parts.monitoring_rules)


def evolve(state: State, event: Event) -> State:
    match event:
        case RegionsLoaded(regions=regions):
            return replace(state, regions=regions)
        case CoefficientsLoaded(coefficients=coefficients):
            return replace(state, coefficients=coefficients)
        case EnergyRulesLoaded(key_user_rules=users, monitoring_rules=monitoring):
            return replace(state, key_user_rules=users, monitoring_rules=monitoring)
        case _:
            assert_never(event)


def _regions(regions: tuple[PlanRegion, ...]) -> None:
    codes = [region.code for region in regions]
    if len(set(codes)) < len(codes):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        raise Refused("region-listed-twice", f"Listed twice: {', '.join(twice)}.", where="regions")
    provinces = [region.code for region in regions if region.parent is None]
    if len(provinces) > 1:
        raise Refused(
            "two-provinces",
            f"{', '.join(provinces)} lie under no region: one province has a plan here.",
            where="regions",
            remedy="Give every region but the province its parent.",
        )
    for region in regions:
        for parent in filter(None, (region.parent, *(relation.to for relation in region.relations))):
            if parent not in codes:
                raise Refused(
                    "unknown-parent",
                    f"Region {region.code} lies under {parent!r}, which isn't in the list.",
                    where=f"regions[{region.code}]",
                )


def _coefficients(coefficients: tuple[PlanCoefficient, ...]) -> None:
    units: dict[str, str] = {}
    for coefficient in coefficients:
        where = f"coefficients[{coefficient.carrier}]"
        if coefficient.unit not in UNITS:
            raise Refused(
                "unknown-unit",
                f"{coefficient.carrier} is given per {coefficient.unit!r}; known: {', '.join(sorted(UNITS))}.",
                where=where,
            )
        unit = units.setdefault(coefficient.carrier, coefficient.unit)
        if unit != coefficient.unit:
            raise Refused(
                "carrier-in-two-units",
                f"{coefficient.carrier} is given per {unit} and per {coefficient.unit}.",
                where=where,
            )
        kgce = coefficient.kgce
        if kgce is not None and (kgce < 0 or kgce != round(kgce, MAX_DECIMALS)):
            raise Refused(
                "coefficient-out-of-range",
                f"{kgce} kgce: a coefficient isn't negative and has at most {MAX_DECIMALS} decimals.",
                where=where,
            )
        _span(coefficient.valid_from, coefficient.valid_to, where)


def _rules(users: tuple[KeyUserRule, ...], monitoring: tuple[MonitoringRule, ...]) -> None:
    for user in users:
        _span(user.valid_from, user.valid_to, "key_user_rules")
        if not 0 < user.designated_from_tce <= user.threshold_tce:
            raise Refused(
                "key-user-lines-reversed",
                f"One is designated from {user.designated_from_tce} tce up, and a key user from "
                f"{user.threshold_tce}: the first must not be more.",
                where="key_user_rules",
            )
    for rule in monitoring:
        _span(rule.valid_from, rule.valid_to, "monitoring_rules")
        if rule.silent_after_hours <= 0:
            raise Refused(
                "silence-not-positive", "Silence lasts more than 0 hours.", where="monitoring_rules"
            )
    _one_at_a_time([(rule.valid_from, rule.valid_to) for rule in users], "key_user_rules")
    _one_at_a_time([(rule.valid_from, rule.valid_to) for rule in monitoring], "monitoring_rules")


def _one_at_a_time(spans: list[tuple[date, date | None]], where: str) -> None:
    for (_, ends), (begins, _) in pairwise(sorted(spans, key=lambda span: span[0])):
        if ends is None or begins <= ends:
            raise Refused("rules-overlap", f"Two rules hold on {begins}.", where=where)


def _span(valid_from: date, valid_to: date | None, where: str) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise Refused("validity-reversed", f"Valid to {valid_to}, which is before {valid_from}.", where=where)
