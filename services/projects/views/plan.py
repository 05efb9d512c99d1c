"""A loaded plan as an answer."""

from collections.abc import Sequence
from typing import Any

from services.projects.domain import plan
from services.projects.models.plan import PlanView


def plan_view(plan_id: str, state: plan.LoadedPlan, events: Sequence[plan.PlanEvent]) -> PlanView:
    """How much of each part is loaded, and which parts the events changed."""
    counts = {"regions": 0, "programmes": 0, "registers": 0, "duties": 0, "rules": 0, "tags": 0}
    for part in state.parts.values():
        name, items = _part(part)
        counts[name] = len(items)
    return PlanView(plan=plan_id, **counts, changed=[_part(event)[0] for event in events])


def _part(event: plan.PlanEvent) -> tuple[str, Sequence[Any]]:
    match event:
        case plan.RegionsLoaded():
            return "regions", event.regions
        case plan.ProgrammesLoaded():
            return "programmes", event.programmes
        case plan.RegistersLoaded():
            return "registers", event.registers
        case plan.DutiesLoaded():
            return "duties", event.duties
        case plan.RulesLoaded():
            return "rules", event.rules
        case plan.TagsLoaded():
            return "tags", event.tags
