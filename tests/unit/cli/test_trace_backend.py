"""Traces from a backend that speaks Jaeger's query API: a small server over real HTTP answers as Jaeger does."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cli import trace_backend, traces
from shared.asgi import HttpServer

PUSH, BATCH, OLD = "0" * 8 + "a" * 24, "b" * 32, "c" * 32
NOW_US = time.time_ns() // 1_000


def span(trace: str, number: int, name: str, service: str, **more: Any) -> dict[str, Any]:
    """A trace of one span, as Jaeger writes it: µs, leading zeros of ids left away, tags as a list."""
    links = [
        {"refType": "FOLLOWS_FROM", "traceID": t.lstrip("0"), "spanID": f"{n:016x}"}
        for t, n in more.pop("links", [])
    ]
    tags = [{"key": key, "type": "string", "value": value} for key, value in more.pop("tags", {}).items()]
    one = {
        "traceID": trace.lstrip("0"),
        "spanID": f"{number:016x}",
        "operationName": name,
        "references": links,
        "startTime": more.pop("start", NOW_US - 5_000_000),
        "duration": more.pop("duration", 1_500),
        "tags": tags,
        "logs": [],
        "processID": "p1",
    }
    return {"traceID": one["traceID"], "spans": [one], "processes": {"p1": {"serviceName": service}}}


STORED = [
    span(PUSH, 1, "POST /v1/readings", "shengji-energy-intake", links=[(OLD, 9)]),
    span(
        BATCH,
        2,
        "readings batch",
        "shengji-energy-worker",
        links=[(PUSH, 1)],
        duration=80_000,
        tags={"error": True, "otel.status_description": "no database"},
    ),
    span(OLD, 9, "import", "shengji-gateway", start=NOW_US - 86_400_000_000),
]


class Jaeger:
    """What is asked of it, and its answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.app = Starlette(
            routes=[
                Route("/api/services", self.services),
                Route("/api/traces", self.search),
                Route("/api/traces/{trace}", self.one),
            ]
        )

    async def services(self, _request: Request) -> JSONResponse:
        return JSONResponse({"data": ["somebody-else", *{_service(each) for each in STORED}]})

    async def search(self, request: Request) -> JSONResponse:
        query = request.query_params
        self.asked.append(query["service"])
        begin, end = int(query["start"]), int(query["end"])
        found = [
            each
            for each in STORED
            if _service(each) == query["service"] and begin <= each["spans"][0]["startTime"] <= end
        ]
        return JSONResponse({"data": found[: int(query["limit"])]})

    async def one(self, request: Request) -> JSONResponse:
        wanted = request.path_params["trace"].lstrip("0")
        found = [each for each in STORED if each["traceID"] == wanted]
        return JSONResponse({"data": found} if found else {"data": None}, 200 if found else 404)


def _service(trace: dict[str, Any]) -> str:
    return str(trace["processes"]["p1"]["serviceName"])


@pytest_asyncio.fixture
async def jaeger(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Jaeger]:
    """The backend, named by the setting."""
    made = Jaeger()
    server = HttpServer(made.app, "127.0.0.1", 0)
    serving = asyncio.create_task(server.run_until_cancelled())
    await server.listening.wait()
    monkeypatch.setenv(trace_backend.VARIABLE, f"http://127.0.0.1:{server.port}/")
    yield made
    serving.cancel()


async def told(work: Any) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    await work(console)
    return console.export_text()


async def test_the_slowest_and_the_failed_of_our_services(jaeger: Jaeger, tmp_path: Path) -> None:
    slowest = await told(lambda console: traces.slowest(tmp_path, 5, "", console))
    assert slowest.index(BATCH) < slowest.index(PUSH)
    assert "80.0" in slowest
    assert OLD not in slowest
    assert "somebody-else" not in jaeger.asked
    failed = await told(lambda console: traces.failed(tmp_path, 5, "", console))
    assert BATCH in failed
    assert PUSH not in failed


async def test_one_trace_with_what_it_came_from_however_old(jaeger: Jaeger, tmp_path: Path) -> None:
    story = await told(lambda console: traces.show(tmp_path, BATCH, console))
    assert story.index("import") < story.index("POST /v1/readings") < story.index("readings batch")
    assert "no database" in story
    assert "energy-worker" in story
    with pytest.raises(ValueError, match="no trace of 2 here"):
        await traces.show(tmp_path, "d" * 32, Console(file=io.StringIO()))


async def test_a_backend_without_an_answer_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(trace_backend.VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(ValueError, match=r"trace backend at http://127\.0\.0\.1:9 gave no usable answer"):
        await traces.slowest(tmp_path, 5, "", Console(file=io.StringIO()))
