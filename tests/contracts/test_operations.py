"""Every operation says what it is, and shows a request that is accepted."""

from typing import Any

import jsonschema
import pytest

from deploy import contracts
from shared.rpc.schemas import resolved


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_every_operation_has_a_summary_a_description_and_an_example_that_is_accepted(service: str) -> None:
    document = contracts.operations(service)
    described, schemas = document["operations"], document["schemas"]
    assert described
    for operation in contracts.served(service).all():
        name = f"{service}.{operation.name}"
        contract = described[operation.name]
        assert contract["summary"], name
        assert contract["description"], name
        examples = resolved(schemas, contract["request"]).get("examples", [])
        assert examples, f"{name}: give {operation.request.__name__} an example"
        schema = {**contract["request"], "schemas": schemas}
        for example in examples:
            operation.accepts.validate_python(example)
            jsonschema.Draft202012Validator(schema).validate(example)


LENIENT = {("energy", "load-plan"), ("energy", "check-plan")}
"""energy takes its own part out of a whole plan, and passes over the other services' parts."""


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_a_misspelt_field_is_refused_and_not_passed_over(service: str) -> None:
    lenient = [
        operation.name
        for operation in contracts.served(service).all()
        if operation.accepts.json_schema().get("additionalProperties") is not False
        and (service, operation.name) not in LENIENT
    ]
    assert lenient == []


@pytest.mark.parametrize("service", ["assessment"])
def test_a_bound_stands_by_the_name_that_json_schema_has_for_it(service: str) -> None:
    """pydantic writes `ge` for a bound that is put on a checked number, and nobody who reads the document sees it."""
    unknown: list[str] = []

    def walk(node: Any, place: str) -> None:
        if isinstance(node, dict):
            if "anyOf" in node or "type" in node:
                unknown.extend(f"{place}.{word}" for word in ("ge", "gt", "le", "lt") if word in node)
            for key, each in node.items():
                walk(each, f"{place}.{key}")
        elif isinstance(node, list):
            for each in node:
                walk(each, place)

    walk(contracts.operations(service)["schemas"], service)
    assert unknown == []
