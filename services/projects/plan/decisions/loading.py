"""Decides on loading a plan's parts: adds to what the plan has, or replaces it, without touching what other plans use.

All plans share one map of regions, one rule per name and day, and one meaning per register or tag id. Until plans are
scoped by province everywhere, a load that would drop or change what another plan uses is refused as a whole.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from services.projects.common.refusal import Refused
from services.projects.common.rules import Rule
from services.projects.plan.decisions.commands import LoadPlan, parts
from services.projects.plan.facts import (
    INITIAL,
    DutiesLoaded,
    LoadedPlan,
    PlanEvent,
    ProgrammesLoaded,
    RegionsLoaded,
    RegistersLoaded,
    RulesLoaded,
    TagsLoaded,
    displaces,
    evolve,
)
from shared.command import Given, decider

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Given):
    """What every plan loaded before, in the order of the log."""

    history: tuple[PlanEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a plan: its field, its event, the key of a row, and how messages name a row."""

    name: str
    kind: type[PlanEvent]
    key: Callable[[Any], Any]
    called: Callable[[Any], str]


def _rule_key(rule: Rule) -> tuple[str, object]:
    return rule.rule, rule.valid_from


_PARTS = (
    _Part("regions", RegionsLoaded, lambda row: row.code, lambda row: row.code),
    _Part("programmes", ProgrammesLoaded, lambda row: row.code, lambda row: row.code),
    _Part("registers", RegistersLoaded, lambda row: row.register, lambda row: row.register),
    _Part("duties", DutiesLoaded, lambda row: row.duty, lambda row: row.duty),
    _Part("rules", RulesLoaded, _rule_key, lambda row: f"{row.rule} ({row.valid_from})"),
    _Part("tags", TagsLoaded, lambda row: row.tag, lambda row: row.tag),
)


def decide(command: LoadPlan, state: LoadedPlan, given: Beside) -> Sequence[PlanEvent]:
    """One event for each part that has changed, or that another plan's load has displaced. Raises Refused."""
    named, result = parts(command), dict[str, tuple[Any, ...]]()
    refused: list[str] = []
    for part in _PARTS:
        new, had = named[part.name], _rows(state.parts.get(part.kind), part)
        _each_once(part, new)
        made = new if command.replace and new else _added(part, had, new, refused)
        result[part.name] = tuple(sorted(made, key=part.key)) if part.name == "regions" else made
    if refused:
        raise _would_change(refused)
    _check_whole(result)
    events = [
        part.kind(plan=command.plan, **{part.name: result[part.name]})
        for part in _PARTS
        if named[part.name] and _is_new(part, command.plan, state, result[part.name], given.history)
    ]
    _check_others(command, events, given.history)
    return events


PLAN = decider(INITIAL, decide, evolve)


def _rows(event: PlanEvent | None, part: _Part) -> tuple[Any, ...]:
    return () if event is None else getattr(event, part.name)


def _added(part: _Part, had: tuple[Any, ...], given: tuple[Any, ...], refused: list[str]) -> tuple[Any, ...]:
    """The plan's rows plus the new ones; a row that exists with other content is added to `refused`."""
    known = {part.key(row): row for row in had}
    changed = [row for row in given if known.get(part.key(row), row) != row]
    if changed:
        refused.append(f"{part.name} {_named(map(part.called, changed))}")
    return (*had, *(row for row in given if part.key(row) not in known))


def _would_change(what: list[str]) -> Refused:
    return Refused(
        f"The plan has these already, with other content: {'; '.join(what)}. Nothing was loaded.",
        code="would-change",
        status=409,
        where=what[0].partition(" ")[0],
        remedy="Leave them out to only add the others; or send the parts whole, with replace: true.",
    )


def _is_new(
    part: _Part, plan: str, state: LoadedPlan, rows: tuple[Any, ...], history: Sequence[PlanEvent]
) -> bool:
    if _rows(state.parts.get(part.kind), part) != rows:
        return True
    if all(event.plan == plan for event in history):
        return False
    standing = _standing(history, part)
    return any(standing.get(_place(part, plan, row)) != row for row in rows)


def _place(part: _Part, plan: str, row: Any) -> tuple[str, Any]:
    """The key of a row: regions are shared by all plans, rows of other parts belong to one plan."""
    return "" if part.kind is RegionsLoaded else plan, part.key(row)


def _standing(history: Iterable[PlanEvent], part: _Part) -> dict[tuple[str, Any], Any]:
    """The rows of a part in force: the newest map of regions; else every row that no later load displaced."""
    found: dict[tuple[str, Any], Any] = {}
    for event in history:
        if not isinstance(event, part.kind):
            continue
        rows = _rows(event, part)
        kept = {} if part.kind is RegionsLoaded else _undisturbed(found, event.plan, rows)
        found = kept | {_place(part, event.plan, row): row for row in rows}
    return found


