"""No input makes an operation answer 5xx: every example, with every field replaced by something hostile."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from deploy import contracts
from services.assessment.service import ops
from shared.problems import Problem
from shared.rpc.schemas import resolved
from tests.component.assessment.conftest import ENERGY, FUZHOU, PROVINCE, Service

HOSTILE: list[Any] = [
    None,
    True,
    -1,
    2**70,
    1e300,
    "",
    "x" * 5000,
    "a\u0000b",
    "\u202e\U0001f600",
    "NaN",
    "1e400",
    "-0",
    "9" * 40,
    "0000-00-00",
    "9999-12-31",
    "2013-Q9",
    "'; DROP TABLE target; --",
    [],
    {},
    [[[]]],
    [None],
    {"value": {}},
]


def _examples(operation: str) -> list[dict[str, Any]]:
    document = contracts.operations("assessment")
    request = resolved(document["schemas"], document["operations"][operation]["request"])
    found: list[dict[str, Any]] = request["examples"]
    return found


def _fields(operation: str) -> list[str]:
    return list(ops.get(operation).accepts.json_schema().get("properties", {}))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a body, outermost first."""
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in items:
        yield (*path, key)
        yield from _places(item, (*path, key))


def _with(body: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


@pytest.mark.parametrize("operation", [operation.name for operation in ops.all()])
async def test_no_field_can_make_it_fail(service: Service, operation: str) -> None:
    await service.ask(FUZHOU, "report-statistic", **ENERGY)
    failures = []
    for example in _examples(operation):
        places = {*_places(example), *((name,) for name in _fields(operation))}
        for place in sorted(places, key=repr):
            for value in HOSTILE:
                try:
                    await service.ask(PROVINCE, operation, **_with(example, place, value))
                except Problem as problem:
                    if problem.status >= 500:
                        failures.append((place, value, problem.detail))
    assert failures == []
