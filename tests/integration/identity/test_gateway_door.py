"""The gateway's own door over real HTTP: its limits, its headers, and a stream that ends with its token."""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from cli.tokens import mint
from services.gateway import main
from services.gateway.contracts import contract
from services.gateway.hints import Hints
from services.gateway.routes import all_routes
from services.gateway.settings import GatewaySettings
from services.gateway.simulated_clock import ClockDoor
from shared.asgi import HttpServer
from shared.clock import SystemClock
from shared.identity import Actor
from shared.rpc import Client, Encoded

_KEY = Ed25519PrivateKey.generate()
SIGNING = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
PLANS = "/api/v1/plans"


class Services:
    """Stands for the services behind NATS: notes what it is asked, and answers nothing in particular."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], Actor]] = []
        self.hold: asyncio.Event | None = None
        self.holding = asyncio.Event()
        self.quiet = False

    async def call(
        self, service: str, operation: str, body: dict[str, Any], actor: Actor, **_: Any
    ) -> dict[str, Any]:
        self.asked.append((f"{service}.{operation}", body, actor))
        if operation == "changes":
            if self.hold is not None:
                self.holding.set()
                await self.hold.wait()
            if self.quiet:
                return {"data": {"items": [], "last": "v1:0"}}
            return {"data": {"items": [{"id": f"v1:{len(self.asked)}"}], "last": f"v1:{len(self.asked)}"}}
        return {"data": {"items": []}, "source": service, "position": 1}

    async def query(self, *asked: Any, **more: Any) -> Encoded:
        return Encoded(json.dumps((await self.call(*asked, **more))["data"]).encode())


class Gateway:
    """A gateway that listens; `client` has a province's token."""

    def __init__(self, services: Services, port: int) -> None:
        self.services = services
        self.port = port
        self.client = self.caller()

    def caller(self, token: str | None = None) -> httpx.AsyncClient:
        token = mint(SIGNING, subject="office", role="province") if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=20)


@contextlib.asynccontextmanager
async def gateway(
    now: Callable[[], float] = time.time, hints: Hints | None = None, **settings: Any
) -> AsyncIterator[Gateway]:
    made = GatewaySettings(
        environment="test",
        jwt_public_key=PUBLIC,
        position_key=SecretStr("k" * 32),
        pseudonym_key=SecretStr("p" * 32),
        http_port=0,
        **settings,
    )
    services = Services()
    clock_door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]
    client: Client = services  # type: ignore[assignment]
    app = main.create_app(made, client, clock_door, hints, now)

    @app.get("/api/v1/broken")
    async def broken(_: Request) -> Response:
        raise RuntimeError("示例")

    server = HttpServer.of(made, app)
    task = asyncio.create_task(server.run_until_cancelled())
    await asyncio.wait_for(server.listening.wait(), 10)
    running = Gateway(services, server.port)
    try:
        yield running
    finally:
        await running.client.aclose()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Gateway]:
    async with gateway() as running:
        yield running


# --- headers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [PLANS, "/api/v1/nothing", "/nothing", "/docs", "/openapi.json", "/api/v1/broken", "/api/v1/clock"],
)
async def test_every_answer_keeps_a_browser_from_harm(door: Gateway, path: str) -> None:
    for client in (door.client, door.caller("")):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] in ("no-store", "private, no-cache")
        assert "server" not in headers


async def test_the_documentation_runs_its_own_script_and_no_other(door: Gateway) -> None:
    page = await door.client.get("/docs")
    policy = page.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    inline = re.findall(r"<script>(.*?)</script>", page.text, flags=re.DOTALL)
    loaded = re.findall(r'<script src="([^"]+)"', page.text)
    assert len(inline) == len(loaded) == 1
    assert loaded[0].startswith("/"), "the script is the package's own: no address but this one's is asked"
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert scripts.split() == ["script-src", "'self'", f"'sha256-{digest}'"]
    assert not re.findall(r"\son\w+=", page.text), "no handler that the policy would stop"


# --- limits ---------------------------------------------------------------------------------------------------


