"""Whether something older may still come: certain only after the server has said so, and never while it is here."""

import pytest

from services.energy.readings import outstanding
from services.energy.readings.outstanding import Outstanding


class Server:
    """Answers with what it is told to."""

    def __init__(self) -> None:
        self.delivered, self.floor, self.asked = 3, 3, 0

    async def position(self) -> tuple[int, int]:
        self.asked += 1
        return self.delivered, self.floor


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(outstanding, "ASK_EVERY_S", 0.0)
    return Server()


async def test_another_may_have_what_was_delivered_before(server: Server) -> None:
    server.floor = 2
    found = Outstanding(server.position)
    found.delivered([(4, 10)])
    assert not await found.none_before([4])
    server.floor = 3
    assert await found.none_before([4])
    found.settled(4)
    found.delivered([(5, 11), (6, 12)])
    assert await found.none_before([5, 6])
    assert server.asked == 2


async def test_what_is_here_and_not_settled(server: Server) -> None:
    found = Outstanding(server.position)
    found.delivered([(4, 1), (5, 2), (6, 3)])
    assert await found.none_before([4])
    assert not await found.none_before([5])
    assert await found.none_before([4, 5])
    found.settled(4)
    assert await found.none_before([5])


async def test_a_gap_in_the_deliveries_is_another_workers(server: Server) -> None:
    found = Outstanding(server.position)
    found.delivered([(4, 1)])
    assert await found.none_before([4])
    found.settled(4)
    server.delivered, server.floor = 6, 4
    found.delivered([(6, 3)])
    assert not await found.none_before([6])
    server.floor = 6
    assert await found.none_before([6])


async def test_who_cant_be_asked_makes_nothing_certain(server: Server) -> None:
    async def away() -> tuple[int, int]:
        raise TimeoutError

    found = Outstanding(away)
    found.delivered([(4, 1)])
    assert not await found.none_before([4])


async def test_a_stream_made_anew(server: Server) -> None:
    found = Outstanding(server.position)
    found.delivered([(40, 1), (41, 2)])
    server.delivered, server.floor = 1, 0
    found.delivered([(1, 1)])
    found.begin_anew([1])
    assert not await found.none_before([1])
    server.floor = 1
    assert await found.none_before([1])
