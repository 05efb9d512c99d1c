"""What the system itself decides (a flusher, a watch): the origin of its events, and who was faster."""

from typing import Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from shared import telemetry
from shared.event_log import VersionConflict
from shared.identity import system_actor

ACTOR = system_actor("energy")
_UNIQUE_VIOLATION = "23505"


def metadata(what: str) -> dict[str, Any]:
    """Metadata of events that no caller asked for."""
    identifier = uuid4().hex
    return {
        "actor": ACTOR.to_dict(),
        "command": what,
        "command_id": identifier,
        "correlation_id": identifier,
        "causation_id": identifier,
        "traceparent": telemetry.inject_traceparent(),
    }


def came_second(error: Exception) -> bool:
    """Whether another process wrote the same meanwhile: its event in the stream, or its row in the table."""
    if isinstance(error, IntegrityError):
        return getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION
    return isinstance(error, VersionConflict)
