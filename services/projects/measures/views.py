"""Measures as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.projects.common.models import Answer, Name, Version
from services.projects.common.tables import metadata
from services.projects.measures.decisions import MeasureCommand
from services.projects.measures.facts import Measure, MeasureState
from shared.feature import Done
from shared.kept import Kept, only
from shared.table_of import table_of

Standing = Literal["open", "overdue", "completed"]


class MeasureSummary(Answer):
    """A measure as a list shows it."""

    measure: str
    kind: str
    name: str
    region: str
    region_name: Name = None
    rows: list[str]
    owner: str
    due_on: date
    standing: Standing
    follow_ups: int
    item_count: int = Field(description="named parts of it")
    items_done: int = Field(description="of them completed")
    last_on: date | None = Field(description="day of the last follow-up, completion or reopening")
    completed_on: date | None
    tag: str | None
    industries: list[str]
    version: Version = None


class FollowUpView(Answer):
    """What was done on a day."""

    on: date
    item: str | None = Field(description="null: for the measure as a whole")
    text: str
    evidence: str
    reported_by: str


class ItemView(Answer):
    """A named part of a measure as it stands."""

    item: str
    name: str
    industries: list[str]
    follow_ups: int
    completed_on: date | None = Field(description="null: open")
    evidence: str = Field(description="what shows that it is done; empty while it is open")


class MeasureView(MeasureSummary):
    """A measure with what was done, and whom it reached."""

    source: str
    evidence: str = Field(description="what shows that it is done; empty while it is open")
    items: list[ItemView]
    done: list[FollowUpView]


TABLE = table_of("measure", metadata, MeasureSummary, key=("measure",), without=("standing", "version"))


def row(state: Measure) -> Mapping[str, Any]:
    """A measure as it stands in the list."""
    known = state.opened
    return {
        "measure": known.measure,
        "kind": known.kind,
        "name": known.name,
        "region": known.region,
        "rows": list(known.rows),
        "owner": known.owner,
        "due_on": state.due_on,
        "follow_ups": len(state.follow_ups),
        "item_count": len(state.items),
        "items_done": state.items_done,
        "last_on": state.last_on,
        "completed_on": state.completed.on if state.completed else None,
        "tag": known.tag,
        "industries": list(known.industries),
    }


KEPT: Kept[MeasureState, Measure] = Kept(TABLE, only(Measure), row)


def summary(row: Mapping[str, Any], today: date, version: int) -> MeasureSummary:
    """A row of the list on a day."""
    return MeasureSummary(**row, standing=_standing(row, today), version=version)


def view(state: MeasureState, today: date) -> MeasureView:
    """A measure with what was done. Raises TypeError for one that isn't."""
    if not isinstance(state, Measure):
        raise TypeError("not a measure")
    listed = row(state)
    return MeasureView(
        **listed,
        standing=_standing(listed, today),
        source=state.opened.source,
        evidence=state.completed.evidence if state.completed else "",
        items=[
            ItemView(
                item=each.known.item,
                name=each.known.name,
                industries=list(each.known.industries),
                follow_ups=sum(one.item == each.known.item for one in state.follow_ups),
                completed_on=each.completed.on if each.completed else None,
                evidence=each.completed.evidence if each.completed else "",
            )
            for each in state.items
        ],
        done=[
            FollowUpView(
                on=each.on,
                item=each.item,
                text=each.text,
                evidence=each.evidence,
                reported_by=each.reported_by,
            )
            for each in state.follow_ups
        ],
    )


def answer(done: Done[MeasureState, MeasureCommand]) -> MeasureView:
    """The answer to every command on a measure."""
    return view(done.state, done.given.today)


def _standing(row: Mapping[str, Any], today: date) -> Standing:
    if row["completed_on"] is not None:
        return "completed"
    return "overdue" if today > row["due_on"] else "open"
