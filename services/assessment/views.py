"""What callers are shown, as JSON-able dicts: Decimal as text, days as ISO dates. `schemas` describes them."""

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
from services.assessment.domain.statistic import Indicator, NotReported, StatisticState
from services.assessment.domain.target import ADDITIVE, TargetFacts, TargetRevised, TargetSet
from shared.problems import not_found

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
    """What a publication changed."""
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


def statistic(indicator: Indicator, region: str, period: str, state: StatisticState) -> Json:
    """A figure with its vintages, oldest first. Raises Problem 404 where nothing was reported."""
    if isinstance(state, NotReported):
        name = f"{indicator.indicator} of {region} for {period}"
        raise not_found("statistic", name, remedy="It has not been reported: missing, not zero.")
    vintages = (*state.earlier, state.current)
    return {
        "indicator": indicator.indicator,
        "region": region,
        "period": period,
        "value": _text(state.current.value),
        "unit": indicator.unit,
        "price_base": indicator.price_base,
        "basis": indicator.basis,
        "source": state.current.source,
        "reported_on": state.current.reported_on.isoformat(),
        "provisional": state.current.provisional,
        "vintages": [msgspec.to_builtins(vintage) for vintage in vintages],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def statistic_row(figure: Json, vintages: int) -> Json:
    """A figure in a list, from what its newest event says."""
    shown = ("indicator", "region", "period", "value", "unit", "price_base", "basis", "source", "reported_on")
    return {
        **{name: figure[name] for name in shown},
        "provisional": figure["provisional"],
        "vintage_count": vintages,
    }
