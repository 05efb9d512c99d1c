"""Errors that a caller is told of, as problem+json (RFC 9457): what, where, why, what to do."""

from collections.abc import Mapping, Sequence
from typing import Any, Self


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
