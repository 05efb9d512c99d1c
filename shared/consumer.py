"""Applies one source's domain stream to a projection: every event, once, in order (ADR 0012).

The checkpoint in the database is the only position. An ephemeral consumer without acknowledgements is opened
at the checkpoint whenever there is none, or it can't be trusted: at the start, after an outage, after the
projection was restored, after a gap. That is one code path, and it is the path of a rebuild too.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import telemetry
from shared.broker import TRANSIENT
from shared.cancellation import end_if_cancelled
from shared.checkpoint import Checkpoint, Checkpoints
from shared.envelope import Envelope, EnvelopeError
from shared.health import Check, Health
from shared.pull import ConsumerGone, PullReader

Apply = Callable[[AsyncConnection, Sequence[Envelope]], Awaitable[None]]

BATCH = 256
IDLE_S = 1.0
RETRY_S = 3.0  # how often a stopped line tries again
BACKOFF_FIRST_S = 0.05
BACKOFF_LONGEST_S = 3.0
INACTIVE_S = 60.0  # after this the server forgets a consumer that nobody pulls from
DEGRADED_AFTER_S = 10.0
FAILING_AFTER_S = 60.0

log = structlog.get_logger(__name__)
_meter = telemetry.meter(__name__)
_applied = _meter.create_counter("consumer.applied", unit="{event}", description="events committed")
_duration = _meter.create_histogram("consumer.batch.duration", unit="s", description="one transaction")


class Poison(Exception):
    """An event that can't be applied: the line stops there until somebody mends it. Never skipped."""


class NewerSchema(Poison):
    """The event's schema version is newer than this reader knows: deploy the reader first."""


class LineStopped(Exception):
    """Why the line stands; retried, because what is wrong may be mended."""


class _Reopen(Exception):
    """The consumer's place and the checkpoint's differ: open another at the checkpoint."""


