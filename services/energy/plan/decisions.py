"""Loads a plan's parts: adds to what the plan has, or replaces it, and never changes what other plans rely on.

Regions are one map for all plans; of a carrier's coefficients, and of the rules of a kind, one is in force on a day.
Until plans are scoped by province everywhere, a load that drops or changes what another plan relies on is refused as a
whole. What was counted with an older coefficient stays counted with it until a restatement is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from services.energy.common.refusal import Refused
from services.energy.common.values import CarrierCode, Day, Line, Note, Quantity, RegionCode, ShortText
from services.energy.plan.consistency import checked
from services.energy.plan.facts import (
    INITIAL,
    CoefficientsLoaded,
    EnergyRulesLoaded,
    KeyUserRule,
    MonitoringRule,
    PlanCoefficient,
    PlanEvent,
    PlanRegion,
    Reference,
    RegionRelation,
    RegionsLoaded,
    evolve,
)
from services.energy.plan.parts import PARTS, Part, displaces, named, place, standing
from shared.command import Given, command, decider
from shared.values import Many, Number, Says, Text

PlanId = Annotated[
    str, Text(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="id of the plan", example="fujian-2013")
]
Kgce = Annotated[Quantity, Number(ge=0, lt=1_000_000)]


@command()
class RelationIn:
    """A dated relation of a region beside its parent (X-19)."""

    kind: Annotated[ShortText, Says(description="e.g. part_of, reports_to")]
    to: RegionCode
    valid_from: Day | None = None
    valid_to: Day | None = None


@command()
class RegionIn:
    """A region of the plan."""

    code: RegionCode
    name: ShortText
    level: Literal["province", "prefecture", "county", "zone"]
    parent: RegionCode | None = None
    administered: Annotated[bool, Says(description="false: listed, but not administered here")] = True
    valid_from: Day | None = None
    valid_to: Day | None = None
    relations: Annotated[tuple[RelationIn, ...], Many(max_length=20)] = ()


@command(extra="ignore")
class CoefficientIn:
    """A conversion coefficient to standard coal (折标准煤系数) as the standard prints it."""

    edition: Annotated[ShortText, Says(example="GB/T 2589-2008")]
    carrier: CarrierCode
    name: Annotated[ShortText, Says(description="the carrier's name", example="电力")]
    group: Annotated[Line, Text(max_length=60)] = ""
    basis: Literal["equal", "equivalent", "both"]
    unit: Literal["kWh", "kg", "t", "m3", "MJ"]
    kgce: Annotated[Kgce | None, Says(description="kgce per unit; none: a range")] = None
    kgce_low: Annotated[Quantity, Number(ge=0)] | None = None
    kgce_high: Annotated[Quantity, Number(ge=0)] | None = None
    valid_from: Day
    valid_to: Day | None = None
    provisional: bool = False
    source: ShortText
    confidence: Annotated[Line, Text(max_length=20)] = ""
    note: Note = ""


@command()
class KeyUserRuleIn:
    """From how many tce a year on one is a key energy user; both lines inclusive (以上)."""

    threshold_tce: Annotated[Quantity, Number(gt=0, example="10000")]
    designated_from_tce: Annotated[Quantity, Number(gt=0, example="5000")]
    valid_from: Day
    valid_to: Day | None = None
    source: ShortText


@command()
class MonitoringRuleIn:
    """After how many hours without any reading a feed is silent."""

    silent_after_hours: Annotated[Quantity, Number(gt=0, le=8760, example="2")]
    valid_from: Day
    valid_to: Day | None = None
    source: ShortText


@command(
    extra="ignore",
    example={
        "plan": "fujian-2013",
        "coefficients": [
            {
                "edition": "GB/T 2589-2008",
                "carrier": "electricity",
                "name": "电力",
                "basis": "equal",
                "unit": "kWh",
                "kgce": "0.1229",
                "valid_from": "2008-06-01",
                "valid_to": "2021-03-31",
                "source": "GB/T 2589-2008, Annex A",
            }
        ],
    },
)
class LoadPlan:
    """The parts of a plan that energy owns; a part that is left out stays as it is. Carriers follow from the
    coefficients; other parts of a plan are ignored."""

    plan: PlanId
    regions: Annotated[tuple[RegionIn, ...], Many(max_length=2000)] | None = None
    coefficients: Annotated[tuple[CoefficientIn, ...], Many(max_length=1000)] | None = None
    key_user_rules: Annotated[tuple[KeyUserRuleIn, ...], Many(max_length=50)] | None = None
    monitoring_rules: Annotated[tuple[MonitoringRuleIn, ...], Many(max_length=50)] | None = None
    replace: Annotated[
        bool,
        Says(
            description="true: each part given is all of it, and what it doesn't name is dropped; false: only add"
        ),
    ] = False
    over: Annotated[
        tuple[PlanId, ...],
        Many(max_length=20, description="other plans that may lose regions, coefficients or rules by it"),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading(Given):
    """`history`: what every plan loaded before, in the order of the log."""

    history: tuple[PlanEvent, ...] = ()


def decide(command: LoadPlan, state: Reference, given: Loading) -> Sequence[PlanEvent]:
    """One event for each part that differs, or that another plan has displaced. Raises Refused, loading nothing."""
    parts = [(part, rows) for part in PARTS if (rows := _rows(command, part)) is not None]
    result = state
    refused: list[str] = []
    for part, rows in parts:
        if not command.replace:
            rows = _added(part, part.rows(state), rows, refused)
        result = replace(result, **{part.name: rows})
    if refused:
        raise Refused(
            "would-change",
            f"The plan has these already, with other content: {'; '.join(refused)}. Nothing was loaded.",
            where=refused[0].partition(" ")[0],
            status=409,
            remedy="Leave them out to only add the others; or send the parts whole, with replace: true.",
        )
    new = {part.name for part, _ in parts if _is_new(part, command.plan, given, state, part.rows(result))}
    checked(result, new)
    events: list[PlanEvent] = []
    if "regions" in new:
        events.append(RegionsLoaded(plan=command.plan, regions=result.regions))
    if "coefficients" in new:
        events.append(CoefficientsLoaded(plan=command.plan, coefficients=result.coefficients))
    if new & {"key_user_rules", "monitoring_rules"}:
        events.append(
            EnergyRulesLoaded(
                plan=command.plan,
                key_user_rules=result.key_user_rules,
                monitoring_rules=result.monitoring_rules,
            )
        )
    _check_others(command, given, events)
    return events


PLAN = decider(INITIAL, decide, evolve)


def _rows(command: LoadPlan, part: Part) -> tuple[Any, ...] | None:
    """A part's rows as facts; None where the command leaves it out."""
    given = getattr(command, part.name)
    return None if given is None else tuple(_FACT[type(row)](row) for row in given)


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


