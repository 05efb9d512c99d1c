"""Cuts a plan into the part each service owns, as JSON-able dicts: Decimal as text, days as ISO dates.

assessment: programmes, regions, targets, appraisal · energy: regions, coefficients · projects: regions, duties,
registers, rules, tags.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from plans.duties import Duty
from plans.model import (
    AppraisalScheme,
    Coefficient,
    Envelope,
    KeyUserRule,
    MonitoringRule,
    Programme,
    ProjectRule,
    ProjectTag,
    Region,
    RegionRelation,
    Register,
    Target,
    TargetBase,
)

Json = dict[str, Any]


def for_assessment(
    envelope: Envelope,
    programmes: Sequence[Programme],
    regions: Sequence[Region],
    relations: Sequence[RegionRelation],
    targets: Sequence[Target],
    bases: Sequence[TargetBase],
    appraisal_schemes: Sequence[AppraisalScheme],
) -> Json:
    """Who issued the plan, its programmes, regions, every target with its base, how cities are appraised."""
    base_of = {base.target: base for base in bases}
    return {
        "plan": envelope.plan,
        "title": envelope.title,
        "issuer": envelope.issuer,
        "issued_on": envelope.issued_on.isoformat(),
        "year": envelope.year,
        "source": envelope.source,
        "programmes": _programmes(programmes),
        "regions": _regions(regions, relations),
        "targets": [_target(target, base_of.get(target.target)) for target in targets],
        "appraisal_schemes": [scheme.model_dump(mode="json") for scheme in appraisal_schemes],
    }


def for_energy(
    envelope: Envelope,
    regions: Sequence[Region],
    relations: Sequence[RegionRelation],
    coefficients: Sequence[Coefficient],
    key_user_rules: Sequence[KeyUserRule],
    monitoring_rules: Sequence[MonitoringRule],
) -> Json:
    """Regions, energy carriers (能源品种) with the unit they are counted in, and the coefficients of standard coal.

    A coefficient without `kgce` means that the standard gives no single number: the enterprise's own counts.
    """
    return {
        "plan": envelope.plan,
        "regions": _regions(regions, relations),
        "carriers": _carriers(coefficients),
        "coefficients": [
            {
                "edition": one.edition,
                "carrier": one.carrier,
                "name": one.term,
                "group": one.group,
                "basis": one.basis,
                "unit": one.unit,
                "kgce": _number(one.kgce),
                "kgce_low": _number(one.kgce_low),
                "kgce_high": _number(one.kgce_high),
                "valid_from": _day(one.valid_from),
                "valid_to": _day(one.valid_to),
                "provisional": one.provisional,
                "source": one.source,
                "confidence": one.confidence,
                "note": one.note,
            }
            for one in coefficients
        ],
        "key_user_rules": [
            {
                "threshold_tce": _number(one.threshold_tce),
                "designated_from_tce": _number(one.designated_from_tce),
                "valid_from": _day(one.valid_from),
                "valid_to": _day(one.valid_to),
                "source": one.source,
            }
            for one in key_user_rules
        ],
        "monitoring_rules": [
            {
                "silent_after_hours": _number(each.silent_after_hours),
                "valid_from": _day(each.valid_from),
                "valid_to": _day(each.valid_to),
                "source": each.source,
            }
            for each in monitoring_rules
        ],
    }


def for_projects(
    envelope: Envelope,
    programmes: Sequence[Programme],
    regions: Sequence[Region],
    relations: Sequence[RegionRelation],
    duties: Sequence[Duty],
    registers: Sequence[Register],
    rules: Sequence[ProjectRule],
    tags: Sequence[ProjectTag],
) -> Json:
    """Programmes, regions, duties with every due day, registers, dated rules and programme tags."""
    return {
        "plan": envelope.plan,
        "programmes": _programmes(programmes),
        "regions": _regions(regions, relations),
        "duties": [
            {
                "duty": one.duty,
                "rows": list(one.rows),
                "name": one.name,
                "term": one.term,
                "kind": one.kind,
                "who": one.who,
                "to": one.to,
                "regions": list(one.levels),
                "recurrence": one.recurrence,
                "first_period": one.first_period,
                "last_period": one.last_period,
                "due": one.due.model_dump(mode="json", by_alias=True),
                "dated": one.dated,
                "roll": one.roll,
                "skips": list(one.skips),
                "carried_by": one.carried_by,
                "follow_up": one.follow_up
                and {
                    "remind_days": list(one.follow_up.remind_days),
                    "missing_in_a_row": one.follow_up.missing_in_a_row,
                    "consequence": one.follow_up.consequence,
                    "source": one.follow_up.source,
                },
                "source": one.source,
                "confidence": one.confidence,
                "note": one.note,
            }
            for one in duties
        ],
        "registers": [
            {"register": one.register_, "name": one.name, "term": one.term, "level": one.level}
            for one in registers
        ],
        "rules": [
            {
                "rule": one.rule,
                "row": one.row,
                "valid_from": _day(one.valid_from),
                "valid_to": _day(one.valid_to),
                "parameters": one.parameters,
                "source": one.source,
                "confidence": one.confidence,
                "note": one.note,
            }
            for one in rules
        ],
        "tags": [
            {
                "tag": one.tag,
                "programme": one.programme,
                "parent": one.parent,
                "name": one.name,
                "term": one.term,
                "rows": one.rows.split(),
            }
            for one in tags
        ],
    }


def _programmes(programmes: Sequence[Programme]) -> list[Json]:
    return [{"code": one.code, "name": f"{one.name} ({one.term})"} for one in programmes]


def _carriers(coefficients: Sequence[Coefficient]) -> list[Json]:
    found: dict[str, Json] = {}
    for one in coefficients:
        new = {
            "carrier": one.carrier,
            "name": one.term,
            "unit": one.unit,
            "group": one.group,
            "nbs_code": one.nbs_code,
        }
        found.setdefault(one.carrier, new)
    return list(found.values())


def _regions(regions: Sequence[Region], relations: Sequence[RegionRelation]) -> list[Json]:
    return [
        {
            "code": region.code,
            "name": region.name,
            "level": region.level,
            "parent": region.parent,
            "administered": region.administered,
            "valid_from": _day(region.valid_from),
            "valid_to": _day(region.valid_to),
            "relations": [
                {
                    "kind": one.kind,
                    "to": one.to,
                    "valid_from": _day(one.valid_from),
                    "valid_to": _day(one.valid_to),
                }
                for one in relations
                if one.region == region.code
            ],
        }
        for region in regions
    ]


def _target(target: Target, base: TargetBase | None) -> Json:
    return {
        "target": target.target,
        "row": target.target,
        "programme": target.programme,
        "name": f"{target.name} ({target.term})",
        "measure": target.measure,
        "region": target.region,
        "level": target.level,
        "period": target.period,
        "value": _number(target.value),
        "value_high": _number(target.value_high),
        "unit": target.unit,
        "unit_printed": target.unit_printed,
        "comparator": target.comparator,
        "comparator_printed": target.comparator_printed,
        "direction": target.direction,
        "metric_type": target.metric_type,
        "subject": target.subject,
        "deadline": target.deadline.isoformat(),
        "parent": target.parent,
        "base": None
        if base is None
        else {
            "value": _number(base.value),
            "unit": base.unit,
            "period": base.period,
            "vintage": base.vintage,
            "source": base.source,
        },
        "basis": target.energy_basis,
        "price_base": target.price_base,
        "quote": target.quote,
        "source": target.source,
        "confidence": target.confidence,
        "note": target.note,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
