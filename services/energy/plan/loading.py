"""Loads a plan's parts: adds to what the plan has, or replaces it, and never changes what other plans rely on.

Regions are one map for all plans; of a carrier's coefficients, and of the rules of a kind, one is in force on a day.
Until plans are scoped by province everywhere, a load that drops or changes what another plan relies on is refused as a
whole.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.energy.common.refusal import Refused
from services.energy.plan.consistency import checked
from services.energy.plan.facts import (
    CoefficientsLoaded,
    EnergyRulesLoaded,
    Event,
    KeyUserRule,
    MonitoringRule,
    PlanCoefficient,
    Reference,
    RegionsLoaded,
    evolve,
)

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The parts of one plan; None leaves a part as it is.

    `replace`: each part given is all of it. Without it rows are only added. `over`: other plans that may lose by it.
    `history`: what every plan loaded before, in the order of the log.
    """

    plan: str
    regions: tuple[Any, ...] | None
    coefficients: tuple[PlanCoefficient, ...] | None
    key_user_rules: tuple[KeyUserRule, ...] | None
    monitoring_rules: tuple[MonitoringRule, ...] | None
    replace: bool = False
    over: frozenset[str] = frozenset()
    history: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part: its rows' name in command, event and state, and what a row is called among them."""

    name: str
    key: Callable[[Any], tuple[Any, ...]]


_PARTS = (
    _Part("regions", lambda row: (row.code,)),
    _Part("coefficients", lambda row: (row.carrier, row.basis, row.edition, row.valid_from)),
    _Part("key_user_rules", lambda row: (row.valid_from,)),
    _Part("monitoring_rules", lambda row: (row.valid_from,)),
)


def decide(command: LoadPlan, state: Reference) -> Sequence[Event]:
    """One event for each part that differs, or that another plan has displaced. Raises Refused, loading nothing."""
    given = [part for part in _PARTS if getattr(command, part.name) is not None]
    result = state
    refused: list[str] = []
    for part in given:
        rows, had = getattr(command, part.name), getattr(state, part.name)
        if not command.replace:
            rows = _added(part, had, rows, refused)
        result = replace(result, **{part.name: rows})
    if refused:
        raise Refused(
            "would-change",
            f"The plan has these already, with other content: {'; '.join(refused)}. Nothing was loaded.",
            where=refused[0].partition(" ")[0],
            status=409,
            remedy="Leave them out to only add the others; or send the parts whole, with replace: true.",
        )
    new = {part.name for part in given if _is_new(part, command, state, getattr(result, part.name))}
    checked(result, new)
    events: list[Event] = []
    if "regions" in new:
        events.append(RegionsLoaded(command.plan, result.regions))
    if "coefficients" in new:
        events.append(CoefficientsLoaded(command.plan, result.coefficients))
    if new & {"key_user_rules", "monitoring_rules"}:
        events.append(EnergyRulesLoaded(command.plan, result.key_user_rules, result.monitoring_rules))
    _check_others(command, events)
    return events


def _added(part: _Part, had: tuple[Any, ...], given: tuple[Any, ...], refused: list[str]) -> tuple[Any, ...]:
    """The plan's rows with the new ones added; a row that exists with other content is noted in `refused`."""
    known = {part.key(row): row for row in had}
    changed = [row for row in given if known.get(part.key(row), row) != row]
    if changed:
        refused.append(f"{part.name} {_named(part, changed)}")
    return (*had, *(row for row in given if part.key(row) not in known))


def _is_new(part: _Part, command: LoadPlan, state: Reference, rows: tuple[Any, ...]) -> bool:
    if getattr(state, part.name) != rows:
        return True
    if all(event.plan == command.plan for event in command.history):
        return False
    standing = _standing(command.history, part)
    return any(standing.get(_place(part, command.plan, row)) != row for row in rows)


def _place(part: _Part, plan: str, row: Any) -> tuple[str, tuple[Any, ...]]:
    """The key of a row: regions are one map for all plans, of the other parts each plan has its own rows."""
    return "" if part.name == "regions" else plan, part.key(row)


def _standing(history: Iterable[Event], part: _Part) -> dict[tuple[str, tuple[Any, ...]], Any]:
    """The rows of a part that hold: the newest map of regions; a row that none loaded later has displaced."""
    found: dict[tuple[str, tuple[Any, ...]], Any] = {}
    for event in history:
        rows = getattr(event, part.name, None)
        if rows is None:
            continue
        kept = {
            place: row
            for place, row in found.items()
            if part.name != "regions"
            and place[0] != event.plan
            and not any(displaces(row, new) for new in rows)
        }
        found = kept | {_place(part, event.plan, row): row for row in rows}
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


def _overlap(one: Any, other: Any) -> bool:
    last, other_last = one.valid_to or date.max, other.valid_to or date.max
    return bool(one.valid_from <= other_last and other.valid_from <= last)


def _check_others(command: LoadPlan, events: Sequence[Event]) -> None:
    """Raises Refused (409) if the load would drop or change a row in force that another plan loaded."""
    others: dict[str, Reference] = {}
    for event in command.history:
        others[event.plan] = evolve(others.get(event.plan, Reference()), event)
    lost: dict[str, list[str]] = {}
    for event in events:
        for part in _PARTS:
            new = getattr(event, part.name, None)
            if new is None:
                continue
            standing, by_key = _standing(command.history, part), {part.key(row): row for row in new}
            for plan, other in others.items():
                if plan == command.plan or plan in command.over:
                    continue
                rows = [
                    row
                    for row in getattr(other, part.name)
                    if standing.get(_place(part, plan, row)) == row
                    and (
                        by_key.get(part.key(row)) != row
                        if part.name == "regions"
                        else any(displaces(row, each) for each in new)
                    )
                ]
                if rows:
                    lost.setdefault(plan, []).append(f"{part.name} {_named(part, rows)}")
    if lost:
        told = "; ".join(f"{plan}: {'; '.join(rows)}" for plan, rows in sorted(lost.items()))
        raise Refused(
            "used-by-another-plan",
            f"This drops or changes what another plan goes by: {told}. Nothing was loaded.",
            where=next(iter(lost.values()))[0].partition(" ")[0],
            status=409,
            remedy="Let the plan name them as they are. If the other plan is to lose them, name it in `over` "
            "(shengji plan load … --over PLAN).",
        )


def _named(part: _Part, rows: Sequence[Any]) -> str:
    listed = [" ".join(map(str, part.key(row))) for row in rows]
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
