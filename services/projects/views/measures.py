"""Measures as answers."""

from datetime import date
from typing import Any

from services.projects.domain.measure import Measure, MeasureState
from services.projects.models.measures import FollowUpView, ItemView, MeasureSummary, MeasureView, Standing


def standing(due_on: date, completed_on: date | None, today: date) -> Standing:
    """How a measure stands on a day."""
    if completed_on is not None:
        return "completed"
    return "overdue" if today > due_on else "open"


def measure_view(state: MeasureState, today: date) -> MeasureView:
    """A measure with what was done. Raises TypeError for one that isn't."""
    if not isinstance(state, Measure):
        raise TypeError("not a measure")
    known, done = state.opened, state.completed
    return MeasureView(
        measure=known.measure,
        kind=known.kind,
        name=known.name,
        region=known.region,
        rows=list(known.rows),
        owner=known.owner,
        due_on=state.due_on,
        standing=standing(state.due_on, done.on if done else None, today),
        follow_ups=len(state.follow_ups),
        item_count=len(state.items),
        items_done=state.items_done,
        last_on=state.last_on,
        completed_on=done.on if done else None,
        tag=known.tag,
        industries=list(known.industries),
        source=known.source,
        evidence=done.evidence if done else "",
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


def measure_summary(row: Any, today: date, version: int) -> MeasureSummary:
    """A row of the table `measure`."""
    known = {**row._mapping, "version": version}
    return MeasureSummary(**known, standing=standing(row.due_on, row.completed_on, today))
