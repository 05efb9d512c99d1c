"""A revoked token holds nowhere: not at a question, not in the memory of good tokens, not in an open stream."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.hints import Hints
from services.gateway.main import create_app
from services.gateway.revocations import Revocations
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.envelope import Envelope
from shared.health import OK
from shared.identity import Actor, reference
from tests.kit.gateway import PlayedServices, caller, settings, token
from tests.kit.portal import problem


def person(subject: str) -> str:
    return reference("p" * 32, "shengji-local", subject)


def now() -> int:
    """System time, by which tokens go."""
    return int(time.time())


def event(who: str, issued_until: int) -> bytes:
    """AccessRevoked as it travels."""
    moment = datetime(2013, 3, 5, tzinfo=UTC)  # the Clock's: tokens don't go by it
    return Envelope(
        specversion="1.0",
        id="1-00",
        source="assessment",
        type="AccessRevoked",
        subject=f"access:{who}",
        time=moment,
        datacontenttype="application/json",
        schemaversion=1,
        sequence=1,
        streamversion=1,
        recordedtime=moment,
        hash="0" * 64,
        previoushash="",
        simulated=True,
        data={"person": who, "issued_until": issued_until, "reason": "调离岗位"},
    ).encode()


async def nothing(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
    return {"items": [], "next_cursor": None, "reset": False, "last": "v1:1", "more": False}


def app(revocations: Revocations, hints: Hints | None = None) -> Any:
    door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]  # nobody steps it here
    return create_app(settings(), PlayedServices(nothing), door, hints, revocations=revocations)


async def test_a_revoked_persons_tokens_hold_no_longer_and_nobody_elses_end() -> None:
    """A token still read and wrote after its person was deleted."""
    revocations = Revocations(complete=True)
    made = app(revocations)
    async with caller(made, token("leaver")) as leaver, caller(made, token("other")) as other:
        assert (await leaver.get("/projects")).status_code == 200
        revocations.take(event(person("leaver"), now() + 1))
        told = problem(await leaver.get("/projects"), 401)
        assert told["code"] == "revoked"
        problem(await leaver.post("/projects", json={}), 401)
        assert (await other.get("/projects")).status_code == 200


async def test_a_token_issued_later_is_a_new_access() -> None:
    revocations, then = Revocations(complete=True), now() - 100
    revocations.take(event(person("back"), then))
    made = app(revocations)
    old, new = (token("back", iat=then + later, exp=then + 300) for later in (0, 1))
    async with caller(made, old) as before, caller(made, new) as after:
        problem(await before.get("/projects"), 401)
        assert (await after.get("/projects")).status_code == 200


async def test_an_earlier_revocation_that_comes_late_takes_nothing_back() -> None:
    revocations = Revocations(complete=True)
    revocations.take(event("p-x", 200))
    revocations.take(event("p-x", 100))
    revocations.take(b"rubbish")
    with pytest.raises(Exception, match="revoked"):
        revocations.check("p-x", 150)
    revocations.check("p-x", 201)


async def test_nobody_is_let_in_before_the_list_is_known() -> None:
    revocations = Revocations()
    assert revocations.health().status == "failing"
    async with caller(app(revocations), token("anybody")) as anybody:
        assert problem(await anybody.get("/projects"), 503)["retry_after"] == 1
    assert Revocations(complete=True).health() == OK


async def test_a_live_stream_ends_with_the_access() -> None:
    hints = Hints()
    revocations = Revocations(hints.wake, complete=True)
    made = app(revocations, hints)
    async with caller(made, token("watcher")) as watcher:
        reading = asyncio.create_task(watcher.get("/progress/stream"))  # it answers at the stream's end
        for _ in range(200):
            await asyncio.sleep(0)
        assert not reading.done()
        revocations.take(event(person("watcher"), now() + 1))
        async with asyncio.timeout(1.0):
            ended = await reading
    assert "event: end" in ended.text
    assert "revoked" in ended.text


async def test_a_token_lasts_twelve_hours_at_the_most() -> None:
    made = app(Revocations(complete=True))
    async with caller(made, token("long", exp=now() + 12 * 3600 + 60, iat=now() - 1)) as long:
        assert "12 hours" in problem(await long.get("/projects"), 401)["detail"]
    async with caller(made, token("short", exp=now() + 11 * 3600)) as short:
        assert (await short.get("/projects")).status_code == 200
