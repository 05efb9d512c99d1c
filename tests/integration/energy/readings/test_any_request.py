"""Whatever is sent to the door, by its own OpenAPI document and against it: no answer is a 5xx."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from services.energy.intake.door import Door, create_app
from services.energy.intake.settings import IntakeSettings
from shared.http_limits import TokenBuckets
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline
from tests.kit.energy_store import Store
from tests.kit.servers import TestNats

_NOBODY: Any = [IntakeSettings(), *[None] * 8, TokenBuckets(1, 1)]  # it only describes itself
_DOCUMENT = create_app(Door(*_NOBODY)).openapi()
_PUSH = schemathesis.openapi.from_dict(_DOCUMENT)["/v1/readings"]["POST"]
_ANY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))

by_the_document = _PUSH.as_strategy(generation_mode=GenerationMode.POSITIVE)
against_it = _PUSH.as_strategy(generation_mode=GenerationMode.NEGATIVE)


@pytest_asyncio.fixture
async def door(database: DatabaseFactory, nats_server: TestNats) -> AsyncIterator[httpx.AsyncClient]:
    """A door, and e1's credential."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    pipeline = Pipeline(nats_server, made, Store(conn))
    await pipeline.store.feed("e1")
    async with pipeline.door(share_publish_ms=0) as client:
        client.headers.update(await pipeline.credential())
        yield client
    await conn.close()


async def send(door: httpx.AsyncClient, body: Any, key: Any = None) -> httpx.Response:
    """The body as JSON, under the credential of the fixture."""
    headers = {"Content-Type": "application/json"}
    if isinstance(key, str) and key.isascii() and key.isprintable():
        headers["Idempotency-Key"] = key
    content = json.dumps(body, default=str).encode(errors="replace")
    return await door.post("/v1/readings", content=content, headers=headers)


@_ANY
@given(by_the_document)
async def test_what_the_document_allows(door: httpx.AsyncClient, case: Case) -> None:
    """It is taken, or a person is told why: a few rules stand in no schema (a correction names its time)."""
    answer = await send(door, case.body, dict(case.headers or {}).get("Idempotency-Key"))
    assert answer.status_code in (202, 400, 422), answer.text


@_ANY
@given(against_it)
async def test_what_the_document_forbids(door: httpx.AsyncClient, case: Case) -> None:
    answer = await send(door, case.body, dict(case.headers or {}).get("Idempotency-Key"))
    assert answer.status_code < 500, answer.text


@_ANY
@given(
    st.binary(max_size=300),
    st.sampled_from(["application/json", "application/json; charset=gbk", "text/plain", ""]),
    st.sampled_from(["gzip", "identity", "br", "GZIP", ""]),
    st.sampled_from(["POST", "PUT", "GET", "DELETE"]),
)
async def test_any_bytes(door: httpx.AsyncClient, body: bytes, kind: str, coding: str, method: str) -> None:
    headers = {"Content-Type": kind, "Content-Encoding": coding}
    answer = await door.request(method, "/v1/readings", content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@_ANY
@given(st.text("0123456789abcdef-{}%. ", min_size=1, max_size=50))
async def test_any_receipt(door: httpx.AsyncClient, receipt: str) -> None:
    answer = await door.get(f"/v1/receipts/{quote(receipt, safe='')}")
    assert answer.status_code == 404
