"""What may be done with a measure (措施) and its items, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.projects.domain.checks import not_in_future
from services.projects.domain.measure import (
    Item,
    Measure,
    MeasureCompleted,
    MeasureEvent,
    MeasureFollowedUp,
    MeasureItem,
    MeasureItemAdded,
    MeasureItemCompleted,
    MeasureItemReopened,
    MeasureOpened,
    MeasureReopened,
    MeasureState,
    NoMeasure,
)
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class OpenMeasure:
    """Promise something."""

    measure: str
    kind: str
    name: str
    region: str
    rows: tuple[str, ...]
    owner: str
    due_on: date
    source: str
    today: date
    reported_by: str
    tag: str | None = None
    industries: tuple[str, ...] = ()
    items: tuple[MeasureItem, ...] = ()


@dataclass(frozen=True, slots=True)
class AddMeasureItem:
    """Name a further part of it."""

    measure: str
    item: MeasureItem
    source: str
    on: date
    reported_by: str
    today: date


@dataclass(frozen=True, slots=True)
class FollowUpMeasure:
    """Say what was done for it, or for one of its items."""

    measure: str
    on: date
    text: str
    evidence: str
    reported_by: str
    today: date
    item: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteMeasure:
    """Say that it, or one of its items, is done, by what."""

    measure: str
    on: date
    evidence: str
    reported_by: str
    today: date
    item: str | None = None


@dataclass(frozen=True, slots=True)
class ReopenMeasure:
    """It, or one of its items, is not done after all; the measure with a new day, or the old one."""

    measure: str
    on: date
    reason: str
    reported_by: str
    today: date
    due_on: date | None = None
    item: str | None = None


MeasureCommand = OpenMeasure | AddMeasureItem | FollowUpMeasure | CompleteMeasure | ReopenMeasure


def decide(command: MeasureCommand, state: MeasureState) -> Sequence[MeasureEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (OpenMeasure(), NoMeasure()):
            return [_opened(command)]
        case (OpenMeasure(), Measure()):
            return _opened_again(command, state)
        case (AddMeasureItem(), Measure()):
            return _added(command, state)
        case (FollowUpMeasure(), Measure()):
            return _followed_up(command, state)
        case (CompleteMeasure(item=str(name)), Measure()):
            return _item_completed(command, _item(state, name), state)
        case (CompleteMeasure(), Measure()):
            return _completed(command, state)
        case (ReopenMeasure(item=str(name)), Measure()):
            return [_item_reopened(command, _item(state, name), state)]
        case (ReopenMeasure(), Measure()):
            return [_reopened(command, state)]
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no measure {command.measure!r}.",
                code="not-found",
                status=404,
                where="measure",
                remedy="Open the measure first, or check its id.",
            )


def _opened(command: OpenMeasure) -> MeasureOpened:
    names = [each.item for each in command.items]
    if len(names) != len(set(names)):
        raise Refused("An item is named twice.", code="named-twice", where="items", remedy="Name each once.")
    return MeasureOpened(
        command.measure,
        command.kind,
        command.name,
        command.region,
        command.rows,
        command.owner,
        command.due_on,
        command.source,
        command.today,
        command.tag,
        command.industries,
        command.items,
    )


def _opened_again(command: OpenMeasure, state: Measure) -> Sequence[MeasureEvent]:
    """The same changes nothing; items that it didn't have are added, so that a fuller plan can be loaded."""
    again = replace(_opened(command), opened_on=state.opened.opened_on, items=state.opened.items)
    if again != state.opened:
        raise Refused(
            f"There is a measure {command.measure!r} already, with other content.",
            code="exists",
            status=409,
            where="measure",
            remedy="Use another id.",
        )
    events: list[MeasureEvent] = []
    for item in command.items:
        added = AddMeasureItem(
            command.measure, item, command.source, command.today, command.reported_by, command.today
        )
        events += _added(added, state)
    return events


