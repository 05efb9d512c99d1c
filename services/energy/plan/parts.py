"""The parts of plans, and which of their rows are in force where several plans have loaded some."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.energy.plan.facts import KeyUserRule, MonitoringRule, PlanCoefficient, PlanEvent, Reference

_SHOWN = 10

Place = tuple[str, tuple[Any, ...]]
"""The plan of a row ("" where it is of all) and its key."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its rows' name in command, event and state, and what a row is called among them."""

    name: str
    key: Callable[[Any], tuple[Any, ...]]

    def rows(self, state: Reference) -> tuple[Any, ...]:
        """The part's rows of a plan."""
        found: tuple[Any, ...] = getattr(state, self.name)
        return found


REGIONS = Part("regions", lambda row: (row.code,))
COEFFICIENTS = Part("coefficients", lambda row: (row.carrier, row.basis, row.edition, row.valid_from))
KEY_USER_RULES = Part("key_user_rules", lambda row: (row.valid_from,))
MONITORING_RULES = Part("monitoring_rules", lambda row: (row.valid_from,))
PARTS = (REGIONS, COEFFICIENTS, KEY_USER_RULES, MONITORING_RULES)


def place(part: Part, plan: str, row: Any) -> Place:
    """Where a row stands: regions are one map for all plans, of the other parts each plan has its own rows."""
    return "" if part is REGIONS else plan, part.key(row)


def standing(history: Iterable[PlanEvent], part: Part) -> dict[Place, Any]:
    """The rows of a part that hold: the newest map of regions; a row that none loaded later has displaced."""
    found: dict[Place, Any] = {}
    for event in history:
        rows = getattr(event, part.name, None)
        if rows is None:
            continue
        kept = {
            at: row
            for at, row in found.items()
            if part is not REGIONS and at[0] != event.plan and not any(displaces(row, new) for new in rows)
        }
        found = kept | {place(part, event.plan, row): row for row in rows}
    return found


def displaces(old: object, new: object) -> bool:
    """Whether a new row displaces another plan's: both are about the same thing on a common day, with different
    content."""
    match old, new:
        case PlanCoefficient(), PlanCoefficient():
            if old.carrier != new.carrier:
                return False
            bases = old.basis == new.basis or "both" in (old.basis, new.basis)
            return old.unit != new.unit or (bases and old.kgce != new.kgce and _overlap(old, new))
        case KeyUserRule(), KeyUserRule():
            lines = (old.threshold_tce, old.designated_from_tce)
            return _overlap(old, new) and lines != (new.threshold_tce, new.designated_from_tce)
        case MonitoringRule(), MonitoringRule():
            return _overlap(old, new) and old.silent_after_hours != new.silent_after_hours
        case _:
            return False


def named(part: Part, rows: Sequence[Any]) -> str:
    """The rows by their keys, the first ten of them."""
    listed = [" ".join(map(str, part.key(row))) for row in rows]
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def _overlap(one: Any, other: Any) -> bool:
    last, other_last = one.valid_to or date.max, other.valid_to or date.max
    return bool(one.valid_from <= other_last and other.valid_from <= last)
