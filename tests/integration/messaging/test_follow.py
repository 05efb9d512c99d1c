"""Following a stream for oneself: all of it at first, then what comes, and all of it anew when the reader is lost."""

import asyncio
import contextlib

from nats.js.api import DeliverPolicy

from shared.pull import ConsumerGone, Followed, follow
from shared.streams import domain_stream
from tests.kit.servers import TestNats, wait_for


async def test_what_is_there_comes_first_and_a_lost_reader_begins_anew(bare_nats: TestNats) -> None:
    js = await bare_nats.jetstream()
    await js.add_stream(domain_stream("source"))
    for number in range(3):
        await js.publish("source.Said", str(number).encode())
    await js.publish("source.Other", b"none of its business")
    seen: list[str] = []
    left: list[int] = []
    lost: list[Exception] = []

    def take(messages, pending) -> None:
        seen.extend(message.data.decode() for message in messages)
        left.append(pending)

    what = Followed("SOURCE", "source.Said", DeliverPolicy.ALL, "reader", batch=2)
    reading = asyncio.create_task(follow(js, what, take, lost.append, retry_s=0.0))
    await wait_for(lambda: seen == ["0", "1", "2"], timeout=10)
    assert (left[0], left[-1]) == (3, 0)
    await js.publish("source.Said", b"3")
    await wait_for(lambda: seen[3:] == ["3"], timeout=10)
    [consumer] = await js.consumers_info("SOURCE")
    assert consumer.config.mem_storage
    await js.delete_consumer("SOURCE", consumer.name)
    await wait_for(lambda: seen[4:] == ["0", "1", "2", "3"], timeout=10)
    assert isinstance(lost[0], ConsumerGone)
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
