"""Meetings as answers."""

from typing import Any

from services.projects.domain.meeting import Concluded, MeetingState, NotConvened
from services.projects.models.meetings import MeetingSummary


def meeting_state(state: MeetingState) -> MeetingSummary:
    """A convened meeting as it stands. Raises TypeError for one that isn't."""
    if isinstance(state, NotConvened):
        raise TypeError("not a convened meeting")
    convened, items = state.convened, state.items
    concluded = state.concluded if isinstance(state, Concluded) else None
    return MeetingSummary(
        meeting=convened.meeting,
        kind=convened.kind,
        name=convened.name,
        region=convened.region,
        level=convened.level,
        held_on=convened.held_on,
        kinds=list(convened.kinds),
        standing="concluded" if concluded else "convened" if items is None else "prepared",
        problems=len(items or ()),
        decided=concluded.decided if concluded else None,
    )


def meeting_row(row: Any, version: int) -> MeetingSummary:
    """A row of the table `meeting`."""
    return MeetingSummary.model_validate({**row._mapping, "version": version})
