"""A service's own events: which classes there are, and how each is written down.

The event's type is the class's name; its schema version the class variable `schema_version` (1 if absent).
The domain stays free of serialisation: msgspec reads and writes plain dataclasses, Decimal as a string.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from shared.event_log import Event, NewEvent
from shared.health import OK, Check
from shared.problems import Problem
from shared.upcasting import UnknownVersion, Upcaster, upcast

NEWER_RETRY_S = 5

log = structlog.get_logger(__name__)


def schema_version(cls: type) -> int:
    return int(getattr(cls, "schema_version", 1))


class NewerEvent(Problem):
    """503: our own log holds an event that only a newer release of this service knows.

    In a rolling upgrade the instances of both write one log. What the older one can't read it must neither decide on
    nor count as wrong: the same request succeeds at the newer instance, or after this one's end.
    """

    def __init__(self, source: str, event: str) -> None:
        super().__init__(
            503,
            "newer-release",
            "A newer release is needed",
            f"{source}: {event} was written by a newer release than this instance is of.",
            remedy="Send the same request again, with the same Idempotency-Key; operators end the older instance.",
            retry_after=NEWER_RETRY_S,
        )


class Catalogue:
    """The events that one service writes. Reading one that isn't listed, or of a later version, raises NewerEvent."""

    def __init__(
        self,
        source: str,
        classes: Sequence[type],
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        self.source = source
        self.classes = {cls.__name__: cls for cls in classes}
        self._upcasters = dict(upcasters or {})
        self._newer: set[str] = set()
        for name, cls in self.classes.items():
            missing = [v for v in range(1, schema_version(cls)) if (name, v) not in self._upcasters]
            if missing:
                raise ValueError(f"{source}: {name} has no upcaster from version {missing}")

    def encode(self, event: Any, occurred_at: datetime) -> NewEvent:
        """A domain event as it is stored. An event with an aware `occurred_at` of its own keeps it."""
        name = type(event).__name__
        cls = self.classes[name]
        own = getattr(event, "occurred_at", None)
        data = msgspec.to_builtins(event)
        return NewEvent(name, schema_version(cls), data, own if isinstance(own, datetime) else occurred_at)

    def decode(self, event: Event) -> Any:
        """A stored event as today's domain event."""
        return self.decode_data(event.type, event.schema_version, event.data)

    def decode_data(self, type_name: str, version: int, data: dict[str, Any]) -> Any:
        """The same, given the stored event's type, schema version and data."""
        cls = self.classes.get(type_name)
        if cls is None:
            raise self._is_newer(type_name)
        try:
            data = upcast(type_name, version, schema_version(cls), data, self._upcasters)
        except UnknownVersion as error:
            raise self._is_newer(f"{type_name} v{version}") from error
        return msgspec.convert(data, cls)

    def check(self) -> Check:
        """For the process's health: degraded once it has met what it can't read."""
        if not self._newer:
            return OK
        met = ", ".join(sorted(self._newer))
        return Check(
            "degraded", f"the log has events of a newer release: {met}. End this instance, or upgrade it"
        )

    def _is_newer(self, event: str) -> NewerEvent:
        if event not in self._newer:
            self._newer.add(event)
            log.error("the log has events of a newer release", source=self.source, met=event)
        return NewerEvent(self.source, event)
