"""What the streams hold and how far their durable readers are, as metrics: the provisioner may look at all of them."""

import time
from collections.abc import Callable, Sequence
from weakref import WeakSet

from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo, StreamConfig, StreamInfo
from opentelemetry.metrics import CallbackOptions, Observation

from shared import telemetry
from shared.streams import ConsumerSpec

_meter = telemetry.meter(__name__)


class StreamMetrics:
    """The last look at every stream and durable consumer. `look` raises what NATS raises."""

    def __init__(
        self, js: JetStreamContext, streams: Sequence[StreamConfig], consumers: Sequence[ConsumerSpec]
    ) -> None:
        self._js = js
        self._names = [str(stream.name) for stream in streams]
        self._durables = [(stream, str(config.durable_name)) for stream, config in consumers]
        self.streams: list[StreamInfo] = []
        self.consumers: list[ConsumerInfo] = []
        self._level_at: dict[tuple[str, str], float] = {}
        _looks.add(self)

    async def look(self) -> None:
        """Ask the server once for each."""
        self.streams = [await self._js.stream_info(name) for name in self._names]
        self.consumers = [await self._js.consumer_info(*durable) for durable in self._durables]
        now = time.monotonic()
        for info in self.consumers:
            known = self._level_at.setdefault(_key(info), now)
            self._level_at[_key(info)] = known if info.num_pending or info.num_ack_pending else now

    def age_s(self, info: ConsumerInfo) -> float:
        """Seconds of system time since the consumer was last seen without anything left to do."""
        return time.monotonic() - self._level_at[_key(info)]


def _key(info: ConsumerInfo) -> tuple[str, str]:
    return info.stream_name, info.name


_looks: WeakSet[StreamMetrics] = WeakSet()


def _of_streams(name: str, unit: str, description: str, value: Callable[[StreamInfo], int | None]) -> None:
    def observe(_options: CallbackOptions) -> list[Observation]:
        return [
            Observation(value(info) or 0, {"messaging.destination.name": str(info.config.name)})
            for look in _looks
            for info in look.streams
        ]

    _meter.create_observable_gauge(name, [observe], unit=unit, description=description)


def _of_consumers(
    name: str,
    description: str,
    value: Callable[[StreamMetrics, ConsumerInfo], float | None],
    unit: str = "{message}",
) -> None:
    def observe(_options: CallbackOptions) -> list[Observation]:
        return [
            Observation(
                value(look, info) or 0,
                {"messaging.destination.name": info.stream_name, "messaging.consumer.group.name": info.name},
            )
            for look in _looks
            for info in look.consumers
        ]

    _meter.create_observable_gauge(name, [observe], unit=unit, description=description)


_of_streams("messaging.stream.messages", "{message}", "messages held", lambda i: i.state.messages)
_of_streams("messaging.stream.size", "By", "bytes held", lambda i: i.state.bytes)
_of_streams(
    "messaging.stream.size.limit",
    "By",
    "bytes it may hold; 0: no limit",
    lambda i: max(0, i.config.max_bytes or 0),
)
_of_streams("messaging.stream.position", "{message}", "its last sequence", lambda i: i.state.last_seq)
_of_consumers("messaging.consumer.pending", "not yet delivered", lambda _, i: i.num_pending)
_of_consumers(
    "messaging.consumer.unacknowledged", "delivered, not yet acknowledged", lambda _, i: i.num_ack_pending
)
_of_consumers(
    "messaging.consumer.redelivered",
    "delivered more than once and not yet acknowledged",
    lambda _, i: i.num_redelivered,
)
_of_consumers(
    "messaging.consumer.age",
    "how long ago it had nothing left to do",
    lambda look, i: look.age_s(i),
    unit="s",
)
