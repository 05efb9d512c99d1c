"""Errors that a caller is told of, as problem+json (RFC 9457): what, where, why, what to do."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Self

import msgspec

MOST_BYTES = 200_000
"""Of an encoded problem: far below what a message may carry, so that the refusal of a large request arrives."""

_LONGEST_TEXT = 2_000  # of one text in a problem that is over MOST_BYTES
_DEEPEST = 40
_encoder = msgspec.json.Encoder(decimal_format="number")


class Problem(Exception):
    """An error for a caller. `code` is stable and machine-readable, `detail` is for a person.

    `remedy` says what to do, `where` names the field or thing, `errors` lists several places at once,
    `retry_after` (seconds) says that the same request may succeed later.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        remedy: str = "",
        where: str | None = None,
        errors: Sequence[Mapping[str, Any]] | None = None,
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.remedy = remedy
        self.where = where
        self.errors = list(errors) if errors else None
        self.retry_after = retry_after
        self.extra = dict(extra) if extra else {}

    def to_dict(self) -> dict[str, Any]:
        """The problem+json object; empty members are left out."""
        body: dict[str, Any] = {
            "type": f"urn:shengji:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "where": self.where,
            "remedy": self.remedy or None,
            "errors": self.errors,
            "retry_after": self.retry_after,
            **self.extra,
        }
        return {key: value for key, value in body.items() if value is not None}

    def encode(self) -> bytes:
        """The problem+json as bytes. Never raises: a refusal that can't be written down would be no answer at all.

        Numbers stay exact, also decimal ones. What JSON or UTF-8 can't hold is written as text, or replaced. A problem
        over MOST_BYTES loses what goes beyond its own fields (such as a conflict's `yours`), and long texts are cut.
        """
        encoded = encode_plain(self.to_dict())
        if len(encoded) <= MOST_BYTES:
            return encoded
        own = {key: value for key, value in self.to_dict().items() if key not in {*self.extra, "errors"}}
        return encode_plain(
            {key: value[:_LONGEST_TEXT] if isinstance(value, str) else value for key, value in own.items()}
        )

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`; used where a problem crosses NATS."""
        known = {"type", "title", "status", "code", "detail", "where", "remedy", "errors", "retry_after"}
        return cls(
            int(body["status"]),
            str(body["code"]),
            str(body["title"]),
            str(body["detail"]),
            remedy=str(body.get("remedy", "")),
            where=body.get("where"),
            errors=body.get("errors"),
            retry_after=body.get("retry_after"),
            extra={key: value for key, value in body.items() if key not in known},
        )


def encode_plain(data: Any) -> bytes:
    """Any data as JSON; what JSON or UTF-8 can't hold is written as text, or replaced. Never raises."""
    return _encoder.encode(_plain(data, 0))


def _plain(value: Any, depth: int) -> Any:
    """The value in terms that every JSON encoder takes."""
    match value:
        case None | bool():
            return value
        case Enum():
            return _plain(value.value, depth + 1)
        case str():
            return value.encode("utf-8", "replace").decode()
        case int():
            # The decoder takes no larger numbers than the encoder writes, but code may make them.
            return int(value) if value.bit_length() < 1_000 else f"{value:#x}"[:_LONGEST_TEXT]
        case float():
            return value if value - value == 0 else str(value)
        case Decimal():
            return value if value.is_finite() else str(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping() if depth < _DEEPEST:
            return {str(_plain(key, depth + 1)): _plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | AbstractSet() if depth < _DEEPEST:
            return [_plain(item, depth + 1) for item in value]
        case bytes() | bytearray():
            return bytes(value).decode("utf-8", "replace")
        case _:
            return _text(value)


def _text(value: Any) -> str:
    try:
        return str(value).encode("utf-8", "replace").decode()[:_LONGEST_TEXT]
    except Exception:  # somebody's __str__ is no reason to leave a caller without an answer
        return f"<{type(value).__name__}>"


def not_found(what: str, identifier: str, remedy: str = "Check the identifier.") -> Problem:
    """404: the thing isn't there, or isn't yours to see (one answer for both, so nothing leaks)."""
    return Problem(
        404, "not-found", "Not found", f"There is no {what} {identifier!r}.", where=what, remedy=remedy
    )


def forbidden(detail: str, remedy: str = "Ask for a token with the role and area you need.") -> Problem:
    """403: who you are is known, and it isn't enough."""
    return Problem(403, "forbidden", "Not permitted", detail, remedy=remedy)


def invalid(detail: str, *, where: str | None = None, remedy: str = "", **more: Any) -> Problem:
    """422: understood, and it can't be so."""
    return Problem(422, "invalid", "Invalid request", detail, where=where, remedy=remedy, **more)


def bad_cursor() -> Problem:
    """422: not a cursor that this list gave out."""
    return Problem(
        422,
        "bad-cursor",
        "Not a cursor",
        "The cursor is not one that a page of this list gave.",
        where="cursor",
        remedy="Give the next_cursor of the page before as it is, or leave it out for the first page.",
    )


def bad_span(detail: str, where: str, remedy: str) -> Problem:
    """422: a span that ends before it begins, or is too long."""
    return Problem(422, "bad-span", "Not a span", detail, where=where, remedy=remedy)


def unavailable(detail: str, retry_after: int = 1, **more: Any) -> Problem:
    """503: a re-send cures it."""
    return Problem(
        503,
        "unavailable",
        "Temporarily unavailable",
        detail,
        remedy="Send the same request again, with the same Idempotency-Key.",
        retry_after=retry_after,
        **more,
    )


def refused(refusal: Exception) -> Problem:
    """A domain's refusal as a problem: the domain has no word of HTTP, so its fields are read here."""
    return Problem(
        int(getattr(refusal, "status", 422)),
        str(getattr(refusal, "code", "refused")),
        "Refused",
        str(getattr(refusal, "detail", refusal)),
        where=getattr(refusal, "where", None),
        remedy=str(getattr(refusal, "remedy", "")),
        extra=getattr(refusal, "extra", None),
    )
