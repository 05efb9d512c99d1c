"""The OpenAPI document that the running gateway gives: who writes a client needs nothing else."""

from typing import Any

import httpx
import jsonschema
import pytest
import pytest_asyncio

from tests.kit.portal import Portal, ok

Operation = tuple[str, str, dict[str, Any]]
LIVE, TICKETS = "/api/v1/progress/stream", "/api/v1/progress/stream-tickets"
"""A browser can't send a header with the stream: it takes a ticket, which is asked for without a body."""


@pytest_asyncio.fixture
async def document(portal: Portal) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=portal.gateway) as anyone:
        found: dict[str, Any] = ok(await anyone.get("/openapi.json"))
        assert (await anyone.get("/docs")).status_code == 200
    return found


def operations(document: dict[str, Any]) -> list[Operation]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_says_who_may_call_it_and_how_it_refuses(document: dict[str, Any]):
    assert "bearer" in document["components"]["securitySchemes"]
    for method, path, operation in operations(document):
        expected: list[dict[str, list[str]]] = (
            [{"bearer": []}, {"ticket": []}] if path == LIVE else [{"bearer": []}]
        )
        assert operation["security"] == expected, (method, path)
        assert operation["summary"], (method, path)
        for status in ("401", "403", "422", "503"):
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], (method, path, status)


def test_every_write_has_an_example_that_its_schema_takes(document: dict[str, Any]):
    for method, path, operation in operations(document):
        if method != "post" or path == TICKETS:
            continue
        content = operation["requestBody"]["content"]
        if path == "/api/v1/imports/{kind}":  # a spreadsheet, not an object
            assert {media["schema"]["format"] for media in content.values()} == {"binary"}
            continue
        media = content["application/json"]
        schema = {**media["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(media["example"])
        assert media["example"] or not media["schema"].get("required"), path


def test_every_parameter_and_reference_can_be_found(document: dict[str, Any]):
    known = document["components"]["schemas"]

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [each for value in node.values() for each in references(value)]
        return [each for value in node for each in references(value)] if isinstance(node, list) else []

    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in known, reference
    for method, path, operation in operations(document):
        named = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}, (method, path)


@pytest.mark.parametrize("header", ["x-content-type-options", "x-trace-id"])
async def test_every_answer_carries(portal: Portal, header: str):
    for answer in (await portal.province.get("/plans"), await portal.province.get("/nothing")):
        assert answer.headers[header]
