"""20, 10, 20 ends at 20 whatever comes again, in whatever batches, with whatever restarts: also where a repeat saves
the write of its rank, and where corrections, each by the time of its report, come in between."""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.energy.readings import outstanding, ranks
from services.energy.readings.batch import BatchStep
from services.energy.readings.outstanding import Outstanding
from services.energy.readings.wire import Post, stamp
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import MIDNIGHT, Store, fresh, post

TIMES = [MIDNIGHT, MIDNIGHT + 900, MIDNIGHT + 1800]
VALUES = [10_000_000, 20_000_000]
STREAM = 63
"""READINGS was re-created as often as ranks can tell: telemetry ranks as high as it ever can."""
KINDS = ["telemetry", "telemetry", "telemetry", "faulty", "correction"]


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else hardly a repeat would be saved here."""
    monkeypatch.setattr(outstanding, "ASK_EVERY_S", 0.0)


@dataclass
class Queue:
    """A consumer of READINGS as nats-server keeps it: what is delivered and not acknowledged comes again."""

    messages: list[Post]
    fresh: int = 0
    deliveries: int = 0
    waiting: set[int] = field(default_factory=set)

    def deliver(self, rng: random.Random, most: int) -> list[tuple[int, int]]:
        """(sequence, number of the delivery) of some that come again and some new ones."""
        again = rng.sample(sorted(self.waiting), min(len(self.waiting), rng.randrange(most + 1)))
        new = list(range(self.fresh + 1, min(len(self.messages), self.fresh + rng.randrange(most + 1)) + 1))
        self.fresh += len(new)
        found = [*again, *new]
        self.waiting.update(found)
        self.deliveries += len(found)
        return [(one, self.deliveries - len(found) + n) for n, one in enumerate(found, 1)]

    async def position(self) -> tuple[int, int]:
        """Greatest sequence delivered, and the floor of acknowledgements."""
        return self.fresh, min(self.waiting, default=self.fresh + 1) - 1


class Worker:
    """As `readings.worker`, without servers."""

    def __init__(self, queue: Queue, p: int) -> None:
        self.step, self.outstanding = BatchStep(p), Outstanding(queue.position)
        self.saved = 0

    async def handle(
        self, store: Store, queue: Queue, rng: random.Random, taken: list[tuple[int, int]]
    ) -> None:
        """Commit, with what may go wrong: a batch fails, an acknowledgement is lost."""
        self.outstanding.delivered(taken)
        rest = sorted(sequence for sequence, _ in taken)
        while rest:
            size = rng.randrange(1, len(rest) + 1)
            batch, rest = rest[:size], rest[size:]
            settled = await self.outstanding.none_before(batch)
            self.saved += settled
            if rng.random() < 0.4:
                continue
            posts = [queue.messages[sequence - 1] for sequence in batch]
            await self.step.run(store.conn, posts, store.now, settled=settled)
            for sequence in batch:
                self.outstanding.settled(sequence)
                if rng.random() < 0.95:
                    queue.waiting.discard(sequence)


async def registered(store: Store) -> tuple[str, str]:
    meter = Meter(fresh("m"), enterprise=fresh(), register=False)
    await store.meter(meter)
    return meter.name, meter.enterprise


def message(store: Store, enterprise: str, sequence: int, readings: list[Read], **more: Any) -> Post:
    """One message as the worker has it; it has its place in the queue, whatever batch it comes in."""
    made = post(readings, enterprise=enterprise, received_at=store.now, **more)
    made.ranks = b""
    stamp([made], ranks.place(STREAM, sequence))
    return made


def correction(
    store: Store, enterprise: str, reported_at: int, readings: list[Read], sequence: int = 1
) -> Post:
    """The same of a correction that was reported at that second, which says nothing of its place in the queue."""
    return message(store, enterprise, sequence, readings, rank=ranks.correction(reported_at * 1_000_000))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
async def test_the_later_value_counts_whatever_the_queue_does(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    meter, enterprise = await registered(store)
    faulty: list[tuple[int, int, int]] = []
    messages: list[Post] = []
    last: dict[int, Any] = {}
    # While something is in quarantine hardly a repeat is saved, so most queues have nothing that is faulty. A rank that
    # is wrongly saved shows in one example of ten: where 20, 10, 20 come in one order, and the 10 fails and comes last.
    kinds = ["telemetry"] if rng.random() < 0.7 else KINDS
    for sequence in range(1, rng.randrange(12, 25)):
        rows = [(rng.choice(TIMES), rng.choice(VALUES)) for _ in range(rng.choice([2, 2, 3]))]
        reads, kind = [Read(meter, t, v) for t, v in rows], rng.choice(kinds)
        if kind == "correction":
            reported_at = MIDNIGHT + rng.randrange(10)
            messages.append(correction(store, enterprise, reported_at, reads, sequence))
            told = [t for t, _ in rows]
            # Each one more of its time is above the one before, by next to nothing.
            placed = [
                ranks.correction(reported_at * 1_000_000) + told[:n].count(t) for n, t in enumerate(told)
            ]
        else:
            # What is faulty comes back without its flag in the end, with the place it had.
            quality = "D" * len(rows) if kind == "faulty" else ""
            messages.append(message(store, enterprise, sequence, reads, quality=quality))
            placed = [ranks.place(STREAM, sequence) + n for n in range(len(rows))]
            if quality:
                faulty += [(t, v, rank) for (t, v), rank in zip(rows, placed, strict=True)]
        for (t, v), rank in zip(rows, placed, strict=True):
            last[t] = max(last.get(t, (0, 0)), (rank, v))
    queue = Queue(messages)
    p = await store.partition(enterprise)
    workers = [Worker(queue, p)]
    while queue.fresh < len(messages) or queue.waiting:
        if rng.random() < 0.1:
            workers.append(Worker(queue, p))
        if len(workers) > 1 and rng.random() < 0.5:
            workers.pop(0)
        await rng.choice(workers).handle(store, queue, rng, queue.deliver(rng, 3))
    rng.shuffle(faulty)
    for t, v, rank in faulty:
        released = post([Read(meter, t, v, rank)], enterprise=enterprise, received_at=store.now)
        released.release_at = released.received_at
        await workers[0].step.run(store.conn, [released], store.now)
    found = await store.content(enterprise)
    assert {t: v for (_, t), (_, v) in found.reading.items()} == {t: v for t, (_, v) in last.items()}


async def sequence_of(store: Store, *batches: list[tuple[int, int]], settled: bool = True) -> int:
    """Values for one time as (place in the queue, value), batch by batch; what counts in the end."""
    meter, enterprise = await registered(store)
    step = BatchStep(await store.partition(enterprise))
    for batch in batches:
        posts = [message(store, enterprise, place, [Read(meter, TIMES[0], v)]) for place, v in batch]
        await step.run(store.conn, posts, store.now, settled=settled)
    return (await store.content(enterprise)).reading[meter, TIMES[0]][1]


async def test_a_repeat_beside_another_value_writes_its_rank(store: Store) -> None:
    """The 10 is delivered again: its batch was committed, its acknowledgement lost."""
    assert await sequence_of(store, [(1, 20)], [(2, 10), (3, 20)], [(2, 10)]) == 20


async def test_a_repeat_while_something_waits_in_quarantine_writes_its_rank(store: Store) -> None:
    meter, enterprise = await registered(store)
    step, now = BatchStep(await store.partition(enterprise)), store.now

    async def work(made: Post) -> None:
        await step.run(store.conn, [made], now, settled=True)

    await work(message(store, enterprise, 1, [Read(meter, TIMES[0], 20)]))
    await work(message(store, enterprise, 2, [Read(meter, TIMES[0], 10)], quality="D"))
    await work(message(store, enterprise, 3, [Read(meter, TIMES[0], 20)]))
    released = post(
        [Read(meter, TIMES[0], 10, ranks.place(STREAM, 2))], enterprise=enterprise, received_at=now
    )
    released.release_at = released.received_at
    await work(released)
    assert (await store.content(enterprise)).reading[meter, TIMES[0]] == (ranks.place(STREAM, 3), 20)


async def test_a_corrections_repeat_writes_its_rank(store: Store) -> None:
    """A correction that was reported between the two may be sent after both: its place in the queue says nothing."""
    meter, enterprise = await registered(store)
    step = BatchStep(await store.partition(enterprise))
    for reported_at, value in ((1, 20), (3, 20), (2, 10)):
        made = correction(store, enterprise, MIDNIGHT + reported_at, [Read(meter, TIMES[0], value)])
        await step.run(store.conn, [made], store.now, settled=True)
    assert (await store.content(enterprise)).reading[meter, TIMES[0]][1] == 20


@pytest.mark.parametrize("one_post", [False, True])
@pytest.mark.parametrize("values", list(itertools.product([10, 20], repeat=3)))
async def test_the_last_of_three_counts(store: Store, values: tuple[int, ...], one_post: bool) -> None:
    """In three POSTs and in one; by a correction that was reported long before they came no value of them counts."""
    meter, enterprise = await registered(store)
    step = BatchStep(await store.partition(enterprise))
    reads = [Read(meter, TIMES[0], v) for v in values]
    for n, rows in enumerate([reads] if one_post else [[each] for each in reads], 1):
        await step.run(store.conn, [message(store, enterprise, n, rows)], store.now)
    assert (await store.content(enterprise)).reading[meter, TIMES[0]][1] == values[-1]
    early = correction(store, enterprise, 1, [Read(meter, TIMES[0], 15)])
    again = message(store, enterprise, 9, [Read(meter, TIMES[0], values[0])])
    for made in (early, again):
        await step.run(store.conn, [made], store.now)
    assert (await store.content(enterprise)).reading[meter, TIMES[0]][1] == 15


@pytest.mark.parametrize(("settled", "rank"), [(True, 1), (False, 2)])
async def test_a_repeat_of_which_nothing_may_come_saves_its_write(
    store: Store, settled: bool, rank: int
) -> None:
    meter, enterprise = await registered(store)
    step = BatchStep(await store.partition(enterprise))
    for place in (1, 2):
        made = message(store, enterprise, place, [Read(meter, TIMES[0], 20)])
        await step.run(store.conn, [made], store.now, settled=settled)
    assert (await store.content(enterprise)).reading[meter, TIMES[0]] == (ranks.place(STREAM, rank), 20)


async def test_the_older_message_is_still_out(store: Store) -> None:
    """The 10 failed and comes again after the second 20: the worker knows of it, and the rank is written."""
    meter, enterprise = await registered(store)
    values = [20, 10, 20]
    queue = Queue(
        [message(store, enterprise, n, [Read(meter, TIMES[0], v)]) for n, v in enumerate(values, 1)]
    )
    worker = Worker(queue, await store.partition(enterprise))
    told = []
    worker.outstanding.delivered([(place, place) for place in (1, 2, 3)])
    queue.fresh, queue.waiting = 3, {1, 2, 3}
    for place in (1, 3, 2):
        told.append(settled := await worker.outstanding.none_before([place]))
        await worker.step.run(store.conn, [queue.messages[place - 1]], store.now, settled=settled)
        worker.outstanding.settled(place)
    assert told[1] is False
    assert (await store.content(enterprise)).reading[meter, TIMES[0]][1] == 20
