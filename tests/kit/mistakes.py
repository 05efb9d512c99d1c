"""The same mistakes put to every list of a service, and the one answer that each has.

Which lists there are says the service's contract, so that a new one is asked by itself. Lists of one thing answer 404
before they look at the rest where the thing isn't there: `things` names some that are.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.problems import Problem
from shared.rpc.schemas import resolved

_CONTRACTS = Path(__file__).parents[2] / "shared" / "contracts"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One question, and what its answer must say."""

    operation: str
    body: dict[str, Any]
    code: str
    title: str
    where: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.code}-{self.where}"

    def check(self, problem: Problem | Mapping[str, Any]) -> None:
        told = problem.to_dict() if isinstance(problem, Problem) else problem
        assert (told["status"], told["code"]) == (422, self.code), (self.operation, told)
        assert (told["title"], told["where"]) == (self.title, self.where), (self.operation, told)
        assert self.remedy in told["remedy"], (self.operation, told)


def mistakes(service: str, things: Mapping[str, dict[str, Any]] | None = None) -> list[Mistake]:
    """What every query of the service that takes a cursor, a region or a span may be asked wrongly."""
    contract = json.loads((_CONTRACTS / service / "operations.json").read_text("utf-8"))
    found: list[Mistake] = []
    for name, operation in contract["operations"].items():
        if operation["kind"] == "query":
            schema = resolved(contract["schemas"], operation["request"])
            found += _of(name, schema, {**_needed(schema), **(things or {}).get(name, {})})
    return found


def _needed(schema: Mapping[str, Any]) -> dict[str, Any]:
    example = (schema.get("examples") or [{}])[0]
    return {field: example[field] for field in schema.get("required", ()) if field in example}


def _of(name: str, schema: Mapping[str, Any], body: dict[str, Any]) -> Iterator[Mistake]:
    fields = schema.get("properties", {})
    if "cursor" in fields:
        remedy = "Give the next_cursor of the page before as it is, or leave it out"
        yield Mistake(name, {**body, "cursor": "made up"}, "bad-cursor", "Not a cursor", "cursor", remedy)
    if "region" in fields and ("cursor" in fields or "region" not in schema.get("required", ())):
        for given, remedy in (
            ("999999", "GET /regions lists them"),
            ("福州市", "Give the code: 福州市 350100."),
        ):
            if "pattern" not in json.dumps(fields["region"]) or given.isascii():
                yield Mistake(
                    name, {**body, "region": given}, "unknown-region", "Unknown region", "region", remedy
                )
    for first, last in _spans(fields):
        early, late = _two(first, json.dumps(fields[first]))
        remedy = f"Give the smaller one as {first}."
        yield Mistake(name, {**body, first: late, last: early}, "bad-span", "Not a span", last, remedy)


def _two(name: str, schema: str) -> tuple[str, str]:
    """Two values of a field in their order."""
    if name.endswith("_month"):
        return "2013-01", "2013-02"
    if '"date-time"' in schema:
        return "2013-01-01T00:00:00Z", "2013-02-01T00:00:00Z"
    return ("2013-01-01", "2013-02-01") if '"date"' in schema else ("1", "2")


def _spans(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for first in fields:
        last = {"since": "before", "from": "to"}.get(first, "")
        if first.startswith("first_"):
            last = f"last_{first.removeprefix('first_')}"
        elif first.endswith("_from"):
            last = f"{first.removesuffix('_from')}_to"
        if last in fields:
            yield first, last
