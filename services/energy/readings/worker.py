"""The readings worker: READINGS → PostgreSQL, one task per partition. It commits, then acknowledges.

Messages are pulled with nats-py (shared/pull.py): a batch is what is there when the first message is, so batches grow
under load and are small when it is quiet.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
import structlog
from nats.aio.msg import Msg

from services.energy.readings import apart, quarantine, ranks, receipts, wire
from services.energy.readings.arrivals import OUTCOMES
from services.energy.readings.batch import BatchStep, Done
from services.energy.readings.kernel import Ints
from services.energy.readings.live import LiveBoard
from services.energy.readings.memory import Connection
from services.energy.readings.outstanding import Outstanding, Position
from services.energy.readings.wire import NewerWire, Post, WireError, decode, stamp
from shared import broker, telemetry
from shared.cancellation import end_if_cancelled
from shared.clock import Clock
from shared.health import OK, Check
from shared.outage import LOST
from shared.pull import PullReader

LARGEST_BATCH = 40_000
"""Readings in one transaction: beyond it nothing gets cheaper, and the partition stays locked for longer."""

PERIOD_S = 0.03
"""The shortest time between the starts of a partition's batches: a transaction costs some 5 CPU-ms whatever is in it,
so under load thirty large ones a second do the same work for a fraction. When it is quiet nothing waits."""

LONGEST_BATCH_S = 60.0
"""A batch takes a second or two; one that takes this long has lost its server, so it is cut off and done again."""

# The server may not know yet that the last connection is gone: in the middle of a COPY no time limit of its own ends
# the wait for the client, and the partition would stay locked.
_END_SESSION = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1 AND usename = current_user AND application_name = current_setting('application_name')
"""

TRIES = 6
"""Deliveries of a message that fails because of its content; at the last one it is taken apart."""

STUCK_S = 30.0
OTHER_S = 60.0
"""How long the health check mentions another worker after that one's last batch."""

NEWER_S = 90.0
"""How long the last message of a newer version is remembered: longer than the longest delay before it is delivered
again."""

log = structlog.get_logger(__name__)
_meter = telemetry.meter(__name__)
_readings = _meter.create_counter("shengji.readings", description="readings by outcome")
_set_apart = _meter.create_counter(
    "shengji.readings.quarantined", description="quarantined readings by reason"
)
_duration = _meter.create_histogram("shengji.readings.batch", unit="s", description="one committed batch")


@dataclass(frozen=True, slots=True)
class Work:
    """A message and the POSTs in it."""

    msg: Msg
    posts: list[Post]

    @property
    def count(self) -> int:
        """Number of readings."""
        return sum(post.count for post in self.posts)


