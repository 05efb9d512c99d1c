"""Spans and log lines of the processes, from the files they write: which traces there are, and how they lead on.

A trace ends where a batch begins: the batch's span links to the spans that its messages came from. `story` follows
the links, back to where something came from and on to what became of it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A finished span; times in nanoseconds since 1970. `links` are (trace id, span id)."""

    trace: str
    id: str
    parent: str | None
    service: str
    name: str
    start: int
    end: int
    status: str
    detail: str
    attributes: dict[str, Any]
    links: tuple[tuple[str, str], ...] = ()

    @property
    def milliseconds(self) -> float:
        return (self.end - self.start) / 1e6

    @property
    def failed(self) -> bool:
        """An error, or a request that was answered with one of ours (5xx)."""
        code = self.attributes.get("http.response.status_code")
        return self.status == "error" or (isinstance(code, int) and code >= 500)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log line that stands in a trace."""

    time: str
    process: str
    level: str
    event: str
    trace: str
    span: str | None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """Some spans of one id."""

    id: str
    spans: tuple[Span, ...]

    @property
    def roots(self) -> list[Span]:
        """Spans whose parent isn't here, in order."""
        known = {span.id for span in self.spans}
        return [span for span in self.spans if span.parent not in known]

    @property
    def start(self) -> int:
        return min(span.start for span in self.spans)

    @property
    def milliseconds(self) -> float:
        return (max(span.end for span in self.spans) - self.start) / 1e6

    @property
    def failed(self) -> bool:
        return any(span.failed for span in self.spans)

    @property
    def began(self) -> str:
        return datetime.fromtimestamp(self.start / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S")

    def children(self, parent: Span) -> list[Span]:
        return [span for span in self.spans if span.parent == parent.id and span is not parent]


@dataclass(frozen=True, slots=True)
class Story:
    """A trace, where it came from and what became of it, each in order of time. `left_out`: beyond the limit."""

    before: tuple[Trace, ...]
    trace: Trace
    after: tuple[Trace, ...]
    left_out: int = 0

    @property
    def all(self) -> tuple[Trace, ...]:
        return (*self.before, self.trace, *self.after)


class TraceStore:
    """Everything that the files hold now; read once."""

    def __init__(self, spans: Iterable[Span]) -> None:
        by_trace: dict[str, list[Span]] = defaultdict(list)
        self._linked_by: dict[str, set[str]] = defaultdict(set)
        for span in spans:
            by_trace[span.trace].append(span)
            for trace, _ in span.links:
                if trace != span.trace:
                    self._linked_by[trace].add(span.trace)
        self.traces = {
            trace: Trace(trace, tuple(sorted(found, key=lambda span: (span.start, span.id))))
            for trace, found in by_trace.items()
        }

    @classmethod
    def of(cls, folder: Path) -> "TraceStore":
        """From `<process>.spans.jsonl` and what was rotated away of it."""
        return cls(span for path in sorted(folder.glob("*.spans.jsonl*")) for span in _spans(path))

    def find(self, beginning: str) -> Trace:
        """The trace whose id begins so. Raises ValueError when there is none or more than one."""
        found = [trace for trace in self.traces if trace.startswith(beginning.lower())]
        if len(found) != 1:
            what = "no trace" if not found else f"{len(found)} traces"
            raise ValueError(f"{what} of {len(self.traces)} here begin with {beginning!r}")
        return self.traces[found[0]]

    def slowest(self, count: int, name: str = "") -> list[Trace]:
        """The longest ones that have a span with `name` in its name."""
        return sorted(self._named(name), key=lambda trace: -trace.milliseconds)[:count]

    def failed(self, count: int, name: str = "") -> list[Trace]:
        """The newest ones in which something failed."""
        return sorted((t for t in self._named(name) if t.failed), key=lambda trace: -trace.start)[:count]

    def story(self, trace: Trace, limit: int = 12) -> Story:
        """Follow the links from this trace, at most `limit` traces to each side."""
        before = self._closure(trace.id, self._came_from)
        after = self._closure(trace.id, lambda one: self._linked_by.get(one, set()) & self.traces.keys())
        left = max(0, len(before) - limit) + max(0, len(after) - limit)
        return Story(tuple(before[-limit:]), trace, tuple(after[:limit]), left)

    def _named(self, name: str) -> Iterator[Trace]:
        for trace in self.traces.values():
            if not name or any(name.lower() in span.name.lower() for span in trace.spans):
                yield trace

    def _came_from(self, trace: str) -> set[str]:
        linked = {other for span in self.traces[trace].spans for other, _ in span.links}
        return (linked & self.traces.keys()) - {trace}

    def _closure(self, start: str, step: Any) -> list[Trace]:
        seen, todo = {start}, [start]
        while todo:
            for other in step(todo.pop()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return sorted((self.traces[one] for one in seen - {start}), key=lambda trace: trace.start)


def logs(folder: Path, traces: Iterable[str]) -> list[LogLine]:
    """The log lines that stand in those traces, in order of time. What isn't JSON is passed over."""
    wanted = set(traces)
    found: list[LogLine] = []
    for path in sorted(folder.glob("*.log*")):
        with path.open("r", encoding="utf-8", errors="replace") as file:
            # Most lines belong to no trace: only those that do are worth decoding.
            lines = (_log_line(text) for text in file if '"trace_id"' in text)
            found += [line for line in lines if line is not None and line.trace in wanted]
    return sorted(found, key=lambda line: line.time)


_OWN = {"timestamp", "process", "level", "event", "trace_id", "span_id", "logger", "simulated"}


def _log_line(text: str) -> LogLine | None:
    try:
        values: dict[str, Any] = json.loads(text)
        return LogLine(
            str(values["timestamp"]),
            str(values.get("process", "")),
            str(values.get("level", "")),
            str(values.get("event", "")),
            str(values["trace_id"]),
            values.get("span_id"),
            {name: value for name, value in values.items() if name not in _OWN},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _spans(path: Path) -> Iterator[Span]:
    with path.open("r", encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                values: dict[str, Any] = json.loads(text)
                yield Span(
                    values["trace_id"],
                    values["span_id"],
                    values["parent_id"],
                    str(values["service"] or "").removeprefix("shengji-"),
                    values["name"],
                    values["start_ns"],
                    values["end_ns"],
                    values["status"],
                    values.get("status_detail") or "",
                    values.get("attributes") or {},
                    tuple((link["trace_id"], link["span_id"]) for link in values.get("links", ())),
                )
            except (ValueError, KeyError, TypeError):
                continue  # the last line may be half-written