class DomainConsumer:
    """The reader of one source for one projection.

    `apply(conn, envelopes)` writes the projection's rows for events in order, within the transaction that
    also moves the checkpoint; it ignores types it doesn't know and raises Poison (any exception does the
    same) for what it can't apply. It may be called again with the same events after a rollback.
    """

    def __init__(
        self,
        source: str,
        js: JetStreamContext,
        checkpoints: Checkpoints,
        apply: Apply,
        *,
        health: Health | None = None,
        stream: str | None = None,
        batch: int = BATCH,
        retry_s: float = RETRY_S,
    ) -> None:
        self.source = source
        self.stream = stream or source.upper()
        self.projection = checkpoints.projection
        self._js = js
        self._checkpoints = checkpoints
        self._apply = apply
        self._batch = batch
        self._retry_s = retry_s
        self._position = 0
        self._pending = 0
        self._behind = False
        self._caught_up_at = self._progress_at = time.monotonic()
        self._stopped: str | None = None
        self._trouble: str | None = None
        self._labels = {"projection": self.projection, "source": source}
        for name, callback, unit, text in (
            ("consumer.lag", self._observe_lag, "{event}", "events in the stream, not yet applied"),
            ("consumer.age", self._observe_age, "s", "how long ago the projection held the whole stream"),
            ("consumer.stopped", self._observe_stopped, "1", "1 while an event can't be applied"),
        ):
            _meter.create_observable_gauge(name, [callback], unit=unit, description=text)
        if health is not None:
            health.register(f"consumer {self.projection} < {source}", self.check)

    @property
    def position(self) -> int:
        """The last position known to be committed."""
        return self._position

    @property
    def pending(self) -> int:
        """Events in the stream behind the last one received, as the server said with it."""
        return self._pending

    @property
    def stopped(self) -> str | None:
        """Why the line stands, if it does."""
        return self._stopped

    @property
    def age_s(self) -> float:
        """Seconds of system time since the projection was last known to hold the whole stream."""
        return time.monotonic() - self._caught_up_at

    def check(self) -> Check:
        if self._stopped is not None:
            return Check("failing", self._stopped)
        why = f" ({self._trouble})" if self._trouble else ""
        if self._behind:
            return Check(
                "degraded",
                f"{self.stream} ends before the checkpoint {self._position}: it is being refilled, or its log "
                "was restored to an older state",
            )
        idle_s = time.monotonic() - self._progress_at
        if self.age_s > FAILING_AFTER_S and idle_s > FAILING_AFTER_S:
            return Check("failing", f"{self._pending} events behind, no progress for {idle_s:.0f} s{why}")
        if self.age_s > DEGRADED_AFTER_S:
            return Check("degraded", f"{self._pending} events behind for {self.age_s:.0f} s{why}")
        return Check("ok", f"applied up to {self._position}")

    async def run(self) -> None:
        """Consume until cancelled. Neither an outage nor a poison event ends it."""
        delay = BACKOFF_FIRST_S
        while True:
            end_if_cancelled()
            before = self._position
            try:
                await self._session()
            except _Reopen as reason:
                log.info("consumer is opened anew", **self._labels, reason=str(reason))
            except ConsumerGone as reason:
                log.info("consumer is opened anew", **self._labels, reason=str(reason))
            except LineStopped as reason:
                self._halt(str(reason))
                await asyncio.sleep(self._retry_s)
                continue
            except Exception as error:
                self._worry(error)
            if self._position > before:
                delay = BACKOFF_FIRST_S
            await asyncio.sleep(delay)
            delay = min(delay * 2, BACKOFF_LONGEST_S)

    async def _session(self) -> None:
        """From the checkpoint to the first thing that goes wrong."""
        async with self._checkpoints.engine.connect() as conn:
            checkpoint = await self._checkpoints.get(conn, self.source)
        self._position = checkpoint.position
        reader = await self._open(checkpoint)
        try:
            line = _Line(self.source, self.stream, checkpoint)
            while True:
                end_if_cancelled()
                messages = await reader.next(IDLE_S)
                if not messages:
                    if self._pending == 0 and not self._behind:
                        self._fine()
                    continue
                self._behind = False
                await self._commit(line.take(messages))
                # What is wrong in the batch stops the line behind what is right in it.
                line.raise_fault()
                self._pending = messages[-1].metadata.num_pending
                if self._pending == 0:
                    self._fine()
        finally:
            await self._close(reader)

    async def _open(self, checkpoint: Checkpoint) -> PullReader:
        """Open at the checkpoint itself, not behind it: its own event comes first and must have its hash."""
        config = api.ConsumerConfig(
            name=f"{self.projection}-{self._js._nc._nuid.next().decode()}",
            description=f"{self.projection}, from its checkpoint",
            deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(1, checkpoint.position),
            ack_policy=api.AckPolicy.NONE,
            inactive_threshold=INACTIVE_S,
            mem_storage=True,
            num_replicas=1,
        )
        info = await self._js.add_consumer(self.stream, config)
        self._pending = info.num_pending or 0
        self._behind = checkpoint.position > 0 and self._pending == 0
        return await PullReader.open(self._js, self.stream, info.name, self._batch, prefetch=True)

    async def _close(self, reader: PullReader) -> None:
        try:
            await reader.close()
            await self._js.delete_consumer(self.stream, reader.consumer)
        except Exception as error:  # the server forgets it by itself after INACTIVE_S
            log.debug("consumer was not removed", **self._labels, error=repr(error))

    async def _commit(self, envelopes: Sequence[Envelope]) -> None:
        """Apply a run in one transaction; if that fails, one by one, so that the line stops at the culprit."""
        if not envelopes:
            return
        try:
            await self._transaction(envelopes)
        except (_Reopen, LineStopped):
            raise
        except Exception as error:
            if _is_transient(error):
                raise
            if len(envelopes) == 1:
                raise LineStopped(_describe(self.source, envelopes[0], error)) from error
            for envelope in envelopes:
                await self._commit([envelope])

    async def _transaction(self, envelopes: Sequence[Envelope]) -> None:
        attributes: telemetry.Attributes = {
            "messaging.system": "nats",
            "messaging.operation.name": "process",
            "messaging.destination.name": self.stream,
            "messaging.batch.message_count": len(envelopes),
            "shengji.projection": self.projection,
        }
        started = time.monotonic()
        parents = [envelope.traceparent for envelope in envelopes]
        with telemetry.batch_span(f"consume {self.stream}", parents, attributes=attributes, scope=__name__):
            async with self._checkpoints.engine.begin() as conn:
                checkpoint = await self._checkpoints.lock(conn, self.source)
                todo = [e for e in envelopes if e.sequence > checkpoint.position]
                if todo:
                    _must_follow(checkpoint, todo[0])
                    await self._apply(conn, todo)
                    await self._checkpoints.advance(conn, self.source, todo[-1])
        self._position = max(checkpoint.position, envelopes[-1].sequence)
        self._progress_at = time.monotonic()
        self._stopped = None
        await self._checkpoints.advanced(self.source, self._position)
        _applied.add(len(todo), self._labels)
        _duration.record(time.monotonic() - started, self._labels)

    def _halt(self, reason: str) -> None:
        if reason != self._stopped:
            log.error("the line stands still", **self._labels, reason=reason)
        self._stopped = reason

    def _worry(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if reason != self._trouble:
            log.warning("consumer is delayed", **self._labels, error=reason)
        self._trouble = reason

    def _fine(self) -> None:
        if self._stopped is not None or self._trouble is not None:
            log.info("the line goes on", **self._labels, position=self._position)
        self._stopped = self._trouble = None
        self._caught_up_at = time.monotonic()

    def _observe_lag(self, _options: CallbackOptions) -> list[Observation]:
        return [Observation(self._pending, self._labels)]

    def _observe_age(self, _options: CallbackOptions) -> list[Observation]:
        return [Observation(self.age_s, self._labels)]

    def _observe_stopped(self, _options: CallbackOptions) -> list[Observation]:
        return [Observation(0 if self._stopped is None else 1, self._labels)]


class _Line:
    """Checks what a consumer delivers against the checkpoint: sequence by sequence, hash by hash."""

    def __init__(self, source: str, stream: str, checkpoint: Checkpoint) -> None:
        self._source = source
        self._stream = stream
        self._position = checkpoint.position
        self._hash = checkpoint.hash.hex()
        self._delivered = 0
        self._fault: Exception | None = None

    def take(self, messages: Sequence[Msg]) -> list[Envelope]:
        """The envelopes that continue the line, up to the first fault; see `raise_fault`."""
        taken: list[Envelope] = []
        for message in messages:
            try:
                envelope = self._next(message)
            except (LineStopped, _Reopen) as fault:
                self._fault = fault
                break
            if envelope is not None:
                taken.append(envelope)
        return taken

    def raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _next(self, message: Msg) -> Envelope | None:
        place = message.metadata.sequence
        sequence = place.stream
        lost_on_the_way = place.consumer != self._delivered + 1
        self._delivered = place.consumer
        if sequence < self._position:
            return None
        if sequence > self._position + 1:
            if lost_on_the_way:
                raise _Reopen(f"{self._position + 1} expected, {sequence} delivered")
            # The server counts what it delivers: it went from one message to the other without a step.
            raise LineStopped(
                f"{self._stream} has no message {self._position + 1}: the next one is {sequence}. "
                "See the runbook, 'hole in a domain stream'"
            )
        try:
            envelope = Envelope.decode(message.data)
        except EnvelopeError as error:
            raise LineStopped(f"{self._stream} at {sequence}: {error}") from error
        if envelope.sequence != sequence or envelope.source != self._source:
            raise LineStopped(
                f"{self._stream} at {sequence} holds event {envelope.sequence} of {envelope.source!r}"
            )
        if sequence == self._position:
            if envelope.hash != self._hash:
                raise LineStopped(_two_histories(self._stream, sequence, self._hash, envelope.hash))
            return None
        if envelope.previoushash != self._hash:
            raise LineStopped(_two_histories(self._stream, self._position, self._hash, envelope.previoushash))
        self._position, self._hash = sequence, envelope.hash
        return envelope


def _must_follow(checkpoint: Checkpoint, envelope: Envelope) -> None:
    if envelope.sequence != checkpoint.position + 1:
        raise _Reopen(f"the checkpoint is at {checkpoint.position}, the line at {envelope.sequence}")
    if envelope.previous_hash_bytes != checkpoint.hash:
        raise LineStopped(
            _two_histories(
                checkpoint.source, checkpoint.position, checkpoint.hash.hex(), envelope.previoushash
            )
        )


def _two_histories(where: str, position: int, ours: str, theirs: str) -> str:
    return (
        f"at {position} the projection has seen hash {ours[:16] or 'none'}, {where} has {theirs[:16] or 'none'}: "
        "the source's log was restored or exchanged. See the runbook, 'two histories'"
    )


def _describe(source: str, envelope: Envelope, error: Exception) -> str:
    return (
        f"{source} event {envelope.sequence} ({envelope.type} v{envelope.schemaversion} of {envelope.subject}) "
        f"can't be applied: {type(error).__name__}: {error}"
    )


_RETRYABLE_STATES = ("40", "53", "55", "57", "08")  # rollback, resources, lock, shutdown, connection


def _is_transient(error: BaseException) -> bool:
    """Whether the same event may well succeed in a moment: outages, deadlocks, timeouts."""
    if isinstance(error, Poison):
        return False
    if isinstance(error, DBAPIError):
        state: Any = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        return error.connection_invalidated or (isinstance(state, str) and state[:2] in _RETRYABLE_STATES)
    return isinstance(error, (*TRANSIENT, PoolTimeout))
