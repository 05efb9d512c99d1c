"""Meetings as answers, and as rows of their list and of their agendas."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Column, Table, Text

from services.projects.common.models import Answer, Name, Version
from services.projects.common.tables import metadata
from services.projects.meetings.decisions import MeetingCommand
from services.projects.meetings.facts import (
    AgendaItem,
    Concluded,
    Convened,
    MeetingKind,
    MeetingState,
    NotConvened,
)
from services.projects.problems.facts import Level, ProblemKind
from shared.feature import Done
from shared.kept import Kept
from shared.table_of import table_of

Standing = Literal["convened", "prepared", "concluded"]


class MeetingSummary(Answer):
    """A meeting as a list shows it."""

    meeting: str
    kind: MeetingKind
    name: str
    region: str
    region_name: Name = None
    level: Level
    held_on: date
    kinds: list[ProblemKind]
    standing: Standing
    problems: int = Field(description="on its agenda")
    decided: int | None = Field(description="of them decided by it; null: not concluded")
    version: Version = None


TABLE = table_of("meeting", metadata, MeetingSummary, key=("meeting",), without=("version",))
ITEM = Table(
    "meeting_item",
    metadata,
    Column("meeting", Text, primary_key=True),
    Column("problem", Text, primary_key=True),
    Column("project", Text),
)


def row(state: Convened | Concluded) -> Mapping[str, Any]:
    """A meeting as it stands in the list."""
    convened, items = state.convened, state.items
    concluded = state.concluded if isinstance(state, Concluded) else None
    return {
        "meeting": convened.meeting,
        "kind": convened.kind,
        "name": convened.name,
        "region": convened.region,
        "level": convened.level,
        "held_on": convened.held_on,
        "kinds": list(convened.kinds),
        "standing": "concluded" if concluded else "convened" if items is None else "prepared",
        "problems": len(items or ()),
        "decided": concluded.decided if concluded else None,
    }


def _called(state: MeetingState) -> Mapping[Any, Convened | Concluded]:
    return {} if isinstance(state, NotConvened) else {"": state}


def _items(state: MeetingState) -> Mapping[Any, tuple[str, AgendaItem]]:
    """Its agenda by problem, each item with the meeting."""
    if isinstance(state, NotConvened):
        return {}
    return {item.problem: (state.convened.meeting, item) for item in state.items or ()}


def _item_row(part: tuple[str, AgendaItem]) -> Mapping[str, Any]:
    meeting, item = part
    return {"meeting": meeting, "problem": item.problem, "project": item.project}


KEPT: Kept[MeetingState, Convened | Concluded] = Kept(TABLE, _called, row)
KEPT_ITEMS: Kept[MeetingState, tuple[str, AgendaItem]] = Kept(ITEM, _items, _item_row)


def view(state: MeetingState, version: int | None = None) -> MeetingSummary:
    """A convened meeting as it stands. Raises TypeError for one that isn't."""
    if isinstance(state, NotConvened):
        raise TypeError("not a convened meeting")
    return MeetingSummary(**row(state), version=version)


def answer(done: Done[MeetingState, MeetingCommand]) -> MeetingSummary:
    """The answer to every command on a meeting."""
    return view(done.state)
