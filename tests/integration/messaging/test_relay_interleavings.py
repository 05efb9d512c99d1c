"""Any interleaving of two relays, crashes, lost messages and restarts gives the same stream.

Two relays run at once on the real servers. Hypothesis decides the size of each commit and, call by call,
what happens to each relay at the broker's door: the call works, is lost on its way, works and its answer is
lost, or the relay's process dies before or after it. Whatever it decides, the stream must tell the log's
story: nothing missing, nothing twice, nothing out of order, the chain whole.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from nats.js import JetStreamContext

from shared.relay import Relay
from shared.streams import domain_stream
from tests.integration.messaging.conftest import SOURCE, STREAM, Ledger, same, stored
from tests.kit.servers import TestNats, wait_for

Fate = Literal["works", "lost", "answer lost", "dies before", "dies after"]
FATES: tuple[Fate, ...] = ("works", "lost", "answer lost", "dies before", "dies after")


class Death(BaseException):
    """The relay's process is gone: no `except Exception` of its own may see it."""


class Door:
    """What stands between one relay and the broker: gives every call the next fate; later ones work."""

    def __init__(self, fates: list[Fate]) -> None:
        self._fates: Iterator[Fate] = iter(fates)

    async def through(self, call: Callable[[], Any]) -> Any:
        fate = next(self._fates, "works")
        if fate == "dies before":
            raise Death
        if fate == "lost":
            raise TimeoutError
        answer = await call()
        if fate == "dies after":
            raise Death
        if fate == "answer lost":
            raise TimeoutError
        return answer


class Connection:
    """The parts of nats-py's client that a batch uses; a lost part of a batch is not noticed by its sender."""

    def __init__(self, js: JetStreamContext, door: Door) -> None:
        self._nc = js._nc
        self._door = door

    async def publish(self, *args: Any, **kwargs: Any) -> None:
        try:
            await self._door.through(lambda: self._nc.publish(*args, **kwargs))
        except TimeoutError:
            return


class JetStream:
    """JetStream behind the door, as far as a relay uses it."""

    def __init__(self, js: JetStreamContext, door: Door) -> None:
        self._js = js
        self._door = door
        self._nc = Connection(js, door)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._js, name)
        return lambda *args, **kwargs: self._door.through(lambda: method(*args, **kwargs))


async def alive(make: Callable[[], Relay]) -> None:
    """A supervisor: starts a relay anew whenever its process dies. A new one knows nothing."""
    while True:
        try:
            await make().run()
        except Death:
            continue


commits = st.lists(st.integers(1, 9), min_size=1, max_size=8)
fates = st.lists(st.sampled_from(FATES), max_size=24)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BACKOFF_FIRST_S", "BACKOFF_LONGEST_S"):
        monkeypatch.setattr(f"shared.relay.{name}", 0.001)
    monkeypatch.setattr("shared.relay.RECHECK_S", 0.02)


@pytest.mark.usefixtures("impatient")
async def test_any_interleaving_of_two_relays_crashes_and_restarts_gives_the_same_stream(
    ledger: Ledger, bare_nats: TestNats
):
    one, two = await bare_nats.jetstream(), await bare_nats.jetstream()

    async def story(sizes: list[int], first: list[Fate], second: list[Fate], lose_stream_after: int) -> None:
        await ledger.empty()
        await one.add_stream(domain_stream(SOURCE))
        tasks = []
        for js, decided in ((one, first), (two, second)):
            door = JetStream(js, Door(decided))
            make = lambda door=door: Relay(SOURCE, ledger.engine, ledger.log, door, poll_s=0.005, batch=5)  # noqa: E731
            tasks.append(asyncio.create_task(alive(make)))
        try:
            total = 0
            for number, size in enumerate(sizes):
                total = await ledger.append(size)
                if number == lose_stream_after:
                    await one.delete_stream(STREAM)
                    await one.add_stream(domain_stream(SOURCE))

            async def full() -> bool:
                return (await one.stream_info(STREAM)).state.last_seq >= total

            await wait_for(full, what=f"stream at {total}")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert same(await stored(one), await ledger.all())
        await one.delete_stream(STREAM)

    loop = asyncio.get_running_loop()

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(commits, fates, fates, st.integers(-8, 7))
    @example([9], ["works", "works", "works", "works", "works", "works", "dies after"], [], -1)
    @example([9, 9], ["works", "works", "works", "lost", "works", "works", "answer lost"], ["dies before"], 0)
    def tell(sizes: list[int], first: list[Fate], second: list[Fate], lose_stream_after: int) -> None:
        asyncio.run_coroutine_threadsafe(story(sizes, first, second, lose_stream_after), loop).result(60)

    await asyncio.to_thread(tell)
