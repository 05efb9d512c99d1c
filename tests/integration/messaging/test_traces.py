"""One trace leads from a command to what the projection made of it."""

import asyncio
from functools import partial

import pytest
from nats.js import JetStreamContext
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import telemetry
from shared.checkpoint import Checkpoints
from shared.consumer import DomainConsumer
from shared.relay import Relay
from tests.integration.messaging.conftest import SOURCE, Diary, Ledger
from tests.kit.servers import wait_for


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer)
    return exporter


def _reached(part: Relay | DomainConsumer, head: int) -> bool:
    return part.position == head


async def command(ledger: Ledger, count: int = 1) -> None:
    """A command as a service handles it: its events carry the span in which they were decided."""
    with telemetry.tracer("test").start_as_current_span("command"):
        traceparent = telemetry.inject_traceparent()
        assert traceparent is not None
        await ledger.append(count, traceparent=traceparent)


async def carried(ledger: Ledger, diary: Diary, js: JetStreamContext) -> None:
    """Relay and consume all there is in the log, each in as few batches as possible."""
    head = (await ledger.all())[-1].position
    parts: tuple[Relay | DomainConsumer, ...] = (
        Relay(SOURCE, ledger.engine, ledger.log, js),
        DomainConsumer(SOURCE, js, Checkpoints(diary.engine, "diary"), diary.apply),
    )
    for part in parts:
        task = asyncio.create_task(part.run())
        await wait_for(partial(_reached, part, head))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def edges(spans: tuple[ReadableSpan, ...]) -> set[tuple[str, str, str]]:
    """(from, how, to) by the spans' names."""
    names = {span.context.span_id: span.name for span in spans}
    found = set()
    for span in spans:
        if span.parent is not None:
            found.add((names[span.parent.span_id], "parent of", span.name))
        for link in span.links:
            found.add((names[link.context.span_id], "linked by", span.name))
    return found


async def test_one_command_is_one_trace(
    ledger: Ledger, diary: Diary, stream: JetStreamContext, spans: InMemorySpanExporter
):
    await command(ledger, 3)
    await carried(ledger, diary, stream)
    finished = spans.get_finished_spans()
    assert {
        ("command", "parent of", "relay PROJECTS"),
        ("command", "parent of", "consume PROJECTS"),
    } <= edges(finished)
    assert len({span.context.trace_id for span in finished}) == 1


async def test_a_batch_of_many_commands_links_to_each(
    ledger: Ledger, diary: Diary, stream: JetStreamContext, spans: InMemorySpanExporter
):
    for _ in range(5):
        await command(ledger)
    await carried(ledger, diary, stream)
    finished = spans.get_finished_spans()
    assert edges(finished) == {
        ("command", "linked by", "relay PROJECTS"),
        ("command", "linked by", "consume PROJECTS"),
    }
    (relay,) = [span for span in finished if span.name == "relay PROJECTS"]
    assert len(relay.links) == 5
    assert relay.attributes is not None
    assert relay.attributes["messaging.batch.message_count"] == 5


async def test_no_label_and_no_destination_names_a_thing(
    ledger: Ledger, diary: Diary, stream: JetStreamContext, spans: InMemorySpanExporter
):
    await ledger.append(1, stream="thing-4711")
    await carried(ledger, diary, stream)
    told = " ".join(str(dict(span.attributes or {})) + span.name for span in spans.get_finished_spans())
    assert "PROJECTS" in told
    assert "4711" not in told
