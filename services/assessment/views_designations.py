"""Designations as answers."""

from typing import Any, assert_never

import msgspec

from services.assessment.domain.designation import (
    Designated,
    Designation,
    DesignationAssessed,
    DesignationEvent,
    DesignationState,
    DesignationWarned,
    DesignationWithdrawn,
)
from shared.event_log import Event

Json = dict[str, Any]


def designation_view(state: DesignationState) -> Json:
    """A designation as it stands. Raises TypeError for one that isn't."""
    if not isinstance(state, Designation):
        raise TypeError("not a designation")
    gone = state.standing in ("withdrawn", "annulled")
    return {
        **msgspec.to_builtins(state.facts),
        "standing": state.standing,
        "since": state.since.isoformat(),
        "withdrawn_on": state.since.isoformat() if gone else None,
    }


def step(stored: Event, event: DesignationEvent) -> Json:
    """One line of the history."""
    match event:
        case Designated():
            said = ("designated", event.designated_on, event.evidence)
        case DesignationAssessed():
            said = (event.result, event.on, event.evidence)
        case DesignationWarned():
            said = ("warned", event.on, event.evidence)
        case DesignationWithdrawn():
            said = ("annulled" if event.annulled else "withdrawn", event.withdrawn_on, event.decision)
        case _:
            assert_never(event)
    what, on, evidence = said
    return {
        "what": what,
        "on": on.isoformat(),
        "evidence": evidence,
        "reason": getattr(event, "reason", None),
        "year": getattr(event, "year", None),
        "score": msgspec.to_builtins(getattr(event, "score", None)),
        "mend_by": msgspec.to_builtins(getattr(event, "mend_by", None)),
        "by": stored.metadata.get("actor", {}).get("subject", ""),
        "recorded_at": stored.recorded_at.isoformat(),
        "position": stored.position,
    }
