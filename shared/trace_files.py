"""Spans and metrics as JSON lines, one file per process, rotated by size: telemetry without a collector."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_span_id, format_trace_id

from shared.private_files import opener


class JsonLinesFile:
    """Appends JSON lines; past `max_bytes` the file becomes `<name>.1` (and `.2` …, `keep` of them)."""

    def __init__(self, path: Path, max_bytes: int = 20_000_000, keep: int = 2) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._lock = threading.Lock()

    def write(self, lines: Sequence[dict[str, Any]]) -> None:
        encoded = b"".join(_ENCODER.encode(line) + b"\n" for line in lines)
        with self._lock:
            if self.path.exists() and self.path.stat().st_size + len(encoded) > self._max_bytes:
                self._rotate()
            with open(self.path, "ab", opener=opener) as file:
                file.write(encoded)

    def _rotate(self) -> None:
        for number in range(self._keep, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)


class SpanFileExporter(SpanExporter):
    """One line per span: trace, span and parent ids, name, times in ns, attributes, links, status."""

    def __init__(self, file: JsonLinesFile) -> None:
        self._file = file

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            self._file.write([span_line(span) for span in spans])
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


def span_line(span: ReadableSpan) -> dict[str, Any]:
    """A finished span as a JSON-able dict."""
    own = span.context
    return {
        "trace_id": format_trace_id(own.trace_id) if own else None,
        "span_id": format_span_id(own.span_id) if own else None,
        "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
        "service": span.resource.attributes.get("service.name"),
        "name": span.name,
        "kind": span.kind.name.lower(),
        "start_ns": span.start_time,
        "end_ns": span.end_time,
        "status": span.status.status_code.name.lower(),
        "status_detail": span.status.description,
        "attributes": dict(span.attributes or {}),
        "links": [
            {
                "trace_id": format_trace_id(link.context.trace_id),
                "span_id": format_span_id(link.context.span_id),
            }
            for link in span.links
        ],
        "events": [
            {"name": event.name, "time_ns": event.timestamp, "attributes": dict(event.attributes or {})}
            for event in span.events
        ],
    }


class MetricFileExporter(MetricExporter):
    """One line per metric and label set."""

    def __init__(self, file: JsonLinesFile) -> None:
        super().__init__()
        self._file = file

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        try:
            self._file.write(list(_metric_lines(metrics_data)))
        except OSError:
            return MetricExportResult.FAILURE
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        return None


def _metric_lines(data: MetricsData) -> list[dict[str, Any]]:
    lines = []
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    value = getattr(point, "value", None)
                    if value is None:
                        value = {"count": getattr(point, "count", 0), "sum": getattr(point, "sum", 0)}
                    lines.append(
                        {
                            "time_ns": point.time_unix_nano,
                            "service": resource.resource.attributes.get("service.name"),
                            "metric": metric.name,
                            "unit": metric.unit,
                            "attributes": dict(point.attributes or {}),
                            "value": value,
                        }
                    )
    return lines


_ENCODER = msgspec.json.Encoder(enc_hook=str)
