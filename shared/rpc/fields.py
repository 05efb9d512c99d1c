"""What is wrong with a request's fields, in words that say how to write them: never a bare pattern."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.problems import Problem

_MOMENT = "write a moment with its offset from UTC, as 2013-05-01T00:00:00+08:00 (in a URL %2B for +)"
_DAY = "write a day as 2013-05-01"
_REF = "#/$defs/"
_AS_OF_A_MODEL = {
    "Unexpected keyword argument": "Extra inputs are not permitted",
    "Input should be a dictionary or an instance of": "Input should be a valid dictionary or instance of",
}
"""pydantic words this error differently for a command's dataclass; callers get one wording, whatever a request is made
with."""


def invalid_fields(error: ValidationError, request: type[object] | None = None) -> Problem:
    """A validation error as one problem that lists every field: where, why. `request`: whose fields they are."""
    errors = [
        {"where": ".".join(str(part) for part in item["loc"]) or "body", "why": _why(item, request)}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = errors[0]
    return Problem(
        422,
        "invalid",
        "Invalid request",
        f"{first['where']}: {first['why']}" + (f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""),
        where=first["where"],
        remedy="Correct the fields named under errors; /docs shows each operation's shape and an example.",
        errors=errors[:50],
    )


def _why(item: Mapping[str, Any], request: type[object] | None) -> str:
    kind, said = str(item["type"]), str(item["msg"]).removeprefix("Value error, ")
    for words, usual in _AS_OF_A_MODEL.items():
        said = said.replace(words, usual)
    if kind == "string_pattern_mismatch":
        return _form(_schema(request, item["loc"]) if request is not None else {})
    if kind.startswith("datetime") or kind == "timezone_aware":
        return f"{said}: {_MOMENT}"
    if kind.startswith("date"):
        return f"{said}: {_DAY}"
    return said


def _form(schema: Mapping[str, Any]) -> str:
    """What a text should look like, as its field describes it."""
    described, examples = schema.get("description"), schema.get("examples")
    why = "it isn't written in the form that this field has"
    if described:
        why += f" ({described})"
    if examples:
        why += f": write it as {examples[0]!r}"
    return why


@lru_cache(maxsize=512)
def _document(request: type[object]) -> dict[str, Any]:
    return TypeAdapter[Any](request).json_schema()


def _schema(request: type[object], place: Sequence[str | int]) -> Mapping[str, Any]:
    """The JSON Schema of one field; empty where the place leads nowhere."""
    document = _document(request)  # type: ignore[arg-type]  # a class is hashable
    example = (document.get("examples") or [{}])[0]
    found: Mapping[str, Any] = document
    for part in place:
        found = _next(document, found, part)
        example = example.get(part) if isinstance(example, Mapping) else None
    if "examples" not in found and isinstance(example, str):
        return {**found, "examples": [example]}
    return found


def _next(document: Mapping[str, Any], schema: Mapping[str, Any], part: str | int) -> Mapping[str, Any]:
    for option in _options(document, schema):
        inner = option.get("items") if isinstance(part, int) else option.get("properties", {}).get(part)
        if isinstance(inner, Mapping):
            return inner
    return schema  # a name of pydantic's own for one of several kinds, not a field's


def _options(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if reference := schema.get("$ref"):
        return _options(document, document["$defs"][str(reference).removeprefix(_REF)])
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return [option for each in several for option in _options(document, each)]
    return [schema]