def _added(command: AddMeasureItem, state: Measure) -> Sequence[MeasureEvent]:
    known = state.item(command.item.item)
    if known is not None:
        if known.known == command.item:
            return []
        raise Refused(
            f"There is an item {command.item.item!r} already, with other content ({known.known.name}).",
            code="exists",
            status=409,
            where="item",
            remedy="Use another id.",
        )
    _check(command.on, command.today, state)
    return [
        MeasureItemAdded(
            command.measure,
            state.opened.region,
            command.item,
            command.source,
            command.on,
            command.reported_by,
        )
    ]


def _followed_up(command: FollowUpMeasure, state: Measure) -> Sequence[MeasureEvent]:
    if command.item is not None:
        _item(state, command.item)
    event = MeasureFollowedUp(
        command.measure,
        state.opened.region,
        command.on,
        command.text,
        command.evidence,
        command.reported_by,
        command.item,
    )
    if any(replace(each, reported_by=event.reported_by) == event for each in state.follow_ups):
        return []
    _check(command.on, command.today, state)
    return [event]


def _item_completed(command: CompleteMeasure, item: Item, state: Measure) -> Sequence[MeasureEvent]:
    if (done := item.completed) is not None:
        if (done.on, done.evidence) == (command.on, command.evidence):
            return []
        raise Refused(
            f"The item was completed on {done.on} ({done.evidence}).",
            code="completed",
            status=409,
            where="item",
            remedy="Reopen it first, if that was wrong.",
        )
    _check(command.on, command.today, state)
    return [
        MeasureItemCompleted(
            command.measure,
            state.opened.region,
            item.known.item,
            command.on,
            command.evidence,
            command.reported_by,
            state.items_done + 1,
            len(state.items),
        )
    ]


def _completed(command: CompleteMeasure, state: Measure) -> Sequence[MeasureEvent]:
    if (done := state.completed) is not None:
        if (done.on, done.evidence) == (command.on, command.evidence):
            return []
        raise _is_completed(done)
    _check(command.on, command.today, state)
    if still := [each.known.item for each in state.items if each.completed is None]:
        raise Refused(
            f"{len(still)} of its {len(state.items)} items are open: {', '.join(still)}.",
            code="items-open",
            status=409,
            where="measure",
            remedy="Complete each item first, with what shows it.",
        )
    late = command.on > state.due_on
    region = state.opened.region
    return [
        MeasureCompleted(command.measure, region, command.on, command.evidence, command.reported_by, late)
    ]


def _item_reopened(command: ReopenMeasure, item: Item, state: Measure) -> MeasureItemReopened:
    if item.completed is None:
        raise Refused("The item is open.", code="open", status=409, where="item")
    _check(command.on, command.today, state)
    return MeasureItemReopened(
        command.measure,
        state.opened.region,
        item.known.item,
        command.on,
        command.reason,
        command.reported_by,
        state.items_done - 1,
        len(state.items),
    )


def _reopened(command: ReopenMeasure, state: Measure) -> MeasureReopened:
    if state.completed is None:
        raise Refused("The measure is open.", code="open", status=409, where="measure")
    not_in_future(command.on, command.today)
    return MeasureReopened(
        command.measure,
        state.opened.region,
        command.on,
        command.reason,
        command.reported_by,
        command.due_on or state.due_on,
    )


def _item(state: Measure, name: str) -> Item:
    item = state.item(name)
    if item is None:
        raise Refused(
            f"The measure has no item {name!r}.",
            code="not-found",
            status=404,
            where="item",
            remedy="Add the item first, or check its id.",
        )
    return item


def _check(on: date, today: date, state: Measure) -> None:
    not_in_future(on, today)
    if state.completed is not None:
        raise _is_completed(state.completed)


def _is_completed(done: MeasureCompleted) -> Refused:
    return Refused(
        f"The measure was completed on {done.on} ({done.evidence}).",
        code="completed",
        status=409,
        where="measure",
        remedy="Reopen it first, if that was wrong.",
    )
