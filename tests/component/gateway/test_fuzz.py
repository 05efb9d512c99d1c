"""Every operation of the OpenAPI document, with requests made of its own schema and of what is wrong with it.

Whatever comes: no error of ours, every refusal a problem, every answer what the document says, to its last member. The
writes leave rubbish behind, so they get a system of their own. Each run looks elsewhere; a failure names the seed that
finds it again: SHENGJI_FUZZ_SEED=… (and with SHENGJI_FUZZ_EXAMPLES=500 it looks longer).
"""

import asyncio
import json
import os
import secrets
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import jsonschema
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from tests.component.gateway.world import World
from tests.kit.portal import API, START, Portal, assert_problem
from tests.kit.servers import server_folder

CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "gateway" / "openapi.json"
# The stream has no end and the clock no way back: tests of their own hold them to the same.
ELSEWHERE = {f"GET {API}/progress/stream", f"POST {API}/clock"}
EXAMPLES = int(os.environ.get("SHENGJI_FUZZ_EXAMPLES", "12"))
SEED = int(os.environ.get("SHENGJI_FUZZ_SEED", "0")) or secrets.randbelow(2**32)

DOCUMENT = json.loads(CONTRACT.read_text())
schema = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    operation.label: operation
    for operation in (found.ok() for found in schema.get_all_operations() if isinstance(found, Ok))
    if operation.label not in ELSEWHERE
}


@pytest_asyncio.fixture(scope="module")
async def doors() -> AsyncIterator[list[httpx.Client]]:
    """A system of its own with something in it; one client for each kind of caller."""
    with server_folder("fuzzed") as folder:
        settings = LocalSettings(
            data=folder / "data",
            gateway_port=free_port(),
            intake_port=free_port(),
            clock="simulated",
            environment="test",
            small=True,
        )
        async with LocalSystem(settings) as system:
            portal = Portal(system)
            await portal.step(START)
            await portal.load_plan()
            await World.made(portal)
            tokens = [portal.token("province"), portal.token("ops"), portal.token("city", "350100")]
            clients = [
                httpx.Client(
                    base_url=portal.gateway, headers={"Authorization": f"Bearer {token}"}, timeout=30
                )
                for token in tokens
            ]
            yield clients
            for client in clients:
                client.close()
            await portal.close()


def check(case: Case, door: httpx.Client) -> None:
    """Send it, and hold the answer to the document."""
    arguments: dict[str, Any] = case.as_transport_kwargs(base_url=str(door.base_url))
    for name in ("cookies", "auth", "timeout"):
        arguments.pop(name, None)
    headers = {name: value for name, value in arguments.pop("headers", {}).items() if name != "Authorization"}
    if "data" in arguments:
        arguments["content"] = arguments.pop("data")
    answer = door.request(**arguments, headers=headers)
    told = f"{case.method} {case.formatted_path}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500, told
    documented = case.operation.definition.raw["responses"]
    assert str(answer.status_code) in documented or answer.status_code in (404, 405), told
    if answer.is_error:
        assert_problem(answer)
        return
    content = documented[str(answer.status_code)].get("content")
    if content is not None:
        media = answer.headers["content-type"].partition(";")[0]
        assert media in content, told
        if media == "application/json":
            wrong = list(validator(json.dumps(content[media]["schema"])).iter_errors(answer.json()))
            assert not wrong, f"{wrong[0].json_path}: {wrong[0].message[:300]} in {told}"


@cache
def validator(wanted: str) -> jsonschema.Draft202012Validator:
    """Of answers with that schema, whose references lead into the document's components."""
    return jsonschema.Draft202012Validator({**json.loads(wanted), "components": DOCUMENT["components"]})


@pytest.mark.parametrize("label", OPERATIONS)
async def test_no_request_brings_the_gateway_out_of_itself(doors: list[httpx.Client], label: str):
    operation = OPERATIONS[label]
    requests = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
    )
    @hypothesis.given(case=requests, door=st.sampled_from(doors))
    def fuzz(case: Case, door: httpx.Client) -> None:
        check(case, door)

    try:
        await asyncio.to_thread(fuzz)
    except BaseException as error:
        error.add_note(f"again with SHENGJI_FUZZ_SEED={SEED} SHENGJI_FUZZ_EXAMPLES={EXAMPLES}")
        raise
