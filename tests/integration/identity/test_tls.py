"""TLS to NATS, PostgreSQL and the doors: it works, and without the right certificate nothing is said."""

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats.errors
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from deploy import topology
from deploy.databases import for_sqlalchemy
from deploy.local.nats import NatsServer
from deploy.local.ports import free_port
from deploy.local.process import Child
from deploy.nats_config import Tls
from shared import broker
from shared.asgi import HttpServer
from shared.database import migrate, runtime_engine
from shared.settings import Settings
from tests.conftest import DatabaseFactory
from tests.integration.identity.certificates import Authority, Pair
from tests.kit.servers import server_folder

HERE = "127.0.0.1"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


# --- NATS -----------------------------------------------------------------------------------------------------


class TlsNats:
    """A nats-server that speaks TLS, and settings to reach it with."""

    def __init__(self, server: NatsServer, passwords: dict[str, str]) -> None:
        self._server = server
        self._passwords = passwords

    def settings(self, authority: Authority, client: Pair | None = None) -> Settings:
        return Settings(
            environment="test",
            nats_url=self._server.url,
            nats_user="projects",
            nats_password=SecretStr(self._passwords["projects"]),
            nats_tls_ca=authority.ca,
            nats_tls_cert=client.certificate if client else None,
            nats_tls_key=client.key if client else None,
        )


@contextlib.asynccontextmanager
async def nats_by(tls: Tls) -> AsyncIterator[TlsNats]:
    with server_folder("nats-tls") as folder:
        passwords = {user.name: f"p{secrets.token_hex(8)}" for user in topology.USERS}
        server = NatsServer(folder, free_port(), passwords, folder / "nats.log", topology.USERS, tls)
        server.prepare()
        child = Child(server.spec())
        await child.start()
        try:
            await child.wait_ready()
            yield TlsNats(server, passwords)
        finally:
            await child.stop()


async def test_nats_is_reached_by_tls(authority: Authority) -> None:
    pair = authority.certify("nats", HERE)
    async with nats_by(Tls(pair.certificate, pair.key)) as server:
        connected = await broker.connect(server.settings(authority), "projects")
        nc = broker.client(connected)
        heard = await nc.subscribe("rpc.projects.*")
        await nc.flush()
        assert nc.is_connected
        assert nc._transport is not None
        assert nc._transport._io_writer.get_extra_info("cipher")  # type: ignore[attr-defined]
        await heard.unsubscribe()
        await connected.stop()


async def test_a_nats_client_needs_a_certificate_if_the_server_says_so(authority: Authority) -> None:
    pair, client = authority.certify("nats", HERE), authority.certify("projects")
    async with nats_by(Tls(pair.certificate, pair.key, ca=authority.ca)) as server:
        connected = await broker.connect(server.settings(authority, client), "projects")
        await connected.stop()
        with pytest.raises(REFUSED):
            await once(server.settings(authority))


REFUSED = (ssl.SSLError, OSError, nats.errors.Error, asyncio.TimeoutError)


async def once(settings: Settings) -> None:
    """One attempt to connect, with the processes' own context and options, and no second one."""
    context = broker.tls_context(settings)
    assert context is not None
    password = settings.nats_password.get_secret_value() if settings.nats_password else ""
    connected = await nats.connect(
        settings.nats_url,
        user=settings.nats_user,
        password=password,
        tls=context,
        tls_handshake_first=True,
        allow_reconnect=False,
        connect_timeout=2,
        inbox_prefix=broker.inbox_prefix(settings.nats_user),
    )
    await connected.flush()
    await connected.close()


async def test_a_nats_server_of_another_name_or_authority_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    good = authority.certify("nats", HERE)
    elsewhere = authority.certify("elsewhere", "nats.example")
    ended = authority.certify("ended", HERE, ended=True)
    stranger = Authority(tmp_path, "stranger")
    async with nats_by(Tls(good.certificate, good.key)) as server:
        await once(server.settings(authority))
        with pytest.raises(REFUSED):
            await once(server.settings(stranger))
    for pair in (elsewhere, ended):
        async with nats_by(Tls(pair.certificate, pair.key)) as server:
            with pytest.raises(REFUSED):
                await once(server.settings(authority))


