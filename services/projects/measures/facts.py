"""What is known of a measure: what was promised, its items, what was done, and whether it is completed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureItem:
    """A named part (分项) of a measure; `industries` (GB/T 4754 prefixes) narrow the projects that it reaches."""

    item: str
    name: str
    industries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureOpened:
    """A measure is promised: which rows of the plan it carries out, who owns it, and by when."""

    measure: str
    kind: str
    name: str
    region: str
    rows: tuple[str, ...]
    owner: str
    due_on: date
    source: str
    opened_on: date
    tag: str | None = None
    industries: tuple[str, ...] = ()
    items: tuple[MeasureItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureItemAdded:
    """A further part of the promise is named: the plan's lists end in 等."""

    measure: str
    region: str
    item: MeasureItem
    source: str
    on: date
    reported_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFollowedUp:
    """What was done for it, or for one of its items, on a day (跟踪落实), and what shows it."""

    measure: str
    region: str
    on: date
    text: str
    evidence: str
    reported_by: str
    item: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureItemCompleted:
    """One item is done: `items_done` of the measure's `item_count` are, with it."""

    measure: str
    region: str
    item: str
    on: date
    evidence: str
    reported_by: str
    items_done: int
    item_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureItemReopened:
    """One item turned out not to be done."""

    measure: str
    region: str
    item: str
    on: date
    reason: str
    reported_by: str
    items_done: int
    item_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCompleted:
    """It is done: `evidence` is the document issued, the meeting's record, …"""

    measure: str
    region: str
    on: date
    evidence: str
    reported_by: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureReopened:
    """It turned out not to be done."""

    measure: str
    region: str
    on: date
    reason: str
    reported_by: str
    due_on: date


MeasureEvent = (
    MeasureOpened
    | MeasureItemAdded
    | MeasureFollowedUp
    | MeasureItemCompleted
    | MeasureItemReopened
    | MeasureCompleted
    | MeasureReopened
)


@dataclass(frozen=True, slots=True)
class NoMeasure:
    """No such measure yet."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it stands; `completed` is None while it is open."""

    known: MeasureItem
    completed: MeasureItemCompleted | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with what was done for it; `completed` is None while it is open."""

    opened: MeasureOpened
    due_on: date
    items: tuple[Item, ...] = ()
    follow_ups: tuple[MeasureFollowedUp, ...] = ()
    completed: MeasureCompleted | None = None
    last_on: date | None = None

    @property
    def items_done(self) -> int:
        return sum(each.completed is not None for each in self.items)

    def item(self, name: str) -> Item | None:
        """The item of that id."""
        return next((each for each in self.items if each.known.item == name), None)


MeasureState = NoMeasure | Measure
INITIAL: MeasureState = NoMeasure()


def stream(measure: str) -> str:
    """The stream of one measure."""
    return f"measure:{measure}"


def evolve(state: MeasureState, event: MeasureEvent) -> MeasureState:
    """The state after a stored fact."""
    match event:
        case MeasureOpened():
            return Measure(event, event.due_on, tuple(Item(each) for each in event.items))
        case MeasureItemAdded():
            known = _known(state)
            return replace(known, items=(*known.items, Item(event.item)))
        case MeasureFollowedUp():
            known = _known(state)
            return replace(known, follow_ups=(*known.follow_ups, event), last_on=event.on)
        case MeasureItemCompleted():
            done = event
            return _with_item(state, event, lambda item: replace(item, completed=done))
        case MeasureItemReopened():
            return _with_item(state, event, lambda item: replace(item, completed=None))
        case MeasureCompleted():
            return replace(_known(state), completed=event, last_on=event.on)
        case MeasureReopened():
            return replace(_known(state), completed=None, due_on=event.due_on, last_on=event.on)
        case _:
            assert_never(event)


def _with_item(
    state: MeasureState, event: MeasureItemCompleted | MeasureItemReopened, change: Callable[[Item], Item]
) -> Measure:
    known = _known(state)
    items = tuple(change(each) if each.known.item == event.item else each for each in known.items)
    return replace(known, items=items, last_on=event.on)


def _known(state: MeasureState) -> Measure:
    if not isinstance(state, Measure):
        raise TypeError("a measure's history starts with MeasureOpened")
    return state
