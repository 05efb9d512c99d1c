"""Log lines are JSON and say who wrote them, under which clock, in which trace."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider

from shared import logs
from shared.settings import Settings


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Path]:
    """The log file of process "p"; the test process's own logging comes back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:
        root.removeHandler(handler)
    logs.setup("p", Settings(environment="test", clock="simulated", log_dir=tmp_path))
    yield tmp_path / "p.log"
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_says_process_clock_and_trace(lines: Path):
    with TracerProvider().get_tracer("t").start_as_current_span("work") as span:
        structlog.get_logger("shared.x").warning("某事", number=3)
    (line,) = read(lines)
    context = span.get_span_context()
    assert line["event"] == "某事"
    assert (line["level"], line["logger"], line["number"]) == ("warning", "shared.x", 3)
    assert (line["process"], line["simulated"]) == ("p", True)
    assert (line["trace_id"], line["span_id"]) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")
    assert str(line["timestamp"]).endswith("Z")


def test_lines_of_libraries_have_the_same_shape_and_noise_is_left_out(lines: Path):
    logging.getLogger("some.library").error("went %s", "wrong")
    logging.getLogger("uvicorn.access").info("GET /")
    (line,) = read(lines)
    assert (line["event"], line["process"], line["logger"]) == ("went wrong", "p", "some.library")
    assert "trace_id" not in line


def test_undelivered_telemetry_is_told_once_a_minute_in_one_line(
    lines: Path, monkeypatch: pytest.MonkeyPatch
):
    passed = 0.0
    [the_filter] = {each for handler in logging.getLogger().handlers for each in handler.filters}
    monkeypatch.setattr(the_filter, "_now", lambda: passed)
    exporter = logging.getLogger("opentelemetry.exporter.otlp")

    def fails():
        try:
            raise ConnectionError("refused")
        except ConnectionError:
            exporter.exception("Failed to export\nspans to %s", "collector")

    for _ in range(35):
        fails()
    logging.getLogger("some.library").error("goes on")
    first, other = read(lines)
    assert first["event"] == (
        "telemetry is not delivered: Failed to export spans to collector (ConnectionError: refused)"
    )
    assert "exception" not in first
    assert other["event"] == "goes on"
    passed = 61.0
    fails()
    assert str(read(lines)[-1]["event"]).endswith("[34 such lines left out]")


def test_an_exception_keeps_its_traceback(lines: Path):
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = read(lines)
    assert "ValueError: broken" in str(line["exception"])
