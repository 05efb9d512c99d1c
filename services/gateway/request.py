"""What a request says: its body, query and headers as values, or a Problem that names what is wrong."""

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
from starlette.requests import Request

from shared.http_limits import Body, read_body, too_large
from shared.problems import Problem, invalid

INTERNAL = frozenset({"at_least", "language"})  # fields of a request that only the gateway fills in
_DEEPEST = 30  # levels of nesting; no operation needs ten
_UNENCODED = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+) (\d\d:\d\d)$")
"""A timestamp in a query whose "+" of the UTC offset was not percent-encoded, and so arrives as a space."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


async def received(request: Request, room: Body, limit: int, seconds: float) -> bytes:
    """Reads the body. Raises Problem 413 before reading if Content-Length is over `limit` bytes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    return await read_body(request.stream(), room, limit, seconds)


def check_media_type(request: Request) -> None:
    """Accepts uncompressed JSON; a body without Content-Type is taken for JSON. Raises Problem 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if kind not in ("", "application/json") and not kind.endswith("+json"):
        where, wrong, remedy = "Content-Type", kind, "Send application/json."
    elif coding != "identity":
        where, wrong, remedy = "Content-Encoding", coding, "Send it plain."
    else:
        return
    raise Problem(
        415,
        "unsupported-media-type",
        "Unsupported media type",
        f"The body is {wrong[:100]!r}.",
        where=where,
        remedy=remedy,
    )


def check_values(body: dict[str, Any]) -> None:
    """Refuses what no service could store or forward: U+0000 in a text, too deep nesting. Raises Problem 422."""
    waiting: list[tuple[Any, str, int]] = [(body, "", 0)]
    while waiting:
        value, place, depth = waiting.pop()
        if depth > _DEEPEST:
            raise invalid(
                f"The body is nested over {_DEEPEST} levels.",
                where=place[:200],
                remedy="/docs shows each operation's shape.",
            )
        match value:
            case str() if "\0" in value:
                raise _nul(place)
            case dict():
                for key, item in value.items():
                    if "\0" in key:
                        raise _nul(place or "body")
                    waiting.append((item, f"{place}.{key}" if place else key, depth + 1))
            case list():
                waiting += [(item, f"{place}.{n}", depth + 1) for n, item in enumerate(value)]


def _nul(place: str) -> Problem:
    return invalid(
        "A text holds the character U+0000, which no text here may.",
        where=place,
        remedy="Leave the character out.",
    )


def queried(request: Request, properties: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """The fields that the query string gives. Raises Problem 422 for one that is unknown, or given twice."""
    values: dict[str, Any] = {}
    for name in request.query_params:
        if name not in properties or name in INTERNAL or name in named:
            known = ", ".join(each for each in properties if each not in INTERNAL and each not in named)
            raise invalid(
                f"There is no query parameter {name!r}.", where=name, remedy=f"Known here: {known or 'none'}."
            )
        many = request.query_params.getlist(name)
        if takes_list(properties[name]):
            values[name] = many
        elif len(many) > 1:
            raise invalid(f"{name} is given {len(many)} times.", where=name, remedy="Give it once.")
        else:
            values[name] = _UNENCODED.sub(r"\1+\2", many[0])
    return values


def takes_list(schema: dict[str, Any]) -> bool:
    """Whether a parameter may be repeated in a query string."""
    options = schema.get("anyOf", [schema])
    return any(option.get("type") == "array" for option in options)


def parsed(raw: bytes) -> dict[str, Any]:
    """The body, {} where it is empty. Raises Problem 400 for what isn't JSON, 422 for what isn't an object."""
    if not raw:
        return {}
    try:
        body = _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Problem(
            400,
            "malformed-json",
            "Not JSON",
            f"The body is not JSON: {error}.",
            where="body",
            remedy="Send one JSON object in UTF-8.",
        ) from error
    if not isinstance(body, dict):
        raise invalid("The body is not a JSON object.", where="body", remedy="Send one JSON object.")
    return body


def idempotency_key(request: Request) -> str:
    """The caller's Idempotency-Key for a command, else a new one. Raises Problem 422 for a malformed key."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return uuid4().hex
    if not _KEY.fullmatch(key):
        raise invalid(
            "The Idempotency-Key must be 1 to 200 printable ASCII characters without spaces.",
            where="Idempotency-Key",
            remedy="Use, for example, a UUID.",
        )
    return key