async def test_a_password_is_never_said_in_the_clear(authority: Authority) -> None:
    """Somebody in between who says that the server wants no TLS hears a handshake, and no password."""
    heard = bytearray()
    told = asyncio.Event()

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"x","version":"2.15.1","auth_required":true,"max_payload":1000}\r\n')
        while part := await reader.read(1_000):
            heard.extend(part)
            told.set()
        writer.close()

    listening = await asyncio.start_server(between, HERE, 0)
    port = listening.sockets[0].getsockname()[1]
    settings = Settings(
        environment="test",
        nats_url=f"tls://{HERE}:{port}",
        nats_user="projects",
        nats_password=SecretStr("the-password-itself"),
        nats_tls_ca=authority.ca,
    )
    connecting = asyncio.create_task(broker.connect(settings, "projects"))
    await asyncio.wait_for(told.wait(), 10)
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    listening.close()
    assert heard[:1] == b"\x16", "a TLS handshake"
    assert b"password" not in heard


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nats_url": "nats://nats:4222", "nats_tls_ca": "ca.pem"}, "tls://"),
        ({"nats_url": "tls://a:4222,nats://b:4222", "nats_tls_ca": "ca.pem"}, "tls://"),
        ({"nats_tls_cert": "c.pem", "nats_tls_key": "k.pem"}, "NATS_TLS_CA"),
        ({"nats_url": "tls://a", "nats_tls_ca": "ca.pem", "nats_tls_cert": "c.pem"}, "belong together"),
        ({"http_tls_key": "k.pem"}, "HTTP_TLS_CERT"),
    ],
)
def test_half_a_setting_is_refused_at_start(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Settings(environment="test", **changes)


# --- PostgreSQL: its wheel is built without TLS, so that TLS ends in front of it ---------------------------------


@contextlib.asynccontextmanager
async def tls_in_front_of(port: int, pair: Pair) -> AsyncIterator[int]:
    """A door that answers PostgreSQL's request for TLS and passes on what comes; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    tasks: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(65_536):
                writer.write(part)
                await writer.drain()
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        assert await reader.readexactly(8) == bytes.fromhex("0000000804d2162f"), (
            "the request for TLS comes first"
        )
        writer.write(b"S")
        await writer.drain()
        try:
            await writer.start_tls(context)
        except (ssl.SSLError, OSError):
            return
        there, back = await asyncio.open_connection(HERE, port)
        await asyncio.gather(pass_on(reader, back), pass_on(there, writer))

    server = await asyncio.start_server(serve, HERE, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def by_engine(url: str) -> Any:
    async def ask() -> int:
        engine = runtime_engine(for_sqlalchemy(url), application="test")
        try:
            async with engine.connect() as conn:
                return int((await conn.execute(text("SELECT 1"))).scalar_one())
        finally:
            await engine.dispose()

    return ask()


def by_pool(url: str) -> Any:
    async def ask() -> int:
        async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
            return int(await pool.fetchval("SELECT 1"))

    return ask()


WAYS = [by_engine, by_pool]


@pytest.mark.parametrize("way", WAYS)
async def test_postgres_is_reached_by_tls_and_by_nothing_else(
    database: DatabaseFactory,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[str], Any],
) -> None:
    """PGSSLMODE and PGSSLROOTCERT hold for every way in which processes connect."""
    made = await database("projects")
    port = int(made.dsn.rpartition("@")[2].partition(":")[2].partition("/")[0])
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", str(authority.ca))
    async with tls_in_front_of(port, authority.certify("postgres", HERE)) as door:
        assert await way(made.dsn.replace(f":{port}/", f":{door}/")) == 1
        monkeypatch.setenv("PGSSLROOTCERT", str(Authority(tmp_path, "stranger").ca))
        with pytest.raises(ssl.SSLError):
            await way(made.dsn.replace(f":{port}/", f":{door}/"))
    monkeypatch.setenv("PGSSLROOTCERT", str(authority.ca))
    async with tls_in_front_of(port, authority.certify("elsewhere", "postgres.example")) as door:
        with pytest.raises(ssl.SSLError):
            await way(made.dsn.replace(f":{port}/", f":{door}/"))
    with pytest.raises((OSError, asyncpg.InterfaceError), match="SSL"):
        await way(made.dsn)  # the server itself has no TLS: nothing is said to it


async def test_migrations_go_by_tls_too(
    empty_database: DatabaseFactory, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await empty_database("projects")
    port = int(made.dsn.rpartition("@")[2].partition(":")[2].partition("/")[0])
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", str(authority.ca))
    with pytest.raises((OSError, asyncpg.InterfaceError), match="SSL"):
        await migrate(made.owner_url, "projects")
    async with tls_in_front_of(port, authority.certify("postgres", HERE)) as door:
        await migrate(made.owner_url.replace(f":{port}/", f":{door}/"), "projects")


# --- HTTP -----------------------------------------------------------------------------------------------------


async def who(request: Request) -> PlainTextResponse:
    assert request.client is not None
    return PlainTextResponse(f"{request.url.scheme} {request.client.host}")


@contextlib.asynccontextmanager
async def door(**settings: Any) -> AsyncIterator[int]:
    """A server as the gateway and the intake start theirs; its port."""
    values = {"environment": "test", "http_host": HERE, "http_port": 0, **settings}
    server = HttpServer.of(Settings(**values), Starlette(routes=[Route("/", who)]))
    task = asyncio.create_task(server.run_until_cancelled())
    await asyncio.wait_for(server.listening.wait(), 10)
    try:
        yield server.port
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_door_with_a_certificate_speaks_tls_only(authority: Authority, tmp_path: Path) -> None:
    pair = authority.certify("gateway", HERE)
    async with door(http_tls_cert=pair.certificate, http_tls_key=pair.key) as port:
        trusting = ssl.create_default_context(cafile=authority.ca)
        async with httpx.AsyncClient(verify=trusting) as client:
            answer = await client.get(f"https://{HERE}:{port}/")
            assert answer.text.startswith("https ")
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
            with pytest.raises(httpx.TransportError):
                await client.get(f"http://{HERE}:{port}/")
        stranger = ssl.create_default_context(cafile=Authority(tmp_path, "stranger").ca)
        async with httpx.AsyncClient(verify=stranger) as client:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await client.get(f"https://{HERE}:{port}/")


async def test_nobody_chooses_the_address_that_limits_count() -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    async with door() as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://{HERE}:{port}/", headers=forged)
        assert answer.text == f"http {HERE}"
        assert "strict-transport-security" not in answer.headers
    async with door(http_trusted_proxies="127.0.0.0/8") as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://{HERE}:{port}/", headers=forged)
        assert answer.text == "https 203.0.113.9"
        assert "strict-transport-security" in answer.headers


async def test_an_unfinished_handshake_is_cut(authority: Authority) -> None:
    """asyncio would wait a minute for it, and no count of connections sees it before its end."""
    pair = authority.certify("gateway", HERE)
    async with door(http_tls_cert=pair.certificate, http_tls_key=pair.key, head_timeout=0.3) as port:
        reader, writer = await asyncio.open_connection(HERE, port)
        writer.write(b"\x16\x03\x01")  # the beginning of a ClientHello
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
