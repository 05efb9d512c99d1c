"""A service's own events: which classes there are, and how each is written down.

The event's type is the class's name; its schema version the class variable `schema_version` (1 if absent).
The domain stays free of serialisation: msgspec reads and writes plain dataclasses, Decimal as a string.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shared.event_log import Event, NewEvent
from shared.upcasting import Upcaster, upcast


def schema_version(cls: type) -> int:
    return int(getattr(cls, "schema_version", 1))


class Catalogue:
    """The events that one service writes. Reading an event that isn't listed is a KeyError: it is our log."""

    def __init__(
        self,
        source: str,
        classes: Sequence[type],
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        self.source = source
        self.classes = {cls.__name__: cls for cls in classes}
        self._upcasters = dict(upcasters or {})
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
        cls = self.classes[type_name]
        data = upcast(type_name, version, schema_version(cls), data, self._upcasters)
        return msgspec.convert(data, cls)
