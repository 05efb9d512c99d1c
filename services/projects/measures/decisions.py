"""Decisions on measures (措施) and their items: commands in, events or a refusal out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from services.projects.common.asking import not_in_future
from services.projects.common.refusal import Refused
from services.projects.common.values import (
    ID_PATTERN,
    Day,
    Evidence,
    RegionCode,
    ReportedBy,
    SeenVersion,
    ShortText,
)
from services.projects.measures.facts import (
    INITIAL,
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
    evolve,
)
from shared.command import Given, command, decider
from shared.values import Many, Says, Text

MeasureId = Annotated[str, Text(pattern=ID_PATTERN, description="measure id", example="TR-23b-ships")]
ItemId = Annotated[str, Text(pattern=ID_PATTERN, description="item id within the measure", example="steel")]
Kind = Literal[
    "policy",
    "industry_policy",
    "relocation",
    "briefing",
    "reorganisation",
    "platform",
    "cooperation",
    "zone",
    "publicity",
    "funding",
]
Row = Annotated[str, Text(pattern=r"^[A-Z]{2}-\d{1,2}[a-z]?$", example="TR-23b")]
Word = Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$")]
Industries = Annotated[
    tuple[Annotated[str, Text(pattern=r"^\d{2,4}$")], ...],
    Many(
        max_length=30,
        description="only projects of these industries, first digits of GB/T 4754",
        example=["373"],
    ),
]


@command()
class MeasureItemIn:
    """A named part (分项) of a measure."""

    item: ItemId
    name: Annotated[ShortText, Says(description="what it is", example="钢铁行业")]
    industries: Industries = ()

    def said(self) -> MeasureItem:
        """The item as events hold it."""
        return MeasureItem(item=self.item, name=self.name, industries=self.industries)


@command(
    example={
        "measure": "TR-23b-ships",
        "kind": "industry_policy",
        "name": "船舶行业“一业一策”跟踪落实",
        "region": "350000",
        "rows": ["TR-23b"],
        "owner": "省经贸委",
        "due_on": "2013-12-31",
        "source": "TR-23b",
        "tag": "tr_one_industry_one_policy",
        "industries": ["373"],
    }
)
class OpenMeasure:
    """Something that a government promises to do."""

    measure: MeasureId
    kind: Annotated[Kind, Says(description="what sort of measure it is")]
    name: ShortText
    region: Annotated[RegionCode, Says(description="whose measure it is", example="350000")]
    rows: Annotated[
        tuple[Row, ...],
        Many(min_length=1, max_length=10, description="rows of the plan that it carries out"),
    ]
    owner: Annotated[ShortText, Says(description="department that owns it", example="省经贸委")]
    due_on: date
    source: ShortText
    tag: Annotated[Word | None, Says(description="tag of the projects that it reaches")] = None
    industries: Industries = ()
    items: Annotated[
        tuple[MeasureItemIn, ...],
        Many(max_length=100, description="the parts that the plan names, each followed up for itself"),
    ] = ()


@command(
    example={
        "measure": "DI-8",
        "item": "jinjiang-shoes",
        "name": "晋江鞋业示范区",
        "source": "闽经贸〔2013〕77号",
    }
)
class AddMeasureItem(MeasureItemIn):
    """A further part of a measure: the plan's lists end in 等."""

    measure: MeasureId
    version: SeenVersion = None
    source: Annotated[ShortText, Says(description="what names it", example="闽经贸〔2013〕77号")]
    on: Day = None
    reported_by: ReportedBy = None


@command(example={"measure": "TR-23b-ships", "text": "召开政策宣贯会", "evidence": "会议纪要〔2013〕9号"})
class FollowUpMeasure:
    """What was done for a measure."""

    measure: MeasureId
    version: SeenVersion = None
    item: Annotated[ItemId | None, Says(description="for this item; null: for the measure as a whole")] = None
    text: Annotated[ShortText, Says(description="what was done, in words")]
    evidence: Evidence
    on: Day = None
    reported_by: ReportedBy = None


@command(example={"measure": "TR-23c", "evidence": "闽政办〔2013〕88号"})
class CompleteMeasure:
    """A measure is done."""

    measure: MeasureId
    version: SeenVersion = None
    item: Annotated[
        ItemId | None, Says(description="this item only; null: the measure, all of its items done")
    ] = None
    evidence: Evidence
    on: Day = None
    reported_by: ReportedBy = None


@command(example={"measure": "TR-23c", "reason": "文件未印发", "due_on": "2014-01-31"})
class ReopenMeasure:
    """A measure turned out not to be done."""

    measure: MeasureId
    version: SeenVersion = None
    item: Annotated[ItemId | None, Says(description="this item only; null: the measure")] = None
    reason: ShortText
    due_on: Annotated[date | None, Says(description="its new day; null: as it was")] = None
    on: Day = None
    reported_by: ReportedBy = None


MeasureChange = AddMeasureItem | FollowUpMeasure | CompleteMeasure | ReopenMeasure
MeasureCommand = OpenMeasure | MeasureChange


