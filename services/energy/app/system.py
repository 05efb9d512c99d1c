"""The origin that events carry when the system itself decides on them (a flusher, a timer)."""

from typing import Any
from uuid import uuid4

from shared import telemetry
from shared.identity import system_actor


def metadata(what: str) -> dict[str, Any]:
    """Metadata of events that no caller asked for."""
    identifier = uuid4().hex
    return {
        "actor": system_actor("energy").to_dict(),
        "command": what,
        "command_id": identifier,
        "correlation_id": identifier,
        "causation_id": identifier,
        "traceparent": telemetry.inject_traceparent(),
    }
