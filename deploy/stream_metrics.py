"""What the streams hold and how far their durable readers are, as metrics: the provisioner may look at all of them."""

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
        _looks.add(self)

    async def look(self) -> None:
        """Ask the server once for each."""
        self.streams = [await self._js.stream_info(name) for name in self._names]
        self.consumers = [await self._js.consumer_info(*durable) for durable in self._durables]


_looks: WeakSet[StreamMetrics] = WeakSet()


def _of_streams(name: str, unit: str, description: str, value: Callable[[StreamInfo], int | None]) -> None:
    def observe(_options: CallbackOptions) -> list[Observation]:
        return [
            Observation(value(info) or 0, {"messaging.destination.name": str(info.config.name)})
            for look in _looks
            for info in look.streams
        ]

    _meter.create_observable_gauge(name, [observe], unit=unit, description=description)


def _of_consumers(name: str, description: str, value: Callable[[ConsumerInfo], int | None]) -> None:
    def observe(_options: CallbackOptions) -> list[Observation]:
        return [
            Observation(
                value(info) or 0,
                {"messaging.destination.name": info.stream_name, "messaging.consumer.group.name": info.name},
            )
            for look in _looks
            for info in look.consumers
        ]

    _meter.create_observable_gauge(name, [observe], unit="{message}", description=description)


_of_streams("messaging.stream.messages", "{message}", "messages held", lambda i: i.state.messages)
_of_streams("messaging.stream.size", "By", "bytes held", lambda i: i.state.bytes)
_of_streams(
    "messaging.stream.size.limit",
    "By",
    "bytes it may hold; 0: no limit",
    lambda i: max(0, i.config.max_bytes or 0),
)
_of_streams("messaging.stream.position", "{message}", "its last sequence", lambda i: i.state.last_seq)
_of_consumers("messaging.consumer.pending", "not yet delivered", lambda i: i.num_pending)
_of_consumers(
    "messaging.consumer.unacknowledged", "delivered, not yet acknowledged", lambda i: i.num_ack_pending
)
_of_consumers(
    "messaging.consumer.redelivered",
    "delivered more than once and not yet acknowledged",
    lambda i: i.num_redelivered,
)
