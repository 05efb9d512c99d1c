"""Who has no token writes nothing into our traces, and still gets a number for his request."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased

from services.gateway import tracing
from tests.kit.gateway import caller, token
from tests.unit.gateway.test_metered import app

TRACE = "ab" * 16
PARENT = {"traceparent": f"00-{TRACE}-{'cd' * 8}-01"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(ParentBased(ALWAYS_ON))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    return exporter


@pytest.mark.parametrize("headers", [PARENT, {}])
@pytest.mark.parametrize("bearer", [None, "no.such.token", token("one", iss="somebody-else")])
@pytest.mark.parametrize("path", ["/projects", "/no-such-thing", "http://gateway/docs"])
async def test_a_stranger_is_not_traced(
    spans: InMemorySpanExporter, bearer: str | None, path: str, headers: dict[str, str]
) -> None:
    async with caller(app(), bearer) as stranger:
        answer = await stranger.get(path, headers=headers)
    assert len(answer.headers["X-Trace-Id"]) == 32
    assert not headers or answer.headers["X-Trace-Id"] == TRACE
    assert spans.get_finished_spans() == ()


async def test_who_has_a_token_is_followed(spans: InMemorySpanExporter) -> None:
    async with caller(app(), token("one")) as known:
        answer = await known.get("/projects", headers=PARENT)
    (span,) = spans.get_finished_spans()
    assert answer.status_code == 200
    context = span.get_span_context()
    assert context is not None
    assert f"{context.trace_id:032x}" == answer.headers["X-Trace-Id"] == TRACE
