"""Where a process's telemetry goes: to the endpoint if there is one, to files if not."""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PROCESS = """
import time
import structlog
from shared import logs, telemetry
from shared.settings import Settings
settings = Settings()
logs.setup("p", settings)
installed = telemetry.setup("p", settings)
assert telemetry.setup("p", settings) is installed
with telemetry.batch_span("work", []):
    structlog.get_logger("x").info("done")
telemetry.meter("t").create_counter("things").add(2, {"kind": "a"})
assert b"things_total" in telemetry.prometheus_text()[1]
print(time.time(), flush=True)
installed.flush()
"""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """A stand-in for an OTLP collector: its address, and the paths that were posted to."""
    posted: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            posted.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", posted
    server.shutdown()
    thread.join()
    server.server_close()


async def run(**environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL_", "SHENGJI_"))}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROCESS,
        env={**kept, "SHENGJI_ENVIRONMENT": "test", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    assert child.returncode == 0, err.decode()
    return out.decode()


@pytest.fixture
def silence() -> Iterator[str]:
    """The address of a collector that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("away", ["silent", "refused"])
async def test_a_collector_that_is_away_does_not_keep_a_process_from_ending(
    silence: str, away: str, tmp_path: Path
):
    """On 517f57c it took 90 s: each of three signals waited half a minute, and was then killed."""
    address = silence if away == "silent" else "http://127.0.0.1:1"
    out = await run(OTEL_EXPORTER_OTLP_ENDPOINT=address, SHENGJI_LOG_DIR=str(tmp_path))
    ended = time.time()
    said = [json.loads(line) for line in out.splitlines()]
    [began] = [line for line in said if isinstance(line, float)]
    assert ended - began < 15, "it waits for 2 s; the rest is for a busy machine"
    assert len([line for line in said if line != began and "telemetry" in line["event"]]) <= 1


async def test_with_an_endpoint_everything_goes_there(collector: tuple[str, list[str]], tmp_path: Path):
    address, posted = collector
    await run(OTEL_EXPORTER_OTLP_ENDPOINT=address, SHENGJI_TRACE_DIR=str(tmp_path))
    assert set(posted) == {"/v1/traces", "/v1/metrics", "/v1/logs"}
    assert list(tmp_path.iterdir()) == []


async def test_without_one_spans_and_metrics_go_to_files_and_lines_lead_to_spans(tmp_path: Path):
    out = await run(SHENGJI_TRACE_DIR=str(tmp_path / "traces"), SHENGJI_LOG_DIR=str(tmp_path / "logs"))
    (span,) = map(json.loads, (tmp_path / "traces" / "p.spans.jsonl").read_text().splitlines())
    (line,) = map(json.loads, (tmp_path / "logs" / "p.log").read_text().splitlines())
    assert json.loads(out.splitlines()[0]) == line
    assert (span["name"], span["service"]) == ("work", "shengji-p")
    assert (line["event"], line["trace_id"], line["span_id"]) == ("done", span["trace_id"], span["span_id"])
    metrics = [json.loads(x) for x in (tmp_path / "traces" / "p.metrics.jsonl").read_text().splitlines()]
    assert {m["metric"]: m["value"] for m in metrics}["things"] == 2
