"""The envelope: CloudEvents names, and nothing lost on the way."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.envelope import Envelope, EnvelopeError
from shared.event_log import Event

EVENT = Event(
    position=7,
    stream="thing-1",
    version=2,
    type="Happened",
    schema_version=3,
    data={"名": "值", "amount": "1.10"},
    metadata={
        "actor": {"subject": "u1", "role": "city", "area": "350100"},
        "correlation_id": "c",
        "causation_id": "d",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "simulated": True,
    },
    occurred_at=datetime(2020, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))),
    recorded_at=datetime(2020, 1, 2, tzinfo=UTC),
    hash=b"\x01" * 32,
)


def test_names_are_those_of_cloudevents():
    told = json.loads(Envelope.from_event(EVENT, b"\x02" * 32, "projects", "inc").encode())
    assert told == {
        "specversion": "1.0",
        "id": "7-0101010101010101",
        "source": "projects",
        "type": "Happened",
        "subject": "thing-1",
        "time": "2020-01-01T00:00:00Z",
        "datacontenttype": "application/json",
        "schemaversion": 3,
        "sequence": 7,
        "streamversion": 2,
        "recordedtime": "2020-01-02T00:00:00Z",
        "hash": "01" * 32,
        "previoushash": "02" * 32,
        "simulated": True,
        "data": {"名": "值", "amount": "1.10"},
        "incarnation": "inc",
        "actor": "u1",
        "correlationid": "c",
        "causationid": "d",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    assert all(name.islower() and name.isalnum() for name in told)


def test_what_is_encoded_is_decoded():
    envelope = Envelope.from_event(EVENT, b"", "projects")
    again = Envelope.decode(envelope.encode())
    assert again == envelope
    assert (again.hash_bytes, again.previous_hash_bytes) == (EVENT.hash, b"")
    assert again.time == EVENT.occurred_at


def test_absent_attributes_are_left_out_and_unmarked_data_is_said_to_be_real():
    told = json.loads(Envelope.from_event(replace(EVENT, metadata={}), b"", "projects").encode())
    assert told["simulated"] is False
    assert not {"actor", "correlationid", "causationid", "traceparent", "incarnation"} & told.keys()


def test_the_same_position_in_another_history_is_another_event():
    one = Envelope.from_event(EVENT, b"", "projects")
    other = Envelope.from_event(replace(EVENT, hash=b"\x03" * 32), b"", "projects")
    assert one.id != other.id


def broken(**changes: object) -> bytes:
    told = json.loads(Envelope.from_event(EVENT, b"", "projects").encode())
    return json.dumps({k: v for k, v in {**told, **changes}.items() if v is not None}).encode()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not an envelope"),
        (b"\xff\xfe", "not an envelope"),
        (b"[]", "not an envelope"),
        (broken(sequence=None), "sequence"),
        (broken(sequence=0), "positions begin at 1"),
        (broken(sequence="7"), "sequence"),
        (broken(specversion="2.0"), "only 1.0 is known"),
        (broken(time="2020-01-01T00:00:00"), "time has no UTC offset"),
        (broken(data="text"), "data"),
        (broken(hash="xyz"), "hash"),
    ],
)
def test_what_is_no_envelope_is_refused_by_name(raw: bytes, why: str):
    with pytest.raises(EnvelopeError, match=why):
        Envelope.decode(raw)


def test_attributes_of_a_later_writer_are_ignored():
    assert Envelope.decode(broken(novelty="x")).sequence == 7
