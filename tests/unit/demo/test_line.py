"""The devices' own HTTP client and what it sends again, against a server that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from cli.demo.line import LineLost, Lines
from cli.demo.outgoing import Column, Post
from cli.demo.push import Intake
from cli.demo.tally import Tally
from cli.door import DoorError

ACCEPTED = b'{"receipt": "r", "readings": 2}'


def http(status: int, body: bytes = b"{}", *headers: str) -> bytes:
    """An answer as it goes over the wire."""
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@dataclass
class Server:
    """Gives its answers one after the other, the last one for ever; an empty one closes the connection."""

    answers: list[bytes]
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    base: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")), 0
                )
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if not answer:
                    return
                writer.write(answer)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass  # the client is done
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[Server]:
    server = Server(list(answers))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


def _post() -> Post:
    return Post("E", (Column("M", np.array([1_357_000_000, 1_357_000_900]), np.array([1_000, 2_000])),))


@asynccontextmanager
async def intake(*answers: bytes) -> AsyncIterator[tuple[Server, Intake, Tally]]:
    async with serving(*answers) as server:
        tally = Tally()
        door = Intake(server.base, {"E": "E.secret"}, tally)
        try:
            yield server, door, tally
        finally:
            await door.close()


async def test_one_connection_carries_many_requests() -> None:
    async with serving(http(202, b'{"a": 1}')) as server:
        lines = Lines(server.base)
        for _ in range(3):
            answer = await lines.post("/v1/readings", b"body", {"X-Y": "z"})
            assert (answer.status, answer.body) == (202, b'{"a": 1}')
        await lines.close()
    assert server.connections == 1
    assert b"X-Y: z\r\n" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\nbody")


async def test_a_connection_that_the_server_closes_is_not_used_again() -> None:
    async with serving(http(200, b"1", "Connection: close"), http(200, b"2")) as server:
        lines = Lines(server.base)
        assert (await lines.get("/", {})).body == b"1"
        assert (await lines.get("/", {})).body == b"2"
        await lines.close()
    assert server.connections == 2


async def test_an_answer_that_never_came_whole_is_lost() -> None:
    async with serving(b"") as server:
        lines = Lines(server.base)
        with pytest.raises(LineLost):
            await lines.get("/", {})
        await lines.close()


async def test_what_is_refused_for_the_moment_is_sent_again_unchanged() -> None:
    busy = http(503, b'{"title": "Busy"}', "Retry-After: 0")
    async with intake(busy, http(429, b"{}", "Retry-After: 0"), http(202, ACCEPTED)) as (server, door, tally):
        sent = await door.send(_post())
    assert [each.receipt for each in sent] == ["r"]
    assert len(set(server.requests)) == 1
    assert len(server.requests) == 3
    assert (tally.posts, tally.readings, tally.retries, tally.uncertain) == (1, 2, 2, 0)


async def test_a_lost_answer_is_sent_again_and_may_count_twice() -> None:
    async with intake(b"", http(202, ACCEPTED)) as (_, door, tally):
        await door.send(_post())
    assert (tally.readings, tally.uncertain) == (2, 2)
    tally.outcomes["accepted"] = 2
    tally.outcomes["duplicate"] = 2
    assert tally.balanced
    tally.outcomes["duplicate"] = 3
    assert not tally.balanced


@pytest.mark.parametrize("status", [400, 401, 413, 422])
async def test_what_a_person_must_mend_is_not_sent_again(status: int) -> None:
    async with intake(http(status, b'{"title": "No", "detail": "because"}')) as (server, door, tally):
        with pytest.raises(DoorError, match="because"):
            await door.send(_post())
    assert len(server.requests) == 1
    assert tally.readings == 0


async def test_a_receipt_is_waited_for() -> None:
    done = b'{"state": "done", "readings": 2, "counts": {"accepted": 2}}'
    async with intake(http(200, b'{"state": "pending"}'), http(200, done)) as (server, door, _):
        assert (await door.receipt("E", "r"))["counts"] == {"accepted": 2}
    assert b"GET /v1/receipts/r " in server.requests[0]
    assert b"Authorization: Bearer E.secret" in server.requests[0]
