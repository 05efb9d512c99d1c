"""The services' operations as data: what the gateway knows of their requests and answers.

Read from `shared/contracts/<service>/operations.json`, which each service generates from its own models;
the gateway has no models of its own, so the two can't drift apart.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from shared.rpc.schemas import REFERENCE, resolved, used

_COMPONENTS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class OperationContract:
    """One operation: JSON Schemas with references into the gateway's OpenAPI components.

    `schemas`: all those of its service, by their names there.
    """

    service: str
    name: str
    kind: str
    summary: str
    description: str
    request: dict[str, Any]
    response: dict[str, Any]
    schemas: Mapping[str, dict[str, Any]]

    def request_object(self) -> dict[str, Any]:
        """The request's own schema with its reference resolved: properties, required, examples."""
        return self.resolve(self.request)

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a reference points to; any other schema unchanged."""
        return resolved(self.schemas, schema)

    def components(self) -> dict[str, dict[str, Any]]:
        """The schemas that its request and its answer are made of."""
        return used(self.schemas, self.request, self.response)


@cache
def contract(service: str, operation: str) -> OperationContract:
    """The contract of one operation. Raises LookupError naming what to run when there is none."""
    operations = _load(service)["operations"]
    if operation not in operations:
        raise LookupError(
            f"{service} has no operation {operation!r} in its contract; run `python -m deploy.contracts`"
        )
    raw = operations[operation]
    return OperationContract(
        service,
        operation,
        raw["kind"],
        raw["summary"],
        raw["description"],
        _prefixed(raw["request"], service),
        _prefixed(raw["response"], service),
        _schemas(service),
    )


@cache
def _schemas(service: str) -> Mapping[str, dict[str, Any]]:
    schemas = _load(service)["schemas"]
    return {f"{service}.{name}": _prefixed(schema, service) for name, schema in schemas.items()}


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every route that a service declares: its service and operation, and the route as data."""
    for folder in sorted(
        resources.files("shared").joinpath("contracts").iterdir(), key=lambda each: each.name
    ):
        if folder.joinpath("operations.json").is_file():
            for name, operation in _load(folder.name)["operations"].items():
                if "route" in operation:
                    yield folder.name, name, operation["route"]


@cache
def _load(service: str) -> dict[str, Any]:
    path = resources.files("shared").joinpath("contracts", service, "operations.json")
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def _prefixed(node: Any, service: str) -> Any:
    """Prefixes references with the service's name, because two services may use the same model name."""
    if isinstance(node, dict):
        return {
            key: f"{_COMPONENTS}{service}.{value.removeprefix(REFERENCE)}"
            if key == "$ref" and isinstance(value, str)
            else _prefixed(value, service)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_prefixed(item, service) for item in node]
    return node
