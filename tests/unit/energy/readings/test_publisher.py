"""Shared publishes: everybody waits for the stream's own answer, and gets it."""

import asyncio

import pytest

from services.energy.intake.limits import FairShare
from services.energy.intake.publisher import Publisher
from services.energy.intake.settings import IntakeSettings
from services.energy.readings.wire import Post, column, decode, index_column
from shared.broker import PublishError, StreamFull
from shared.problems import Problem


def post(count: int = 1, name: str = "e1") -> Post:
    return Post(
        receipt=b"r" * 16,
        enterprise=name,
        received_at=0,
        meters=["m"],
        which=index_column([0] * count),
        t=column([0] * count),
        v=column([0] * count),
    )


class Stream:
    """Stands for READINGS: keeps what it is given, and fails on demand."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[Post], str]] = []
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def publish(self, subject: str, body: bytes, message_id: str) -> None:
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.messages.append((subject, decode(body), message_id))


async def test_small_posts_of_one_partition_share_a_message() -> None:
    stream = Stream()
    publisher = Publisher(stream.publish, 0.005)
    await asyncio.gather(*(publisher.publish(n % 2, post(name=f"e{n}")) for n in range(10)))
    assert sorted((subject, len(posts)) for subject, posts, _ in stream.messages) == [
        ("readings.0", 5),
        ("readings.1", 5),
    ]


async def test_nobody_is_answered_before_the_stream_has_it() -> None:
    stream = Stream()
    stream.open.clear()
    publisher = Publisher(stream.publish, 0)
    waiting = asyncio.create_task(publisher.publish(0, post()))
    done, _ = await asyncio.wait([waiting], timeout=0.05)
    assert not done
    stream.open.set()
    await waiting
    assert len(stream.messages) == 1


@pytest.mark.parametrize("wait_s", [0, 0.002])
@pytest.mark.parametrize(
    ("error", "retry_after"),
    [(PublishError("no answer"), 2), (StreamFull("full"), 5)],
)
async def test_everybody_learns_of_a_failure(wait_s: float, error: Exception, retry_after: int) -> None:
    stream = Stream()
    stream.error = error
    publisher = Publisher(stream.publish, wait_s)
    results = await asyncio.gather(*(publisher.publish(0, post()) for _ in range(3)), return_exceptions=True)
    assert [(r.status, r.retry_after) for r in results if isinstance(r, Problem)] == [(503, retry_after)] * 3


async def test_a_large_post_does_not_wait_and_a_full_message_goes() -> None:
    stream = Stream()
    publisher = Publisher(stream.publish, 3600)
    await publisher.publish(0, post(1000))
    await asyncio.gather(*(publisher.publish(0, post(400)) for _ in range(3)))
    assert [len(posts) for _, posts, _ in stream.messages] == [1, 3]


async def test_a_request_with_a_key_goes_alone_under_it() -> None:
    stream = Stream()
    await Publisher(stream.publish, 3600).publish(0, post(), "k1")
    assert [message_id for _, _, message_id in stream.messages] == ["k1"]


async def test_a_message_stays_under_its_limit() -> None:
    stream = Stream()
    publisher = Publisher(stream.publish, 0.005)
    await asyncio.gather(*(publisher.publish(0, post(999)) for _ in range(60)))
    assert sum(len(posts) for _, posts, _ in stream.messages) == 60
    assert all(sum(p.count for p in posts) * 18 < 500_000 for _, posts, _ in stream.messages)


def test_a_share_fills_up_again_with_time() -> None:
    now = [0.0]
    share = FairShare(IntakeSettings(readings_per_second=100, readings_burst=5_000), lambda: now[0])
    share.take("e1", 5_000)
    with pytest.raises(Problem) as refused:
        share.take("e1", 150)
    assert refused.value.retry_after == 2
    share.take("e2", 5_000)
    now[0] = 2.0
    share.take("e1", 150)
