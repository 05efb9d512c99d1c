"""Applies one source's domain stream to a projection: every event, once, in order (ADR 0012).

The checkpoint in the database is the only position. An ephemeral consumer without acknowledgements is opened
at the checkpoint whenever there is none, or it can't be trusted: at the start, after an outage, after the
projection was restored, after a gap. That is one code path, and it is the path of a rebuild too.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from weakref import WeakSet

import structlog
from nats.js import JetStreamContext, api
from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import telemetry
from shared.broker import TRANSIENT
from shared.cancellation import end_if_cancelled
from shared.checkpoint import Checkpoint, Checkpoints
from shared.envelope import Envelope
from shared.health import Check, Health
from shared.line import Line, LineStopped, Reopen, two_histories
from shared.outage import is_outage
from shared.pull import ConsumerGone, PullReader

Apply = Callable[[AsyncConnection, Sequence[Envelope]], Awaitable[None]]

BATCH = 1_000  # at most; a batch is what is there
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
        self.labels = {"projection": self.projection, "source": source}
        _consumers.add(self)
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
        """Why the reader has stopped; None while it runs."""
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
            # A stream that is being refilled reaches the checkpoint within a minute; one whose log was restored may
            # never.
            return Check(
                "failing" if self.age_s > FAILING_AFTER_S else "degraded",
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
        try:
            await self._run()
        finally:
            # In the metrics a consumer that has ended would look like one that lags.
            _consumers.discard(self)

    async def _run(self) -> None:
        delay = BACKOFF_FIRST_S
        while True:
            end_if_cancelled()
            before = self._position
            try:
                await self._session()
            except Reopen as reason:
                log.info("consumer is opened anew", **self.labels, reason=str(reason))
            except ConsumerGone as reason:
                log.info("consumer is opened anew", **self.labels, reason=str(reason))
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
            line = Line(self.source, self.stream, checkpoint)
            while True:
                end_if_cancelled()
                messages = await reader.next(IDLE_S)
                if not messages:
                    if self._pending == 0 and not self._behind:
                        self._fine()
                    continue
                if self._behind:
                    # For a consumer opened beyond the stream's end the server counts refilled messages before its start
                    # as pending, too.
                    raise Reopen(f"{self.stream} holds the checkpoint again")
                await self._commit(line.take(messages))
                # The valid beginning of the batch is applied before its fault stops the reader.
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
            log.debug("consumer was not removed", **self.labels, error=repr(error))

    async def _commit(self, envelopes: Sequence[Envelope]) -> None:
        """Apply a run in one transaction; if that fails, one by one, so that the line stops at the culprit."""
        if not envelopes:
            return
        try:
            await self._transaction(envelopes)
        except (Reopen, LineStopped):
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
        _applied.add(len(todo), self.labels)
        _duration.record(time.monotonic() - started, self.labels)

    def _halt(self, reason: str) -> None:
        if reason != self._stopped:
            log.error("the line stands still", **self.labels, reason=reason)
        self._stopped = reason

    def _worry(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if reason != self._trouble:
            log.warning("consumer is delayed", **self.labels, error=reason)
        self._trouble = reason

    def _fine(self) -> None:
        if self._stopped is not None or self._trouble is not None:
            log.info("the line goes on", **self.labels, position=self._position)
        self._stopped = self._trouble = None
        self._caught_up_at = time.monotonic()


# One gauge for all consumers of the process: an instrument of the same name per consumer would be a conflict.
_consumers: WeakSet[DomainConsumer] = WeakSet()


def _gauge(name: str, unit: str, description: str, value: Callable[[DomainConsumer], float]) -> None:
    def observe(_options: CallbackOptions) -> list[Observation]:
        return [Observation(value(consumer), consumer.labels) for consumer in _consumers]

    _meter.create_observable_gauge(name, [observe], unit=unit, description=description)


_gauge("consumer.position", "{event}", "the last position committed", lambda c: c.position)
_gauge("consumer.lag", "{event}", "events in the stream, not yet applied", lambda c: c.pending)
_gauge("consumer.age", "s", "how long ago the projection held the whole stream", lambda c: c.age_s)
_gauge("consumer.stopped", "", "1 while an event can't be applied", lambda c: int(c.stopped is not None))


def _must_follow(checkpoint: Checkpoint, envelope: Envelope) -> None:
    if envelope.sequence != checkpoint.position + 1:
        raise Reopen(f"the checkpoint is at {checkpoint.position}, the line at {envelope.sequence}")
    if envelope.previous_hash_bytes != checkpoint.hash:
        raise LineStopped(
            two_histories(
                checkpoint.source, checkpoint.position, checkpoint.hash.hex(), envelope.previoushash
            )
        )


def _describe(source: str, envelope: Envelope, error: Exception) -> str:
    return (
        f"{source} event {envelope.sequence} ({envelope.type} v{envelope.schemaversion} of {envelope.subject}) "
        f"can't be applied: {type(error).__name__}: {error}"
    )


def _is_transient(error: BaseException) -> bool:
    """Whether the same event may well succeed in a moment: outages, deadlocks, timeouts."""
    return not isinstance(error, Poison) and (is_outage(error) or isinstance(error, TRANSIENT))
