"""Reference data of a plan that the energy service owns: regions, carriers' coefficients, dated rules.

How they come to be loaded stands in `loading`. What was counted with an older coefficient stays counted with it
until a restatement is asked for.
"""

from collections.abc import Collection
from datetime import date
from itertools import pairwise

from services.energy.common.conversion import FACTOR_DECIMALS
from services.energy.common.refusal import Refused
from services.energy.plan.facts import KeyUserRule, MonitoringRule, PlanCoefficient, PlanRegion, Reference

UNITS = frozenset({"kWh", "kg", "t", "m3", "MJ"})
"""Units in which carriers are counted: those of the printed coefficients."""


def checked(parts: Reference, which: Collection[str]) -> None:
    """The parts named in `which` hold together. Raises Refused for data that contradict themselves."""
    if "regions" in which:
        _regions(parts.regions)
    if "coefficients" in which:
        _coefficients(parts.coefficients)
    if "key_user_rules" in which or "monitoring_rules" in which:
        _rules(parts.key_user_rules, parts.monitoring_rules)


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
        if kgce is not None and (kgce < 0 or kgce != round(kgce, FACTOR_DECIMALS)):
            raise Refused(
                "coefficient-out-of-range",
                f"{kgce} kgce: a coefficient isn't negative and has at most {FACTOR_DECIMALS} decimals.",
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
