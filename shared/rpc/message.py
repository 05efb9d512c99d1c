"""What crosses between the gateway and a service: a call, and what answers it, as JSON with exact numbers."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from opentelemetry import propagate
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from shared.identity import Actor

MAX_REPLY_BYTES = 512_000
GIVEN_UP = "given-up"
"""The operation by which a caller says, to every replica, that nobody waits for the call of that id any more."""
_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)  # money and energy cross as they were written


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a service sees it. `body` is the raw JSON object, `deadline` is system time.

    `attached`: what the gateway read elsewhere for a command. It is no part of what the caller sent: a repeat is the
    same request even if other data were read for it.
    """

    command_id: str
    actor: Actor
    operation: str
    body: dict[str, Any]
    deadline: datetime | None = None
    correlation_id: str = ""
    trace: dict[str, str] = field(default_factory=dict)
    attached: dict[str, Any] = field(default_factory=dict)

    def canonical_body(self) -> bytes:
        """The body as bytes that don't depend on the order of its keys."""
        return json.dumps(
            self.body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
        ).encode()

    def event_metadata(self) -> dict[str, Any]:
        """What every event of this command carries about its origin."""
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        return {
            "actor": self.actor.to_dict(),
            "command": self.operation,
            "command_id": self.command_id,
            "correlation_id": self.correlation_id or self.command_id,
            "causation_id": self.command_id,
            "traceparent": carrier.get("traceparent") or self.trace.get("traceparent"),
        }

    def expired(self) -> bool:
        return self.deadline is not None and datetime.now(UTC) > self.deadline

    def encode(self) -> bytes:
        """As JSON; a Decimal in the body stays an exact number."""
        return _encoder.encode(
            {
                "command_id": self.command_id,
                "actor": self.actor.to_dict(),
                "operation": self.operation,
                "deadline": self.deadline,
                "correlation_id": self.correlation_id,
                "trace": self.trace,
                "body": self.body,
                "attached": self.attached,
            }
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Call":
        """Raises ValueError, KeyError, TypeError or msgspec.DecodeError on anything that isn't a call."""
        message = _decoder.decode(raw)
        if not isinstance(message, dict) or not isinstance(message.get("body"), dict):
            raise TypeError("neither it nor its body may be anything but an object")
        deadline = datetime.fromisoformat(message["deadline"]) if message.get("deadline") else None
        if deadline is not None and deadline.tzinfo is None:
            raise ValueError("the deadline has no UTC offset")
        if _has_nul(message["body"]):
            raise ValueError("a text holds the character U+0000, which no text may")
        return cls(
            str(message["command_id"]),
            Actor.from_dict(message["actor"]),
            str(message["operation"]),
            message["body"],
            deadline,
            str(message.get("correlation_id", "")),
            dict(message.get("trace", {})),
            dict(message.get("attached", {})),
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command: its data, and the position of the service's log after it."""

    data: Any
    source: str
    position: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A query's data as JSON already: for an answer that is made once and given many times.

    `tag` is the same where two answers say the same to whoever asked, though not in the same bytes.
    """

    data: bytes
    tag: str | None = None

    @classmethod
    def of(cls, model: BaseModel) -> "Encoded":
        """Write a response model down."""
        return cls(_model_json(model))


def encode_result(result: Any) -> bytes:
    """What a handler returned, as the reply's JSON: a `Reply` with source and position, else the data alone."""
    data = result.data if isinstance(result, (Reply, Encoded)) else result
    if isinstance(data, BaseModel):
        data = _model_json(data)
    elif not isinstance(data, bytes):
        data = encode_data(data)
    reply: dict[str, Any] = {"data": msgspec.Raw(data)}
    if isinstance(result, Reply):
        reply |= {"source": result.source, "position": result.position}
    if isinstance(result, Encoded) and result.tag is not None:
        reply["tag"] = result.tag
    return _encoder.encode(reply)


def _has_nul(value: Any) -> bool:
    """Whether a text holds U+0000, which PostgreSQL can't store: it is refused here and not as a database error."""
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
        case list():
            return any(_has_nul(item) for item in value)
        case _:
            return False


def _model_json(model: BaseModel) -> bytes:
    try:
        return model.model_dump_json().encode()
    except PydanticSerializationError:
        # Half a surrogate pair, from whoever stored it: an answer all the same.
        return encode_data(model.model_dump(mode="json"))


def encode_data(data: Any) -> bytes:
    """Plain data as JSON; what UTF-8 can't hold is replaced."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
