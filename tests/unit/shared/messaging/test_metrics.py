"""What the relays and consumers of one process show at /metrics."""

from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from sqlalchemy.ext.asyncio import create_async_engine

from shared import consumer, process_metrics, relay
from shared.checkpoint import Checkpoints


@pytest.fixture
def made() -> tuple[list[relay.Relay], list[consumer.DomainConsumer]]:
    """Two relays and two consumers as one process may hold them; they are never run."""
    engine = create_async_engine("postgresql+asyncpg://nobody@localhost:1/none")
    nothing = cast(Any, None)
    checkpoints = Checkpoints(engine, "metrics-test")
    return (
        [relay.Relay(source, engine, nothing, nothing) for source in ("m-one", "m-two")],
        [consumer.DomainConsumer(s, nothing, checkpoints, nothing) for s in ("m-one", "m-two")],
    )


def test_each_relay_and_consumer_is_one_series_labelled_by_source(made):
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader]).get_meter("t")
    meter.create_observable_gauge("relay.age", [relay._ages])
    meter.create_observable_gauge("relay.stopped", [relay._stopped])
    data = reader.get_metrics_data()
    assert data is not None
    (scope,) = data.resource_metrics[0].scope_metrics
    for metric in scope.metrics:
        labels = [dict(point.attributes or {}) for point in metric.data.data_points]
        sources = [each["source"] for each in labels]
        assert {"m-one", "m-two"} <= set(sources)
        assert len(sources) == len(set(sources))
        assert all(set(each) == {"source"} for each in labels)
    assert {c.source for c in made[1]} <= {c.source for c in consumer._consumers}


def test_a_containers_limit_is_known_and_none_is_the_machines(tmp_path: Path) -> None:
    machine = psutil.virtual_memory().total
    limit = tmp_path / "memory.max"
    assert process_metrics.memory_limit([limit]) == machine
    for said, expected in (("536870912", 536_870_912), ("max", machine), ("9223372036854771712", machine)):
        limit.write_text(said + "\n")
        assert process_metrics.memory_limit([limit]) == expected