class PartitionWorker:
    """Works one partition's messages, in order, one batch at a time."""

    def __init__(
        self,
        p: int,
        reader: PullReader,
        connect: Callable[[], Awaitable[Connection]],
        clock: Clock,
        live: LiveBoard,
        stream: Callable[[], Awaitable[int]],
        position: Callable[[], Awaitable[Position]],
    ) -> None:
        """`stream` tells the number of READINGS as it is now (`readings.streams`), `position` the consumer's."""
        self.p = p
        self.step = BatchStep(p)
        self._ask_stream = stream
        self._stream: int | None = None
        self._newest = 0
        self._outstanding = Outstanding(position)
        self._reader = reader
        self._connect = connect
        self._clock = clock
        self._live = live
        self._conn: Connection | None = None
        self._session: int | None = None
        self._failing_since: float | None = None
        self._newer: tuple[float, str] | None = None
        self._room: int | None = None
        for outcome in OUTCOMES:
            # The counters exist from the start, so that an outcome's first reading shows as an increase.
            _readings.add(0, {"outcome": outcome})

    def health(self) -> Check:
        """Failing when nothing could be committed for half a minute although there is something to commit.

        Failing too while there are messages that only the next release's worker can read. Degraded while another
        worker works the partition: nothing is wrong, but each looks everything up again.
        """
        if self._newer is not None and time.monotonic() - self._newer[0] < NEWER_S:
            return Check("failing", self._newer[1])
        failing_s = 0.0 if self._failing_since is None else time.monotonic() - self._failing_since
        if failing_s > STUCK_S:
            return Check("failing", f"no batch could be committed for {failing_s:.0f} s")
        if time.monotonic() - self.step.other_seen_at < OTHER_S:
            return Check("degraded", "another worker works this partition too: stop one of them")
        return OK

    async def run(self) -> None:
        """Fetch, commit and acknowledge until cancelled."""
        while True:
            end_if_cancelled()
            messages = await broker.fetch(self._reader, 1.0)
            if messages:
                began = time.monotonic()
                await self.handle(messages)
                # Messages that arrive during this pause gather in the reader.
                await asyncio.sleep(max(0.0, began + PERIOD_S - time.monotonic()))

    async def handle(self, messages: Sequence[Msg]) -> None:
        """Commit what the messages bring, in batches, and acknowledge it; give back what could not be committed."""
        self._outstanding.delivered((_sequence(msg), int(msg.metadata.sequence.consumer)) for msg in messages)
        in_order = sorted(messages, key=_sequence)
        try:
            stream = await self._stream_of(in_order)
        except Exception as error:
            log.error("READINGS is not known", partition=self.p, error=repr(error))
            for msg in messages:
                await broker.nack(msg)
            return
        work_found = [each for msg in in_order if (each := await self._decoded(msg, stream))]
        for work in _batches(work_found, self._room or LARGEST_BATCH):
            await self._work_off(work)

    async def _work_off(self, work: Sequence[Work]) -> None:
        try:
            await self._commit(work)
        except Exception as error:
            await self._failed(work, error)

    async def _stream_of(self, messages: Sequence[Msg]) -> int:
        """READINGS' number. The first delivery of a sequence that was seen before means that the stream was
        re-created."""
        first = [_sequence(msg) for msg in messages if msg.metadata.num_delivered == 1]
        if self._stream is None or (first and first[0] <= self._newest):
            self._stream = await self._ask_stream()
            self._newest = 0
            self._outstanding.begin_anew(map(_sequence, messages))
        self._newest = max([self._newest, *first])
        return self._stream

    async def _commit(self, work: Sequence[Work]) -> None:
        settled = await self._outstanding.none_before([_sequence(each.msg) for each in work])
        await self._store([post for each in work for post in each.posts], len(work), settled=settled)
        self._failing_since = None
        if self._room is not None:
            self._room = None if self._room * 2 >= LARGEST_BATCH else self._room * 2
        for each in work:
            await self._settle(each.msg)

    async def _settle(self, msg: Msg) -> None:
        """Acknowledge the message: all of its readings are committed, so it need not be delivered again."""
        self._outstanding.settled(_sequence(msg))
        await msg.ack()

    async def _store(
        self, posts: Sequence[Post], messages: int, *, settled: bool = False, without: Ints | None = None
    ) -> None:
        attributes: telemetry.Attributes = {
            "messaging.destination.name": self._reader.stream,
            "messaging.batch.message_count": messages,
        }
        with telemetry.batch_span(
            "readings batch", (post.traceparent for post in posts), attributes=attributes, scope=__name__
        ) as span:
            started = time.perf_counter()
            done = await self._run(posts, settled=settled, without=without)
            span.set_attribute("shengji.readings", done.readings)
        _duration.record(time.perf_counter() - started)
        self._tell(done)

    async def _run(
        self, posts: Sequence[Post], *, settled: bool = False, without: Ints | None = None
    ) -> Done:
        conn, now = await self._connection(), self._clock.now()

        async def step() -> Done:
            return await self.step.run(conn, posts, now, settled=settled, apart=without)

        try:
            return await apart.in_time(step(), conn, LONGEST_BATCH_S)
        except asyncpg.UniqueViolationError:
            # The memory was stale, after a commit whose answer was lost. It has been dropped: try once more.
            return await apart.in_time(step(), conn, LONGEST_BATCH_S)

    def _tell(self, done: Done) -> None:
        for outcome, count in done.outcomes.items():
            if count:
                _readings.add(count, {"outcome": outcome})
        for reason, count in done.quarantined.items():
            _set_apart.add(count, {"reason": reason})
        self._live.note(done, self.step.memory.regions)

    async def _failed(self, work: Sequence[Work], error: Exception) -> None:
        """Return the messages for redelivery, but isolate what fails because of its content, so that it doesn't hold up
        the rest.

        After an outage the next batches hold half as much: what took too long would take too long each time.
        """
        self._failing_since = self._failing_since or time.monotonic()
        log.error("batch not committed", partition=self.p, messages=len(work), error=repr(error))
        if apart.by_content(error) and len(work) > 1:
            middle = len(work) // 2
            await self._work_off(work[:middle])
            await self._work_off(work[middle:])
            return
        if not apart.by_content(error):
            self._room = max(1, sum(each.count for each in work) // 2)
            await self._disconnect()
        last = len(work) == 1 and work[0].msg.metadata.num_delivered >= TRIES
        if last and (apart.by_content(error) or isinstance(error, apart.TooLong)):
            try:
                await self._take_apart(work[0])
                return
            except Exception as outage:
                log.error("message not taken apart", partition=self.p, error=repr(outage))
                await self._disconnect()
        for each in work:
            await broker.nack(each.msg)

    async def _take_apart(self, work: Work) -> None:
        """Isolate the fault to one POST, then to single readings. Raises outages; what was committed before stays
        committed."""
        sequence = _sequence(work.msg)
        for post in work.posts:
            try:
                await self._store([post], 1)
            except Exception as error:
                if not (apart.by_content(error) or isinstance(error, apart.TooLong)):
                    raise
                await self._without_culprits(sequence, post, error)
        await self._settle(work.msg)

    async def _without_culprits(self, sequence: int, post: Post, error: Exception) -> None:
        async def attempt(without: Ints) -> None:
            conn = await self._connection()
            await apart.in_time(
                self.step.try_out(conn, [post], self._clock.now(), without), conn, LONGEST_BATCH_S
            )

        try:
            rows = await apart.culprits(post.count, attempt)
            await self._store([post], 1, without=rows)
        except Exception as still:
            if not apart.by_content(still):
                raise
            await self._keep_post(sequence, post, still)
            return
        log.error(
            "readings set aside",
            partition=self.p,
            sequence=sequence,
            enterprise=post.enterprise,
            readings=len(rows),
            error=repr(error),
        )

    async def _keep_post(self, sequence: int, post: Post, error: Exception) -> None:
        """The POST fails even without its readings: keep it as it is, and say so in its receipt."""
        reason = f"a POST of {post.enterprise} not committed in {TRIES} tries: {error!r}"
        log.error("POST kept apart", partition=self.p, sequence=sequence, reason=reason)
        conn, now = await self._connection(), self._clock.now()
        body = wire.encode([post])
        await quarantine.keep_undecodable(conn, self.p, sequence, reason, body, now)
        if not post.release_at:
            await receipts.end(conn, post, now)

    async def _decoded(self, msg: Msg, stream: int) -> Work | None:
        try:
            posts = decode(msg.data)
            stamp(posts, ranks.place(stream, _sequence(msg)))
            return Work(msg, posts)
        except NewerWire as newer:
            # Acknowledged to the device, but only the next release can read it: it stays in READINGS for that release's
            # worker.
            if self._newer is None:
                log.error("message of a newer version", partition=self.p, reason=str(newer))
            self._newer = (time.monotonic(), str(newer))
            await broker.nack(msg)
            return None
        except WireError as error:
            await self._keep(msg, str(error))
            return None

    async def _keep(self, msg: Msg, reason: str) -> None:
        """Store a message that no worker can process, so that it blocks nothing."""
        log.error(
            "message kept apart", partition=self.p, sequence=msg.metadata.sequence.stream, reason=reason
        )
        try:
            conn = await self._connection()
            await quarantine.keep_undecodable(
                conn, self.p, msg.metadata.sequence.stream, reason, msg.data, self._clock.now()
            )
        except (*LOST, asyncpg.PostgresError) as error:
            log.error("could not keep it", error=repr(error))
            await self._disconnect()
            await broker.nack(msg)
            return
        await self._settle(msg)

    async def _connection(self) -> Connection:
        if self._conn is None or self._conn.is_closed():
            self.step.forget()
            self._conn = await self._connect()
            if self._session is not None:
                await self._conn.execute(_END_SESSION, self._session)
            self._session = self._conn.get_server_pid()
        return self._conn

    async def _disconnect(self) -> None:
        if self._conn is not None:
            self._conn.terminate()
        self._conn = None


def _sequence(msg: Msg) -> int:
    return int(msg.metadata.sequence.stream)


def _batches(work: Sequence[Work], largest: int) -> list[list[Work]]:
    """Messages in order, put together up to `largest` readings; one that holds more goes alone."""
    batches: list[list[Work]] = []
    room = 0
    for each in work:
        if not batches or each.count > room:
            batches.append([])
            room = largest
        batches[-1].append(each)
        room -= each.count
    return batches
