"""The one shape in which an event travels between services: CloudEvents 1.0, structured mode, JSON.

Attribute names are CloudEvents' own, extension attributes are lower case as it demands. `sequence` is the
position in the source's log and, in a domain stream, the stream's sequence too. `hash` and `previoushash`
carry the log's chain outside the database, so that every reader can tell a log that was restored to before
its stream (ADR 0011).
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

import msgspec

from shared.event_log import Event

CONTENT_TYPE = "application/json"


class EnvelopeError(Exception):
    """The bytes are not an envelope: what is wrong, where."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of `source`. Absent optional attributes are left out of the JSON, as CloudEvents advises."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str  # the event's stream in the log, e.g. one aggregate's id
    time: datetime  # when it happened (occurred_at)
    datacontenttype: str
    schemaversion: int
    sequence: int  # position in the source's log, from 1, without gaps
    streamversion: int  # place in `subject`, from 1
    recordedtime: datetime  # when the source learnt it (recorded_at): "as of" goes by this
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    previoushash: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]  # "" before the first event
    simulated: bool  # recorded under a clock that is stepped from outside
    data: dict[str, Any]
    incarnation: str | None = None  # of the log; a restore from a backup makes a new one
    actor: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None

    @classmethod
    def from_event(
        cls, event: Event, previous_hash: bytes, source: str, incarnation: str | None = None
    ) -> Self:
        """The envelope of a recorded event; `previous_hash` is the chain's hash at `event.position - 1`."""
        metadata = event.metadata
        digest = event.hash.hex()
        return cls(
            specversion="1.0",
            id=f"{event.position}-{digest[:16]}",
            source=source,
            type=event.type,
            subject=event.stream,
            time=event.occurred_at.astimezone(UTC),
            datacontenttype=CONTENT_TYPE,
            schemaversion=event.schema_version,
            sequence=event.position,
            streamversion=event.version,
            recordedtime=event.recorded_at.astimezone(UTC),
            hash=digest,
            previoushash=previous_hash.hex(),
            simulated=bool(metadata.get("simulated", False)),
            data=event.data,
            incarnation=incarnation,
            actor=_actor(metadata.get("actor")),
            correlationid=_text(metadata.get("correlation_id")),
            causationid=_text(metadata.get("causation_id")),
            traceparent=_text(metadata.get("traceparent")),
        )

    def encode(self) -> bytes:
        """JSON bytes as published."""
        return _ENCODER.encode(self)

    @classmethod
    def decode(cls, raw: bytes) -> "Envelope":
        """Read what `encode` wrote, or any CloudEvents JSON with these attributes.

        Unknown attributes are ignored. Raises EnvelopeError, which names the attribute at fault.
        """
        try:
            envelope = _DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EnvelopeError(f"not an envelope: {error}") from error
        if envelope.specversion != "1.0":
            raise EnvelopeError(f"specversion {envelope.specversion!r}: only 1.0 is known")
        if envelope.sequence < 1:
            raise EnvelopeError(f"sequence {envelope.sequence}: positions begin at 1")
        for name in ("time", "recordedtime"):
            if getattr(envelope, name).tzinfo is None:
                raise EnvelopeError(f"{name} has no UTC offset")
        return envelope

    @property
    def hash_bytes(self) -> bytes:
        return bytes.fromhex(self.hash)

    @property
    def previous_hash_bytes(self) -> bytes:
        return bytes.fromhex(self.previoushash)


def _actor(value: Any) -> str | None:
    """CloudEvents attributes are scalars: of an identity, its subject travels; role and area stay in the log."""
    if isinstance(value, dict):
        return _text(value.get("subject"))
    return _text(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Envelope)
