"""How a project stands, folded from the projects service's events: what is counted, and since which day.

A project is one row per event in the read-model, each with the whole standing after it; what it counts for
is said by `marks`, so that a figure needs no event but the last of each mark.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from services.progress import readers
from shared.consumer import Poison

KNOWN = "project:known"  # registered and not ended
UNDERWAY = "project:underway"  # 在建: from the start until acceptance or the end
BUILT = "project:built"  # 已建成: producing, and not accepted yet
IN_COHORT = (
    "project:in_cohort"  # 合同项目: a contract counts in its year until the project is formally ended
)
SAVING_EXPECTED = "project:saving_expected"  # 节能量: what it should save in a year, tce
SAVING_VERIFIED = "project:saving_verified"  # 核定节能量: what it was found to save
LISTED = "project:listed"  # 名录, 储备库: in a register


def reached(stage: str) -> str:
    """The mark of the day on which a stage was first reached, e.g. `project:started`."""
    return f"project:{stage}"


class Step(msgspec.Struct, frozen=True):
    """A stage reached on a day."""

    stage: str
    on: date
    amount: Decimal | None = None


class Saving(msgspec.Struct, frozen=True):
    """A saving stated on a day, tce a year."""

    on: date
    tce: Decimal


class Standing(msgspec.Struct, frozen=True):
    """A project after an event. `traits` is what a tally may ask for: tags, investor, contract, amounts …"""

    project: str
    region: str
    investment: Decimal | None
    registered_on: date
    traits: dict[str, Any] = {}
    registers: list[readers.Membership] = []
    steps: list[Step] = []
    savings: dict[str, Saving] = {}
    """By mark: the last that was stated."""


def fold(before: Standing | None, event: readers.ProjectEvent) -> Standing:
    """The standing after an event. Raises Poison for an event of a project that was never registered."""
    if isinstance(event, readers.ProjectRegistered):
        return Standing(
            project=event.project,
            region=event.region,
            investment=event.total_investment,
            registered_on=event.registered_on,
            traits=_traits(event),
            registers=event.registers,
            steps=[Step("planned", event.planned_on)],
        )
    if before is None:
        raise Poison(f"{type(event).__name__} of project {event.project!r}, which was never registered")
    match event:
        case readers.ProjectChanged():
            return replace(before, investment=event.total_investment, traits=_traits(event))
        case readers.ProjectStageReached():
            return replace(before, steps=[*before.steps, Step(event.stage, event.on, event.amount)])
        case readers.ProjectStageCorrected():
            right = (
                [] if event.stage is None or event.on is None else [Step(event.stage, event.on, event.amount)]
            )
            index = event.step - 1
            return replace(before, steps=[*before.steps[:index], *right, *before.steps[index + 1 :]])
        case readers.EnergySavingVerified():
            return replace(before, savings={**before.savings, SAVING_VERIFIED: Saving(event.on, event.tce)})
        case readers.EnergySavingExpected():
            return replace(before, savings={**before.savings, SAVING_EXPECTED: Saving(event.on, event.tce)})
        case readers.RegisterJoined():
            joined = readers.Membership(event.register, event.valid_from)
            return replace(before, registers=[*before.registers, joined])
        case readers.RegisterLeft():
            left = (event.register, event.valid_from)
            return replace(
                before,
                registers=[
                    replace(each, valid_to=event.valid_to)
                    if (each.register, each.valid_from) == left
                    else each
                    for each in before.registers
                ],
            )
        case _:
            raise Poison(f"{type(event).__name__} is read, but nothing says what it makes of a project")


def _traits(event: readers.ProjectRegistered | readers.ProjectChanged) -> dict[str, Any]:
    return {"programmes": event.programmes, "tags": event.tags, "investor": event.investor}


@dataclass(frozen=True, slots=True)
class Mark:
    """That a project counts for `measure` since `day`, until `until` (None: still), with an amount in `unit`."""

    measure: str
    key: str
    region: str
    day: date
    until: date | None
    amount: Decimal | None
    detail: Mapping[str, Any]
    unit: str = "CNY"


def marks(standing: Standing) -> Iterator[Mark]:
    """What a project counts for as it stands: its first day at each stage, and the spans it is something.

    The detail carries the traits, the registers it is in now and the days of its stages: tallies filter by it.
    """
    first: dict[str, Step] = {}
    for step in standing.steps:
        if step.stage not in first or step.on < first[step.stage].on:
            first[step.stage] = step
    detail = {
        **standing.traits,
        "project": standing.project,
        "registers": sorted({each.register for each in standing.registers if each.valid_to is None}),
        "reached": {stage: step.on.isoformat() for stage, step in first.items()},
    }

    def mark(measure: str, day: date, until: date | None = None, amount: Decimal | None = None) -> Mark:
        value = standing.investment if amount is None else amount
        return Mark(measure, standing.project, standing.region, day, until, value, detail)

    def on(stage: str) -> date | None:
        return first[stage].on if stage in first else None

    for stage, step in first.items():
        yield mark(reached(stage), step.on, amount=step.amount)
    over = min((day for day in (on("terminated"), on("accepted")) if day is not None), default=None)
    yield mark(KNOWN, standing.registered_on, on("terminated"))
    if (started := on("started")) is not None:
        yield mark(UNDERWAY, started, over)
    if (producing := on("producing")) is not None:
        yield mark(BUILT, producing, over)
    if "contract_signed" in first and "formally_ended" not in first:
        yield mark(IN_COHORT, first["contract_signed"].on, amount=first["contract_signed"].amount)
    for name, saving in standing.savings.items():
        key, region = standing.project, standing.region
        yield Mark(name, key, region, saving.on, None, saving.tce, detail, unit="tce")
    for each in standing.registers:
        listed = {**detail, "register": each.register}
        key = f"{standing.project}:{each.register}:{each.valid_from}"
        span = (each.valid_from, each.valid_to)
        yield Mark(LISTED, key, standing.region, *span, standing.investment, listed)


def differences(before: Sequence[Mark], after: Sequence[Mark]) -> Iterator[tuple[Mark, bool]]:
    """The marks that an event sets or takes away (False), so that only what it says is written."""
    old = {(mark.measure, mark.key): mark for mark in before}
    new = {(mark.measure, mark.key): mark for mark in after}
    for key, mark in new.items():
        if old.get(key) != mark:
            yield mark, True
    for key, mark in old.items():
        if key not in new:
            yield mark, False
