"""Every event that leaves a service is shown by a sample, fits its schema, and is understood by who reads it."""

from datetime import UTC, datetime
from typing import Any

import jsonschema
import msgspec
import pytest

from deploy import contracts
from services.progress.common.rules import load
from services.progress.common.sources import TALLIED
from services.progress.projection.contributions import contributions
from services.progress.projection.energy_events import EnterpriseChanged, EnterpriseRegistered
from services.progress.projection.readers import READERS, read
from shared.catalogue import schema_version
from shared.consumer import NewerSchema
from tests.contracts.published import CONSUMERS, PUBLISHERS, Consumer, Sample, catalogue, samples

SAMPLES = list(samples())
CLASSES = [(service, cls) for service in PUBLISHERS for cls in catalogue(service).classes.values()]


@pytest.mark.parametrize(("service", "cls"), CLASSES, ids=lambda value: getattr(value, "__name__", value))
def test_every_version_of_every_event_has_a_sample(service: str, cls: type) -> None:
    """Nothing is published that no sample shows, and old samples stay: the log still has such events."""
    shown = {sample.version for sample in SAMPLES if (sample.source, sample.type) == (service, cls.__name__)}
    assert shown == set(range(1, schema_version(cls) + 1)), (
        f"write shared/contracts/{service}/{cls.__name__}.v….json"
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_no_sample_shows_what_nobody_publishes(sample: Sample) -> None:
    assert sample.type in catalogue(sample.source).classes


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_class_is_written_exactly_as_its_newest_sample_and_reads_every_older_one(sample: Sample) -> None:
    events = catalogue(sample.source)
    event = events.decode_data(sample.type, sample.version, sample.data)
    assert type(event) is events.classes[sample.type]
    if sample.version == schema_version(type(event)):
        stored = events.encode(event, datetime(2013, 3, 5, tzinfo=UTC))
        assert (stored.type, stored.schema_version) == (sample.type, sample.version)
        assert msgspec.json.decode(msgspec.json.encode(stored.data)) == sample.data


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_sample_fits_its_schema_and_one_that_lacks_something_does_not(sample: Sample) -> None:
    validator = jsonschema.Draft202012Validator(sample.schema)
    validator.check_schema(sample.schema)
    validator.validate(sample.data)
    definition = sample.schema["$defs"][sample.type]
    for name in definition["required"]:
        without = {key: value for key, value in sample.data.items() if key != name}
        assert not validator.is_valid(without), name
    assert set(definition["properties"]) == set(sample.data), "a sample shows every field"


READ = [
    (consumer, sample)
    for consumer in CONSUMERS
    for sample in SAMPLES
    if (sample.source, sample.type) in consumer.types
]


@pytest.mark.parametrize(("consumer", "sample"), READ, ids=lambda value: getattr(value, "name", str(value)))
def test_every_version_is_understood_by_every_reader(consumer: Consumer, sample: Sample) -> None:
    """What a reader declares it finds, with the sample's own values; what it doesn't declare it may miss."""
    seen = consumer.read(sample.envelope())
    assert seen is not None
    if sample.version == schema_version(catalogue(sample.source).classes[sample.type]):
        read_back: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(seen))
        common = read_back.keys() & sample.data.keys()
        assert common
        for name in sorted(common):
            assert _fits(read_back[name], sample.data[name]), f"{name}: {read_back[name]} {sample.data[name]}"


def _fits(seen: Any, written: Any) -> bool:
    """Whether `seen` says what was written, as far as it goes: a reader may take fewer fields."""
    match seen, written:
        case dict(), dict():
            return all(_fits(seen[name], written[name]) for name in seen.keys() & written.keys())
        case list(), list():
            return len(seen) == len(written) and all(map(_fits, seen, written))
        case _:
            return bool(seen == written)


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.name)
def test_readers_read_only_what_somebody_publishes(consumer: Consumer) -> None:
    published = {(service, cls.__name__) for service, cls in CLASSES}
    assert consumer.types <= published


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_what_a_consumer_does_not_list_is_passed_over(sample: Sample) -> None:
    for consumer in CONSUMERS:
        if (sample.source, sample.type) not in consumer.types:
            assert consumer.read(sample.envelope()) is None


def test_a_newer_version_than_known_stops_the_line() -> None:
    sample = next(each for each in SAMPLES if (each.source, each.type) in READERS)
    newer = msgspec.structs.replace(
        sample.envelope(), schemaversion=READERS[sample.source, sample.type].version + 1
    )
    with pytest.raises(NewerSchema):
        read(newer)


@pytest.mark.parametrize("service", PUBLISHERS)
def test_the_asyncapi_document_describes_each_message_as_it_travels(service: str) -> None:
    document = contracts.asyncapi(service, catalogue(service))
    newest = {
        sample.type: sample
        for sample in SAMPLES
        if sample.source == service
        and sample.version == schema_version(catalogue(service).classes[sample.type])
    }
    assert set(document["channels"]) == set(newest)
    assert not [name for name in document["components"]["schemas"] if "." in name]  # no Python module
    for name, sample in newest.items():
        assert document["channels"][name]["address"] == f"{service}.{name}"
        payload = document["components"]["messages"][name]["payload"]
        schema = {**payload, "components": document["components"]}
        message = msgspec.json.decode(sample.envelope().encode())
        jsonschema.Draft202012Validator(schema).validate(message)
        other = {**message, "type": "Another"}
        assert not jsonschema.Draft202012Validator(schema).is_valid(other)


@pytest.mark.parametrize("sample", [each for each in SAMPLES if each.source not in TALLIED], ids=str)
def test_what_progress_counts_comes_only_from_the_sources_it_says(sample: Sample) -> None:
    """Tallies are kept while those sources stand still: what another said would not be counted in time."""
    event = read(sample.envelope())
    if event is None or isinstance(event, EnterpriseRegistered | EnterpriseChanged):
        return  # not read, or read into a table that no tally asks
    counted = {mark for rule in load().all() for mark in rule.parameters.get("counts", ())}
    assert counted
    assert counted.isdisjoint(row["measure"] for row in contributions(event))
