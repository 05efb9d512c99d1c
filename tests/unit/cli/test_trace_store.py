"""Traces from files: trees, failures, and the way on over links."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.trace_store import TraceStore, logs
from cli.traces import print_story

PUSH, BATCH, FLUSH, OTHER = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
MS = 1_000_000


def span(trace: str, number: int, start: int, end: int, **more: Any) -> dict[str, Any]:
    """A line as a process writes it; times in ms."""
    links = [{"trace_id": t, "span_id": f"{n:016x}"} for t, n in more.pop("links", [])]
    parent = more.pop("parent", None)
    return {
        "trace_id": trace,
        "span_id": f"{number:016x}",
        "parent_id": None if parent is None else f"{parent:016x}",
        "service": "shengji-energy",
        "name": f"work {number}",
        "start_ns": start * MS,
        "end_ns": end * MS,
        "status": "unset",
        "status_detail": None,
        "attributes": {},
        "links": links,
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A push, the batch that took it and another's, and the flush that came of the batch."""
    lines = [
        span(PUSH, 1, 0, 10, name="POST /v1/readings"),
        span(PUSH, 2, 1, 9, parent=1),
        span(OTHER, 3, 2, 4, attributes={"http.response.status_code": 503}),
        span(BATCH, 4, 20, 50, links=[(PUSH, 1), (OTHER, 3)], name="readings batch"),
        span(FLUSH, 5, 60, 61, links=[(BATCH, 4)], status="error", status_detail="away"),
        span(FLUSH, 6, 62, 63, parent=5),
    ]
    (tmp_path / "energy.spans.jsonl.1").write_text("".join(json.dumps(line) + "\n" for line in lines[:2]))
    text = "".join(json.dumps(line) + "\n" for line in lines[2:])
    (tmp_path / "energy.spans.jsonl").write_text(text + '{"trace_id": "half')
    log = {"timestamp": "2026-01-01T00:00:00Z", "process": "energy", "level": "warning", "event": "late"}
    lines = [
        {**log, "trace_id": FLUSH, "span_id": f"{6:016x}", "reason": "nats"},
        {**log, "trace_id": OTHER, "span_id": f"{3:016x}"},
        log,
    ]
    (tmp_path / "energy.log").write_text(
        "Traceback, no JSON\n" + "".join(json.dumps(line) + "\n" for line in lines)
    )
    return tmp_path


def test_spans_are_read_across_rotated_files_and_a_half_line_is_passed_over(folder: Path) -> None:
    store = TraceStore.of(folder)
    assert {trace: len(found.spans) for trace, found in store.traces.items()} == {
        PUSH: 2,
        OTHER: 1,
        BATCH: 1,
        FLUSH: 2,
    }
    [root] = store.traces[PUSH].roots
    assert [child.name for child in store.traces[PUSH].children(root)] == ["work 2"]
    assert store.traces[FLUSH].milliseconds == 3


def test_the_slowest_and_the_failed(folder: Path) -> None:
    store = TraceStore.of(folder)
    assert [trace.id for trace in store.slowest(2)] == [BATCH, PUSH]
    assert [trace.id for trace in store.slowest(5, "post")] == [PUSH]
    assert [trace.id for trace in store.failed(5)] == [FLUSH, OTHER]


def test_a_story_goes_back_and_on_and_never_sideways(folder: Path) -> None:
    store = TraceStore.of(folder)
    push = store.story(store.traces[PUSH])
    assert ([t.id for t in push.before], [t.id for t in push.after]) == ([], [BATCH, FLUSH])
    flush = store.story(store.traces[FLUSH])
    assert [t.id for t in flush.before] == [PUSH, OTHER, BATCH]
    assert flush.after == ()
    short = store.story(store.traces[FLUSH], limit=1)
    assert ([t.id for t in short.before], short.left_out) == ([BATCH], 2)


def test_log_lines_stand_with_their_span(folder: Path) -> None:
    store = TraceStore.of(folder)
    story = store.story(store.traces[BATCH])
    lines = logs(folder, [trace.id for trace in story.all])
    assert [(line.trace, line.more) for line in lines] == [(FLUSH, {"reason": "nats"}), (OTHER, {})]
    console = Console(file=io.StringIO(), record=True, width=200)
    print_story(store.story(store.traces[FLUSH]), lines, console)
    text = console.export_text()
    assert (
        text.index("POST /v1/readings")
        < text.index("readings batch")
        < text.index("▸ warning late reason=nats")
    )
    assert "✗ away" in text


def test_a_trace_is_found_by_the_beginning_of_its_id(folder: Path) -> None:
    store = TraceStore.of(folder)
    assert store.find("AAAA").id == PUSH
    with pytest.raises(ValueError, match="no trace"):
        store.find("ffff")
    with pytest.raises(ValueError, match="4 traces"):
        store.find("")
