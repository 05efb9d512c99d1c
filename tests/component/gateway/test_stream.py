"""Server-sent events: a snapshot, what changes, resume, reset, the token's end, the caller's region."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.kit.portal import Portal, ok, problem, unique

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    data: Any
    id: str | None


class Stream:
    """An open stream of events."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> Event | None:
        """The next event; None at the stream's end. Comments are passed over."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE_S):
            async for line in self._lines:
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif not line and "event" in fields:
                    return Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
                elif not line:
                    fields = {}
        return None

    async def change(self, region: str) -> Event:
        """The next change of that region."""
        while True:
            event = await self.next()
            assert event is not None, "the stream ended"
            if event.name == "change" and event.data["region"] == region:
                return event


@contextlib.asynccontextmanager
async def opened(door: httpx.AsyncClient, last: str | None = None, **query: str) -> AsyncIterator[Stream]:
    headers = {"Last-Event-ID": last} if last else {}
    async with door.stream("GET", "/progress/stream", params=query, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


_written: set[str] = set()


async def report(portal: Portal, region: str) -> str:
    """Something that changes this region's figures; answers with the command's position token."""
    month = {"region": region, "month": "2013-01", "investment": "210000000", "confirmed": True}
    city = portal.city(region)
    if region not in _written:
        _written.add(region)
        answer = await city.post("/reports", json=month)
        if answer.status_code == 201:
            return answer.headers["position-token"]
    amount = str(210_000_000 + int(unique("x")[2:]) * 1000)
    path = f"/reports/{region}/2013-01/corrections"
    said = {"investment": amount, "confirmed": True, "reason": "made for a test"}
    answer = await city.post(path, json=said)
    ok(answer)
    return answer.headers["position-token"]


async def test_a_snapshot_and_then_what_changes(portal: Portal):
    async with opened(portal.province) as stream:
        first = await stream.next()
        assert first is not None
        assert first.name == "reset"
        assert first.id is not None
        assert len(first.data["snapshot"]["rows"]) == 10
        assert first.data["snapshot"]["last_change"] == first.id
        await report(portal, "350800")
        change = await stream.change("350800")
        assert change.id == change.data["id"]
        assert change.data["event_type"] in ("MonthlyReportFiled", "MonthlyReportCorrected")
        assert "TR-6h" in {figure["target"] for figure in change.data["figures"]}


async def test_a_reader_that_was_away_goes_on_where_it_was(portal: Portal):
    await report(portal, "350800")
    async with opened(portal.province) as stream:
        first = await stream.next()
        assert first is not None
    await report(portal, "350800")
    await report(portal, "350300")
    async with opened(portal.province, last=first.id) as stream:
        missed = [await stream.change("350800"), await stream.change("350300")]
    numbers = [int(str(event.id).split(":")[1]) for event in (first, *missed)]
    assert numbers == sorted(set(numbers))
    # And also with the id in the query, for readers that can't set a header.
    async with opened(portal.province, last_event_id=str(missed[0].id)) as stream:
        assert (await stream.change("350300")).id == missed[1].id


@pytest.mark.parametrize("last", ["v1:999999999", "v99:1", "garbage", "v1:-1", "v1:" + "9" * 30, "é"])
async def test_an_id_that_nobody_gave_out_is_answered_with_a_reset(portal: Portal, last: str):
    headers = {b"Last-Event-ID": last.encode("latin-1")}
    async with portal.province.stream("GET", "/progress/stream", headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        event = await Stream(response).next()
    assert event is not None
    assert event.name == "reset"


async def test_the_stream_is_narrowed_to_a_region(portal: Portal):
    """What happens elsewhere first is not in it."""
    await report(portal, "350300")
    async with opened(portal.province, region="350300") as narrow, opened(portal.province) as wide:
        for stream in (narrow, wide):
            event = await stream.next()
            assert event is not None
            assert event.name == "reset"
        await report(portal, "350800")
        await report(portal, "350300")
        assert (await wide.change("350800")).data["region"] == "350800"
        event = await narrow.next()
        assert event is not None
        assert (event.name, event.data["region"]) == ("change", "350300")


async def test_the_stream_ends_with_its_token(portal: Portal):
    async with portal.with_token(portal.token("province", hours=3 / 3600)) as short, opened(short) as stream:
        names = []
        while (event := await stream.next()) is not None:
            names.append(event.name)
    assert names[0] == "reset"
    assert names[-1] == "end"


async def test_a_question_that_can_not_be_is_a_problem_and_no_stream(portal: Portal):
    refused = await portal.province.get("/progress/stream", params={"region": "\0"})
    problem(refused, refused.status_code)
    assert refused.status_code in (400, 422)
    problem(await portal.province.get("/progress/stream", params={"region": "x" * 5000}), 422)


async def test_an_enterprise_sees_only_its_own_citys_board(portal: Portal):
    stranger = portal.caller("enterprise", organisation="nobody-registered")
    async with opened(stranger) as stream:
        event = await stream.next()
    assert event is not None
    assert event.data["snapshot"]["rows"] == []
