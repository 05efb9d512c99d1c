"""What the system itself decides (a flusher, a timer) says of its origin."""

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