def decide(command: MeasureCommand, state: MeasureState, given: Given) -> Sequence[MeasureEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (OpenMeasure(), NoMeasure()):
            return [_opened(command, given)]
        case (OpenMeasure(), Measure()):
            return _opened_again(command, state, given)
        case (AddMeasureItem(), Measure()):
            return _added(command.said(), command, state, given)
        case (FollowUpMeasure(), Measure()):
            return _followed_up(command, state, given)
        case (CompleteMeasure(item=str(name)), Measure()):
            return _item_completed(command, _item(state, name), state, given)
        case (CompleteMeasure(), Measure()):
            return _completed(command, state, given)
        case (ReopenMeasure(item=str(name)), Measure()):
            return [_item_reopened(command, _item(state, name), state, given)]
        case (ReopenMeasure(), Measure()):
            return [_reopened(command, state, given)]
        case (AddMeasureItem() | FollowUpMeasure() | CompleteMeasure() | ReopenMeasure(), NoMeasure()):
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no measure {command.measure!r}.",
                code="not-found",
                status=404,
                where="measure",
                remedy="Open the measure first, or check its id.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


MEASURE = decider(INITIAL, decide, evolve)


def _opened(command: OpenMeasure, given: Given) -> MeasureOpened:
    names = [each.item for each in command.items]
    if len(names) != len(set(names)):
        raise Refused("An item is named twice.", code="named-twice", where="items", remedy="Name each once.")
    return MeasureOpened(
        measure=command.measure,
        kind=command.kind,
        name=command.name,
        region=command.region,
        rows=command.rows,
        owner=command.owner,
        due_on=command.due_on,
        source=command.source,
        opened_on=given.today,
        tag=command.tag,
        industries=command.industries,
        items=tuple(each.said() for each in command.items),
    )


def _opened_again(command: OpenMeasure, state: Measure, given: Given) -> Sequence[MeasureEvent]:
    """Repeating a measure changes nothing but adds new items, so that a fuller plan can be loaded. Raises Refused."""
    again = replace(_opened(command, given), opened_on=state.opened.opened_on, items=state.opened.items)
    if again != state.opened:
        raise Refused(
            f"There is a measure {command.measure!r} already, with other content.",
            code="exists",
            status=409,
            where="measure",
            remedy="Use another id.",
        )
    return [event for item in command.items for event in _added(item.said(), command, state, given)]


def _added(
    item: MeasureItem, command: OpenMeasure | AddMeasureItem, state: Measure, given: Given
) -> Sequence[MeasureEvent]:
    known = state.item(item.item)
    if known is not None:
        if known.known == item:
            return []
        raise Refused(
            f"There is an item {item.item!r} already, with other content ({known.known.name}).",
            code="exists",
            status=409,
            where="item",
            remedy="Use another id.",
        )
    said = command if isinstance(command, AddMeasureItem) else None
    on = said.on if said and said.on else given.today
    _check(on, given, state)
    return [
        MeasureItemAdded(
            measure=command.measure,
            region=state.opened.region,
            item=item,
            source=command.source,
            on=on,
            reported_by=said.reported_by if said and said.reported_by else given.by,
        )
    ]


def _followed_up(command: FollowUpMeasure, state: Measure, given: Given) -> Sequence[MeasureEvent]:
    if command.item is not None:
        _item(state, command.item)
    event = MeasureFollowedUp(
        measure=command.measure,
        region=state.opened.region,
        on=command.on or given.today,
        text=command.text,
        evidence=command.evidence,
        reported_by=command.reported_by or given.by,
        item=command.item,
    )
    if any(replace(each, reported_by=event.reported_by) == event for each in state.follow_ups):
        return []
    _check(event.on, given, state)
    return [event]


def _item_completed(
    command: CompleteMeasure, item: Item, state: Measure, given: Given
) -> Sequence[MeasureEvent]:
    on = command.on or given.today
    if (done := item.completed) is not None:
        if (done.on, done.evidence) == (on, command.evidence):
            return []
        raise Refused(
            f"The item was completed on {done.on} ({done.evidence}).",
            code="completed",
            status=409,
            where="item",
            remedy="Reopen it first, if that was wrong.",
        )
    _check(on, given, state)
    return [
        MeasureItemCompleted(
            measure=command.measure,
            region=state.opened.region,
            item=item.known.item,
            on=on,
            evidence=command.evidence,
            reported_by=command.reported_by or given.by,
            items_done=state.items_done + 1,
            item_count=len(state.items),
        )
    ]


def _completed(command: CompleteMeasure, state: Measure, given: Given) -> Sequence[MeasureEvent]:
    on = command.on or given.today
    if (done := state.completed) is not None:
        if (done.on, done.evidence) == (on, command.evidence):
            return []
        raise _is_completed(done)
    _check(on, given, state)
    if still := [each.known.item for each in state.items if each.completed is None]:
        raise Refused(
            f"{len(still)} of its {len(state.items)} items are open: {', '.join(still)}.",
            code="items-open",
            status=409,
            where="measure",
            remedy="Complete each item first, with what shows it.",
        )
    return [
        MeasureCompleted(
            measure=command.measure,
            region=state.opened.region,
            on=on,
            evidence=command.evidence,
            reported_by=command.reported_by or given.by,
            late=on > state.due_on,
        )
    ]


def _item_reopened(command: ReopenMeasure, item: Item, state: Measure, given: Given) -> MeasureItemReopened:
    if item.completed is None:
        raise Refused("The item is open.", code="open", status=409, where="item")
    on = command.on or given.today
    _check(on, given, state)
    return MeasureItemReopened(
        measure=command.measure,
        region=state.opened.region,
        item=item.known.item,
        on=on,
        reason=command.reason,
        reported_by=command.reported_by or given.by,
        items_done=state.items_done - 1,
        item_count=len(state.items),
    )


def _reopened(command: ReopenMeasure, state: Measure, given: Given) -> MeasureReopened:
    if state.completed is None:
        raise Refused("The measure is open.", code="open", status=409, where="measure")
    on = command.on or given.today
    not_in_future(on, given.today)
    return MeasureReopened(
        measure=command.measure,
        region=state.opened.region,
        on=on,
        reason=command.reason,
        reported_by=command.reported_by or given.by,
        due_on=command.due_on or state.due_on,
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


def _check(on: date, given: Given, state: Measure) -> None:
    not_in_future(on, given.today)
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
