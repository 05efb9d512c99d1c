"""Presenters: answers as JSON-able dicts, with Decimal as text and days as ISO dates."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from services.assessment.domain.plan import (
    AppraisalSchemesDefined,
    PlanEvent,
    PlanPublished,
    Published,
    RegionsDefined,
)
from services.assessment.domain.target import ADDITIVE, TargetFacts, TargetRevised, TargetSet

Json = dict[str, Any]
NO_MEASURE = "no measure yet"


def target(facts: TargetFacts) -> Json:
    """A target; without a measure it says so and never shows a figure of its own."""
    return {
        **msgspec.to_builtins(facts),
        "measured_by": NO_MEASURE if facts.measure is None else facts.measure,
    }


def target_with_parts(facts: TargetFacts, parts: Sequence[TargetFacts]) -> Json:
    """A target with its counties' parts; their sum where parts may be added up, beside the target's value."""
    values = [part.value for part in parts if part.value is not None]
    total = sum(values, Decimal(0)) if parts and facts.metric_type in ADDITIVE else None
    difference = None if total is None or facts.value is None else total - facts.value
    return {
        **target(facts),
        "parts": [
            {"target": part.target, "region": part.region, "value": _text(part.value)} for part in parts
        ],
        "parts_sum": _text(total),
        "parts_difference": _text(difference),
    }


def loaded(plan: Published, events: Sequence[PlanEvent]) -> Json:
    """The answer to a publication: what it changed."""
    return {
        "plan": plan.header.plan,
        "title": plan.header.title,
        "header": "changed" if any(isinstance(e, PlanPublished) for e in events) else "unchanged",
        "regions": "changed" if any(isinstance(e, RegionsDefined) for e in events) else "unchanged",
        "appraisal_schemes": "changed"
        if any(isinstance(e, AppraisalSchemesDefined) for e in events)
        else "unchanged",
        "region_count": len(plan.regions),
        "targets_set": [e.target for e in events if isinstance(e, TargetSet)],
        "targets_revised": [e.target for e in events if isinstance(e, TargetRevised)],
        "target_count": len(plan.loaded),
        "targets_without_measure": sum(facts.measure is None for facts in plan.loaded.values()),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