async def test_one_subject_that_asks_too_often_is_told_to_wait_and_another_is_not() -> None:
    async with gateway(rate_per_second=0.5, rate_burst=3) as door:
        answers = [await door.client.get(PLANS) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
        assert answers[-1].json()["code"] == "too-many-requests"
        again = door.caller(mint(SIGNING, subject="office", role="city", area="350100"))
        assert (await again.get(PLANS)).status_code == 429, (
            "another token of the same person is no other person"
        )
        other = door.caller(mint(SIGNING, subject="other", role="province"))
        assert (await other.get(PLANS)).status_code == 200
        assert len([1 for name, _, _ in door.services.asked if name == "assessment.list-plans"]) == 4


async def test_who_shows_no_valid_token_is_counted_by_address_and_valid_ones_pass() -> None:
    async with gateway(anonymous_per_second=0.5, anonymous_burst=3) as door:
        nobody, liar = door.caller(""), door.caller("a.b.c")
        answers = [await client.get(PLANS) for client in (nobody, liar, nobody, liar, nobody)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert (await nobody.get("/openapi.json")).status_code == 429
        assert (await door.client.get(PLANS)).status_code == 200, "the same address, with a token"


async def only_announced(door: Gateway, path: str, token: str, length: int) -> int:
    """The status of a POST of which the head and one character arrive, and nothing more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    said = f"Authorization: Bearer {token}\r\n" if token else ""
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{said}\r\n{{".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
    writer.close()
    return int(head.split(b" ")[1])


WITH_BODY = [("/api/v1/projects", "province"), ("/api/v1/clock", "ops")]


@pytest.mark.parametrize(("path", "role"), WITH_BODY)
async def test_a_body_is_refused_as_soon_as_it_is_too_large(door: Gateway, path: str, role: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    token = mint(SIGNING, subject="x", role=role)
    with contextlib.suppress(httpx.WriteError):  # it may hang up while we still send
        answer = await door.caller(token).post(path, content=endless())
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert await only_announced(door, path, token, 2_000_001) == 413
    assert door.services.asked == []


@pytest.mark.parametrize(("path", "role"), WITH_BODY[:1])
async def test_a_body_that_trickles_is_refused_in_time(path: str, role: str) -> None:
    async with gateway(body_timeout=0.2) as door:
        assert await only_announced(door, path, mint(SIGNING, subject="slow", role=role), 50) == 408


@pytest.mark.parametrize(("path", "role"), WITH_BODY)
async def test_nobody_sends_a_body_before_saying_who_it_is(door: Gateway, path: str, role: str) -> None:
    assert await only_announced(door, path, "", 10**12) == 401
    if role == "ops":
        assert await only_announced(door, path, mint(SIGNING, subject="x", role="province"), 10**12) == 403


async def test_an_oversized_token_is_refused_and_the_door_stays_open(door: Gateway) -> None:
    for length in (8_001, 60_000, 2_000_000):
        with contextlib.suppress(httpx.TransportError):  # a head of megabytes is cut off by the server itself
            assert (await door.caller("x" * length).get(PLANS)).status_code in (400, 401, 431)
    assert (await door.client.get(PLANS)).status_code == 200


PAGED_BY_DAYS = {"list-enterprise-energy", "list-meter-energy"}
"""A page of these ends after so many days of the grain, whole periods together."""


def test_every_list_has_a_page_size_with_an_end() -> None:
    for route in all_routes():
        properties = contract(route.service, route.operation).request_object().get("properties", {})
        if "limit" in properties:
            assert properties["limit"]["maximum"] <= 1_000, route.path
            assert properties["limit"]["minimum"] >= 1, route.path
        if "cursor" in properties and route.operation not in PAGED_BY_DAYS:
            assert "limit" in properties, route.path


# --- a stream and its token -----------------------------------------------------------------------------------


async def test_a_stream_ends_when_its_token_does() -> None:
    now = time.time()
    seconds = [0.0]
    async with gateway(now=lambda: now + seconds[0]) as door:
        async with door.client.stream("GET", "/api/v1/progress/stream") as stream:
            assert stream.status_code == 200
            names = []
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    names.append(line.removeprefix("event: "))
                if names == ["change", "change"]:
                    seconds[0] = 8 * 3600 + 1
            # The server ended it: nobody cancelled anything here.
        assert names[:2] == ["change", "change"]
        assert names[-1] == "end"
        assert set(names[:-1]) == {"change"}


async def test_what_was_found_after_the_tokens_end_is_not_told() -> None:
    now = time.time()
    seconds = [0.0]
    async with gateway(now=lambda: now + seconds[0]) as door:
        async with door.client.stream("GET", "/api/v1/progress/stream") as stream:
            names: list[str] = []
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    names.append(line.removeprefix("event: "))
                    if len(names) == 1:
                        door.services.hold = asyncio.Event()
                        await door.services.holding.wait()
                        seconds[0] = 8 * 3600 + 1
                        door.services.hold.set()
        assert names[-1] == "end"


class Waits(Hints):
    """Waits that are only noted."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    async def wait(self, hint: asyncio.Event, seconds: float) -> None:
        self.seconds.append(seconds)


async def test_no_wait_goes_beyond_the_tokens_end() -> None:
    now, waits = time.time(), Waits()
    async with gateway(now=lambda: now + 8 * 3600 - 1.5, hints=waits) as door:
        door.services.quiet = True
        async with door.client.stream("GET", "/api/v1/progress/stream") as stream:
            async for _ in stream.aiter_lines():
                if waits.seconds:
                    break
        # The token was made a little after `now`.
        assert 0 < waits.seconds[0] <= 1.5 + (time.time() - now)


async def test_live_streams_of_one_subject_are_counted() -> None:
    async with gateway(streams_per_subject=2) as door, contextlib.AsyncExitStack() as open_streams:
        for _ in range(2):
            stream = await open_streams.enter_async_context(
                door.client.stream("GET", "/api/v1/progress/stream")
            )
            assert stream.status_code == 200
        third = await door.client.get("/api/v1/progress/stream")
        assert (third.status_code, third.json()["code"]) == (429, "too-many-streams")
        other = door.caller(mint(SIGNING, subject="other", role="ops"))
        async with other.stream("GET", "/api/v1/progress/stream") as theirs:
            assert theirs.status_code == 200


# --- people ---------------------------------------------------------------------------------------------------


async def test_services_are_told_a_reference_and_the_directory_who_that_is(door: Gateway) -> None:
    body = {"project": "P-1"}
    await door.client.get(PLANS)
    assert [name for name, _, _ in door.services.asked] == ["assessment.list-plans"], (
        "who reads is not recorded"
    )
    for _ in range(2):
        await door.client.post("/api/v1/projects", json=body)
    asked = door.services.asked
    noted = [
        body for name, body, actor in asked if name == "assessment.note-person" and actor.role == "system"
    ]
    [person] = noted
    assert person["subject"] == "office"
    commands = [actor for name, _, actor in asked if name == "projects.register-project"]
    assert {actor.subject for actor in commands} == {person["reference"]}
    assert all("office" not in str(body) for name, body, _ in asked if name != "assessment.note-person")