_FACT: dict[type, Any] = {
    RegionIn: lambda row: PlanRegion(
        **{**_fields(row), "relations": tuple(RegionRelation(**_fields(one)) for one in row.relations)}
    ),
    CoefficientIn: lambda row: PlanCoefficient(**_fields(row)),
    KeyUserRuleIn: lambda row: KeyUserRule(**_fields(row)),
    MonitoringRuleIn: lambda row: MonitoringRule(**_fields(row)),
}
"""The fact of a row of a request, which has the same fields."""


def _added(part: Part, had: tuple[Any, ...], given: tuple[Any, ...], refused: list[str]) -> tuple[Any, ...]:
    """The plan's rows with the new ones added; a row that exists with other content is noted in `refused`."""
    known = {part.key(row): row for row in had}
    changed = [row for row in given if known.get(part.key(row), row) != row]
    if changed:
        refused.append(f"{part.name} {named(part, changed)}")
    return (*had, *(row for row in given if part.key(row) not in known))


def _is_new(part: Part, plan: str, given: Loading, state: Reference, rows: tuple[Any, ...]) -> bool:
    if part.rows(state) != rows:
        return True
    if all(event.plan == plan for event in given.history):
        return False
    there = standing(given.history, part)
    return any(there.get(place(part, plan, row)) != row for row in rows)


def _check_others(command: LoadPlan, given: Loading, events: Sequence[PlanEvent]) -> None:
    """Raises Refused (409) if the load would drop or change a row in force that another plan loaded."""
    others: dict[str, Reference] = {}
    for event in given.history:
        others[event.plan] = evolve(others.get(event.plan, INITIAL), event)
    lost: dict[str, list[str]] = {}
    for event in events:
        for part in PARTS:
            new = getattr(event, part.name, None)
            if new is None:
                continue
            there, by_key = standing(given.history, part), {part.key(row): row for row in new}
            for plan, other in others.items():
                if plan == command.plan or plan in command.over:
                    continue
                rows = [
                    row
                    for row in part.rows(other)
                    if there.get(place(part, plan, row)) == row
                    and (
                        by_key.get(part.key(row)) != row
                        if part.name == "regions"
                        else any(displaces(row, each) for each in new)
                    )
                ]
                if rows:
                    lost.setdefault(plan, []).append(f"{part.name} {named(part, rows)}")
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
