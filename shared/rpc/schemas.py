"""The JSON Schemas of a service's operations: each once by its name, and everything else refers to it.

`Schemas` collects them for the contract (`operations.json`); `resolved` and `used` read them there, and wherever else
a reference ends with the name of a schema, as in the gateway's OpenAPI document.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]
REFERENCE = "#/schemas/"
"""A contract refers to a schema by this and its name: a JSON pointer within the file."""


class TwoSchemas(ValueError):
    """One name would stand for two schemas of a service."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A schema as the first operation that has it says it."""

    schema: Schema
    operation: str
    adapters: tuple[TypeAdapter[Any], ...]


class Schemas:
    """The schemas of one service's operations by name."""

    def __init__(self) -> None:
        self._uses: dict[str, _Use] = {}

    def add(
        self, operation: str, request: TypeAdapter[Any], response: TypeAdapter[Any]
    ) -> tuple[Schema, Schema]:
        """An operation's request and response, which refer to what is collected.

        Raises TwoSchemas where one name would stand for two schemas, naming the classes and operations of both.
        """
        schemas, document = TypeAdapter.json_schemas(
            [("request", "validation", request), ("response", "serialization", response)],
            ref_template=f"{REFERENCE}{{model}}",
        )
        found = {
            name: _Use(schema, operation, (request, response))
            for name, schema in document.get("$defs", {}).items()
        }
        for name, use in found.items():
            # For two classes of one name in one operation pydantic makes up names: module__Name, or Name-Input and
            # Name-Output. The latter it also gives one class that is written otherwise in answers than in requests.
            plain = name.rpartition("__")[2].removesuffix("-Input").removesuffix("-Output")
            if plain != name and len(_classes(use, plain)) > 1:
                raise _twice(plain, use)
        for name, use in found.items():
            first = self._uses.setdefault(name, use)
            if use.schema != first.schema:
                raise _twice(name, first, use)
        return schemas[("request", "validation")], schemas[("response", "serialization")]

    def by_name(self) -> dict[str, Schema]:
        """What was collected, in the order of the names."""
        return {name: self._uses[name].schema for name in sorted(self._uses)}


def resolved(schemas: Mapping[str, Schema], schema: Schema) -> Schema:
    """The schema that a reference means; any other schema as it is. Raises KeyError for an unknown reference."""
    reference = schema.get("$ref")
    return schemas[_name(reference)] if reference else schema


def used(schemas: Mapping[str, Schema], *roots: Schema) -> dict[str, Schema]:
    """What the roots refer to, themselves or by what they refer to. Raises KeyError for an unknown reference."""
    found: dict[str, Schema] = {}
    left = [_name(reference) for reference in _references(roots)]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = schemas[name]
            left += [_name(reference) for reference in _references(found[name])]
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(reference := node.get("$ref"), str):
            yield reference
        node = node.values()
    elif isinstance(node, str) or not isinstance(node, Iterable):
        return
    for each in node:
        yield from _references(each)


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _twice(name: str, *uses: _Use) -> TwoSchemas:
    said = "; ".join(f"{each} in {use.operation}" for use in uses for each in _classes(use, name))
    return TwoSchemas(f"{name} would stand for different schemas: {said}. Rename one of the classes.")


def _classes(use: _Use, name: str) -> list[str]:
    """The classes and named types called `name` in an operation's request and response, each with its module."""
    found: set[str] = set()
    for node in (node for adapter in use.adapters for node in _nodes(adapter.core_schema)):
        if isinstance(cls := node.get("cls"), type):
            found.add(f"{cls.__module__}.{cls.__qualname__}")
        elif isinstance(ref := node.get("ref"), str):  # module.Name:id, of a type that is no class
            found.add(ref.rpartition(":")[0])
    return sorted(each for each in found if each.rpartition(".")[2] == name)


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        node = node.values()
    elif not isinstance(node, list | tuple):
        return
    for each in node:
        yield from _nodes(each)
