"""Carries the event log into its domain stream: every event once, in order, *sequence = position* (ADR 0010).

The stream's last sequence is the only checkpoint. Each publish says which sequence must be the last one, so
whatever happened before (a crash between publish and anything, a second relay, a stream that lost its tail),
the wrong publish is refused, and the relay reads the tail and goes on from there. The chain's hash at the
tail is compared with the log's: a log that was restored to before its stream stops the relay instead of
being skipped in silence.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakSet

import structlog
from nats.js import JetStreamContext
from nats.js.errors import APIError, NotFoundError
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace import SpanKind
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import telemetry
from shared.broker import BATCH_LIMIT, TRANSIENT, Outgoing, publish_atomic
from shared.cancellation import end_if_cancelled
from shared.envelope import Envelope, EnvelopeError
from shared.event_log import Event, EventLog
from shared.health import Check, Health

POLL_S = 0.1
RECHECK_S = 2.0  # an idle relay looks at the stream's tail this often: a stream may be re-created empty
SINGLES_UP_TO = 3  # an atomic batch costs as much as a few single publishes
BATCH_BYTES = 4_000_000
BACKOFF_FIRST_S = 0.05
BACKOFF_LONGEST_S = 5.0
DEGRADED_AFTER_S = 5.0
FAILING_AFTER_S = 30.0
WRONG_SEQUENCE = (10071, 10164)  # nats-server: "wrong last sequence"

log = structlog.get_logger(__name__)
_meter = telemetry.meter(__name__)
_published = _meter.create_counter("relay.published", unit="{event}", description="events acknowledged")
_refused = _meter.create_counter("relay.refused", description="publishes refused by the sequence fence")


class Divergence(Exception):
    """Log and stream tell different stories; only a person can say which one is true."""


class Refused(Exception):
    """The server refused the publish because the stream's last sequence isn't the expected one: the fence held."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The stream's end: its last sequence, and the hash of the event there (b"" when empty)."""

    position: int
    hash: bytes


