"""The cheap HTTP client, against a server that answers as it is told."""

import pytest

from clients.line import LineLost, Lines, request
from tests.kit.answering import http, serving


async def test_one_connection_carries_many_requests() -> None:
    async with serving(http(202, b'{"a": 1}')) as server:
        lines = Lines(server.base)
        for _ in range(3):
            answer = await lines.ask(request("POST", "/v1/readings", "t", b"body", {"X-Y": "z"}))
            assert (answer.status, answer.body) == (202, b'{"a": 1}')
        lines.close()
    assert server.connections == 1
    assert b"X-Y: z\r\n" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\nbody")


async def test_a_connection_that_the_server_closes_is_not_used_again() -> None:
    async with serving(http(200, b"1", "Connection: close"), http(200, b"2")) as server:
        lines = Lines(server.base)
        assert (await lines.ask(request("GET", "/"))).body == b"1"
        assert (await lines.ask(request("GET", "/"))).body == b"2"
        lines.close()
    assert server.connections == 2


async def test_an_answer_that_never_came_whole_is_lost() -> None:
    async with serving(b"") as server:
        lines = Lines(server.base)
        with pytest.raises(LineLost):
            await lines.ask(request("GET", "/"))
        lines.close()