def _undisturbed(
    found: dict[tuple[str, Any], Any], plan: str, rows: Sequence[Any]
) -> dict[tuple[str, Any], Any]:
    return {
        place: row
        for place, row in found.items()
        if place[0] != plan and not any(displaces(row, new) for new in rows)
    }


def _check_others(command: LoadPlan, events: Sequence[PlanEvent], history: Sequence[PlanEvent]) -> None:
    """Raises Refused 409 if the load would drop or change a row in force of another plan."""
    lost: dict[str, list[str]] = {}
    newest: dict[tuple[str, type[PlanEvent]], PlanEvent] = {(each.plan, type(each)): each for each in history}
    for event in events:
        part = next(each for each in _PARTS if isinstance(event, each.kind))
        new = {part.key(row): row for row in _rows(event, part)}
        standing = _standing(history, part)
        for (plan, kind), other in newest.items():
            if plan == command.plan or plan in command.over or kind is not part.kind:
                continue
            for row in _rows(other, part):
                if standing.get(_place(part, plan, row)) == row and _loses(part, row, new):
                    lost.setdefault(plan, []).append(f"{part.name} {part.called(row)}")
    if lost:
        told = "; ".join(f"{plan}: {_named(rows)}" for plan, rows in sorted(lost.items()))
        raise Refused(
            f"This drops or changes what another plan goes by: {told}. Nothing was loaded.",
            code="used-by-another-plan",
            status=409,
            where=next(iter(lost.values()))[0].partition(" ")[0],
            remedy="Let the plan name them as they are. If the other plan is to lose them, name it in `over` "
            "(shengji plan load … --over PLAN).",
            extra={"plans": sorted(lost)},
        )


def _loses(part: _Part, row: Any, new: dict[Any, Any]) -> bool:
    if part.name == "regions":
        return bool(new.get(row.code) != row)
    return any(displaces(row, each) for each in new.values())


def _check_whole(result: dict[str, tuple[Any, ...]]) -> None:
    """The parts refer only to each other's existing rows after the load. Raises Refused."""
    wrong = list(_faults(result))
    if wrong:
        raise Refused(
            f"{wrong[0][1]}{f' (and {len(wrong) - 1} more)' if len(wrong) > 1 else ''}. Nothing was loaded.",
            code="inconsistent-plan",
            where=wrong[0][0],
            remedy="Correct every place named under errors and load the plan again.",
            extra={"errors": [{"where": where, "why": why} for where, why in wrong[:50]]},
        )


def _faults(result: dict[str, tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    regions, programmes = result["regions"], {row.code for row in result["programmes"]}
    codes = {row.code for row in regions}
    provinces = sorted(row.code for row in regions if row.parent is None)
    if len(provinces) > 1:
        yield "regions", f"{', '.join(provinces)} lie under no region: one province has a plan here"
    for region in regions:
        for to in (region.parent, *(relation.to for relation in region.relations)):
            if to is not None and to not in codes:
                yield "regions", f"{region.code} names the region {to}, which isn't among them"
        if region.valid_from and region.valid_to and region.valid_to < region.valid_from:
            yield "regions", f"{region.code} ends before it begins"
    fields = {row.tag: row.programme for row in result["tags"] if row.parent is None}
    for tag in result["tags"]:
        if programmes and tag.programme not in programmes:
            yield "tags", f"{tag.tag} is of {tag.programme}, which is no programme of the plan"
        if tag.parent is not None and fields.get(tag.parent) != tag.programme:
            yield "tags", f"{tag.tag} lies under {tag.parent}, which is no field of {tag.programme}"
    ordered = sorted(result["rules"], key=_rule_key)
    for rule in ordered:
        if rule.valid_to is not None and rule.valid_to < rule.valid_from:
            yield "rules", f"{rule.rule} ends on {rule.valid_to}, before it begins on {rule.valid_from}"
    for earlier, later in pairwise(ordered):
        if earlier.rule == later.rule and earlier.holds(later.valid_from):
            yield "rules", f"two rules {later.rule} hold on {later.valid_from}"


def _each_once(part: _Part, rows: Sequence[Any]) -> None:
    """Raises Refused for two rows with the same name: which of them holds can't be guessed."""
    counted = Counter(part.called(row) for row in rows)
    twice = sorted(name for name, count in counted.items() if count > 1)
    if twice:
        raise Refused(
            f"{part.name} names {', '.join(twice[:5])} more than once.",
            code="named-twice",
            where=part.name,
            remedy="Give each of them once.",
        )


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
