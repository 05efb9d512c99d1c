"""Who acts: taken from a verified token at the public endpoint, carried with every command, written into every
event."""

import base64
import hmac
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

_REFERENCE_BYTES = 15


@dataclass(frozen=True, slots=True)
class Actor:
    """One identity: `role` says what, `area` and `organisation` say where it may act."""

    subject: str
    role: str
    area: str | None = None
    organisation: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}

    def nobody(self) -> Self:
        """The scope without the person: for a question whose answer is the same for everybody of that scope."""
        return replace(self, subject="nobody")

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        return cls(raw["subject"], raw["role"], raw.get("area"), raw.get("organisation"))


def system_actor(process: str) -> Actor:
    """The identity of the system's own decisions (a flusher, a timer)."""
    return Actor(subject=f"system:{process}", role="system")


def reference(key: str, issuer: str, subject: str) -> str:
    """A person's pseudonym: the same for the same issuer and subject, and not computable in either direction without
    the key."""
    digest = hmac.digest(key.encode(), f"{issuer}\0{subject}".encode(), "sha256")
    return "p-" + base64.b32encode(digest[:_REFERENCE_BYTES]).decode().lower()