class Relay:
    """The relay of one service. `source` is the service's name; the stream is its upper case."""

    def __init__(
        self,
        source: str,
        engine: AsyncEngine,
        event_log: EventLog,
        js: JetStreamContext,
        *,
        health: Health | None = None,
        stream: str | None = None,
        poll_s: float = POLL_S,
        batch: int = BATCH_LIMIT,
    ) -> None:
        if not 1 <= batch <= BATCH_LIMIT:
            raise ValueError(f"batch {batch}: 1 to {BATCH_LIMIT}")
        self.source = source
        self.stream = stream or source.upper()
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")  # reads only, no transactions
        self._log = event_log
        self._js = js
        self._poll_s = poll_s
        self._batch = batch
        self._poked = asyncio.Event()
        self._incarnation: str | None = None
        self._tail: Tail | None = None
        self._caught_up_at = time.monotonic()
        self._stopped: str | None = None
        self._trouble: str | None = None
        _relays.add(self)
        if health is not None:
            health.register(f"relay {source}", self.check)

    @property
    def position(self) -> int:
        """The last position known to be in the stream; 0 before the first look."""
        return self._tail.position if self._tail else 0

    @property
    def stopped(self) -> str | None:
        """Why the relay has stopped until a person helps; None while it runs."""
        return self._stopped

    @property
    def age_s(self) -> float:
        """Upper bound of the age of the oldest unpublished event, in seconds of system time."""
        return time.monotonic() - self._caught_up_at

    def poke(self) -> None:
        """Something was committed: look now instead of at the next poll."""
        self._poked.set()

    def check(self) -> Check:
        if self._stopped is not None:
            return Check("failing", self._stopped)
        age, why = self.age_s, f" ({self._trouble})" if self._trouble else ""
        if age > FAILING_AFTER_S:
            return Check("failing", f"the stream is {age:.0f} s behind the log{why}")
        if age > DEGRADED_AFTER_S:
            return Check("degraded", f"the stream is {age:.0f} s behind the log{why}")
        return Check("ok", f"published up to {self.position}")

    async def run(self) -> None:
        """Relay until cancelled. An outage of NATS or PostgreSQL, however long, doesn't end it."""
        delay = BACKOFF_FIRST_S
        while True:
            end_if_cancelled()
            before = self.position
            try:
                await self._session()
            except Divergence as difference:
                self._halt(str(difference))
                delay = BACKOFF_LONGEST_S
            except Refused:
                _refused.add(1, {"source": self.source})
            except Exception as error:
                self._worry(error)
            if self.position > before:
                delay = BACKOFF_FIRST_S
            await asyncio.sleep(delay)
            delay = min(delay * 2, BACKOFF_LONGEST_S)

    async def _session(self) -> None:
        """From a look at the tail to the first thing that goes wrong."""
        tail = self._tail = await self.read_tail()
        self._stopped = None
        looked = time.monotonic()
        while True:
            end_if_cancelled()
            self._poked.clear()
            asked = time.monotonic()
            async with self._engine.connect() as conn:
                events = await self._log.read(conn, tail.position, self._batch)
            if events:
                for part in self._parts(events):
                    tail = self._tail = await self._publish(tail, part)
                looked = time.monotonic()
            if len(events) < self._batch:
                self._caught_up_at = asked
                self._fine()
                await self._wait()
            if time.monotonic() - looked > RECHECK_S:
                tail = self._tail = await self.read_tail()
                looked = time.monotonic()

    async def read_tail(self) -> Tail:
        """The stream's tail, compared with the log. Raises Divergence where they differ."""
        last = (await self._js.stream_info(self.stream)).state.last_seq
        digest = b""
        if last > 0:
            message = await self._js.get_msg(self.stream, last)
            try:
                envelope = Envelope.decode(message.data or b"")
            except EnvelopeError as error:
                raise Divergence(f"{self.stream} at {last}: {error}") from error
            if (envelope.source, envelope.sequence) != (self.source, last):
                raise Divergence(
                    f"{self.stream} at {last} holds event {envelope.sequence} of {envelope.source!r}: "
                    "somebody else writes this stream"
                )
            digest = envelope.hash_bytes
        # The log is read after the stream: an event is committed before it is published.
        async with self._engine.connect() as conn:
            head = await self._log.head(conn)
            known = await self._log.hash_at(conn, last)
        if known is None:
            raise Divergence(
                f"the log of {self.source} ends at {head.position}, but {self.stream} at {last}: was the "
                "database restored to before what it had published? See the runbook, 'log behind its stream'"
            )
        if known != digest:
            raise Divergence(
                f"at position {last} the log of {self.source} has hash {known.hex()[:16]}, {self.stream} has "
                f"{digest.hex()[:16]}: two histories. See the runbook, 'log behind its stream'"
            )
        self._incarnation = str(head.incarnation)
        return Tail(last, digest)

    async def _publish(self, tail: Tail, events: Sequence[Event]) -> Tail:
        if events[0].position != tail.position + 1:
            raise Divergence(f"the log of {self.source} has no event {tail.position + 1}")
        previous = tail.hash
        envelopes: list[Envelope] = []
        for event in events:
            envelopes.append(Envelope.from_event(event, previous, self.source, self._incarnation))
            previous = event.hash
        messages = [Outgoing(f"{self.source}.{e.type}", e.encode()) for e in envelopes]
        attributes: telemetry.Attributes = {
            "messaging.system": "nats",
            "messaging.operation.name": "publish",
            "messaging.destination.name": self.stream,
            "messaging.batch.message_count": len(messages),
        }
        parents = [envelope.traceparent for envelope in envelopes]
        with telemetry.batch_span(
            f"relay {self.stream}", parents, kind=SpanKind.PRODUCER, attributes=attributes, scope=__name__
        ):
            if len(messages) <= SINGLES_UP_TO:
                for event, message in zip(events, messages, strict=True):
                    await self._send(event.position, [message])
            else:
                await self._send(events[0].position, messages)
        _published.add(len(messages), {"source": self.source})
        return Tail(events[-1].position, events[-1].hash)

    async def _send(self, first: int, messages: Sequence[Outgoing]) -> None:
        try:
            ack = await publish_atomic(self._js, self.stream, messages, expected_last=first - 1)
        except APIError as error:
            if error.err_code in WRONG_SEQUENCE:
                raise Refused(str(error)) from error
            raise
        last = first + len(messages) - 1
        if (ack.stream, ack.seq) != (self.stream, last):
            raise Divergence(f"event {last} became {ack.seq} of {ack.stream}: sequence and position differ")

    def _parts(self, events: Sequence[Event]) -> list[Sequence[Event]]:
        """Cut where a batch would hold too many bytes for the server to stage at once."""
        parts: list[Sequence[Event]] = []
        start = size = 0
        for i, event in enumerate(events):
            weight = 600 + 2 * len(str(event.data))
            if i > start and size + weight > BATCH_BYTES:
                parts.append(events[start:i])
                start, size = i, 0
            size += weight
        parts.append(events[start:])
        return parts

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._poll_s):
                await self._poked.wait()

    def _halt(self, reason: str) -> None:
        if reason != self._stopped:
            log.critical("relay stopped: log and stream diverge", source=self.source, reason=reason)
        self._stopped = reason

    def _worry(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if reason != self._trouble:
            level = log.warning if isinstance(error, (*TRANSIENT, NotFoundError)) else log.error
            level("relay is delayed", source=self.source, error=reason)
        self._trouble = reason

    def _fine(self) -> None:
        if self._stopped is not None or self._trouble is not None:
            log.info("relay goes on", source=self.source, position=self.position)
        self._stopped = self._trouble = None


# One gauge for all relays of the process: an instrument of the same name per relay would be a conflict.
_relays: WeakSet[Relay] = WeakSet()


def _ages(_options: CallbackOptions) -> list[Observation]:
    return [Observation(relay.age_s, {"source": relay.source}) for relay in _relays]


def _stopped(_options: CallbackOptions) -> list[Observation]:
    return [Observation(0 if relay.stopped is None else 1, {"source": relay.source}) for relay in _relays]


_meter.create_observable_gauge(
    "relay.age", [_ages], unit="s", description="how long ago the stream was last known to hold the whole log"
)


def _positions(_options: CallbackOptions) -> list[Observation]:
    return [Observation(relay.position, {"source": relay.source}) for relay in _relays]


_meter.create_observable_gauge(
    "relay.position", [_positions], unit="{event}", description="the last position known to be in the stream"
)
_meter.create_observable_gauge(
    "relay.stopped", [_stopped], description="1 while log and stream tell two histories"
)
