"""Trace edges across processes, read from the files that the running system writes: a table of what must be there.

A batch has one parent when all of it came from one place, and links to every place it came from in any case.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.component.gateway.world import project
from tests.kit.portal import Portal, ok, unique
from tests.kit.servers import wait_for
from tests.kit.works import Works, batch, register

CALLER = "the caller"
PARENT, LINK = "is the parent of", "is linked by"

COMMAND_TO_PROJECTION = [
    (CALLER, PARENT, "gateway: POST /api/v1/projects"),
    ("gateway: POST /api/v1/projects", PARENT, "gateway: call projects register-project"),
    ("gateway: call projects register-project", PARENT, "projects: projects register-project"),
    ("projects: projects register-project", LINK, "projects: relay PROJECTS"),
    ("projects: projects register-project", LINK, "progress: consume PROJECTS"),
]
PUSH_TO_SUM = [
    (CALLER, PARENT, "energy-intake: POST /v1/readings"),
    ("energy-intake: POST /v1/readings", LINK, "energy-worker: readings batch"),
]
QUERY = [
    (CALLER, PARENT, "gateway: GET /api/v1/enterprises/{enterprise}/energy"),
    (
        "gateway: GET /api/v1/enterprises/{enterprise}/energy",
        PARENT,
        "gateway: call energy enterprise-energy",
    ),
    ("gateway: call energy enterprise-energy", PARENT, "energy: energy enterprise-energy"),
]


@dataclass(frozen=True, slots=True)
class Origin:
    """A trace that begins in this test."""

    trace: str
    span: str

    @classmethod
    def new(cls) -> "Origin":
        return cls(secrets.token_hex(16), secrets.token_hex(8))

    @property
    def headers(self) -> dict[str, str]:
        return {"traceparent": f"00-{self.trace}-{self.span}-01"}


def spans(folder: Path) -> Iterable[dict[str, Any]]:
    """Every span that is written down; a line that is being written is left for the next look."""
    for file in sorted(folder.glob("*.spans.jsonl*")):
        for line in file.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)


def edges(folder: Path, origin: Origin) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Edges of all that hangs on that trace, by parents and by links, with the spans at their ends."""
    names = {origin.span: CALLER}
    ours: list[dict[str, Any]] = []
    for span in spans(folder):
        linked = any(link["trace_id"] == origin.trace for link in span["links"])
        if span["trace_id"] == origin.trace or linked:
            ours.append(span)
            names[span["span_id"]] = f"{span['service'].removeprefix('shengji-')}: {span['name']}"
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for span in ours:
        own = names[span["span_id"]]
        if span["parent_id"] in names:
            found.setdefault((names[span["parent_id"]], PARENT, own), []).append(span)
        for link in span["links"]:
            if link["span_id"] in names:
                found.setdefault((names[link["span_id"]], LINK, own), []).append(span)
    return found


async def all_there(
    portal: Portal, origin: Origin, wanted: list[tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Wait until every edge of the table is written down (processes write every few seconds)."""
    folder = portal.system.urls.traces

    def missing() -> bool:
        return set(wanted) <= edges(folder, origin).keys()

    try:
        await wait_for(missing, 30)
    except AssertionError:
        found = edges(folder, origin).keys()
        raise AssertionError(f"missing: {set(wanted) - found}\nfound: {sorted(found)}") from None
    return edges(folder, origin)


def one_trace_unless_shared(found: dict[tuple[str, str, str], list[dict[str, Any]]], origin: Origin) -> None:
    """A batch that came from one place only carries its trace on; one that came from many begins its own."""
    for (_, how, name), ends in found.items():
        for span in ends:
            alone = len({link["span_id"] for link in span["links"]}) <= 1
            assert how == PARENT or not alone or span["trace_id"] == origin.trace, name
            assert span["status"] != "error", span


async def test_one_trace_leads_from_a_command_to_the_projection(portal: Portal):
    origin = Origin.new()
    body = project(unique("P-TRACE"), "")
    del body["enterprise"]
    answer = await portal.city().post("/projects", json=body, headers=origin.headers)
    ok(answer)
    assert answer.headers["x-trace-id"] == origin.trace
    found = await all_there(portal, origin, COMMAND_TO_PROJECTION)
    one_trace_unless_shared(found, origin)


async def test_one_trace_leads_from_the_push_to_the_sum(portal: Portal):
    works = await Works.registered(portal)
    meter = await works.meter()
    day = (await portal.now()).replace(hour=0, minute=0, second=0) - timedelta(days=2)
    origin = Origin.new()
    response = await works.post(batch(meter, register(day, 9)), **origin.headers)
    assert response.status_code == 202
    await works.outcome(response.json()["receipt"])
    found = await all_there(portal, origin, PUSH_TO_SUM)
    one_trace_unless_shared(found, origin)


async def test_one_trace_leads_from_a_query_to_the_service(portal: Portal):
    works = await Works.registered(portal)
    origin = Origin.new()
    query = {"from": "2013-02-27", "to": "2013-02-27"}
    path = f"/enterprises/{works.enterprise}/energy"
    ok(await portal.province.get(path, params=query, headers=origin.headers))
    await all_there(portal, origin, QUERY)


async def test_no_span_names_a_meter_or_an_enterprise(portal: Portal):
    """Names of spans become labels of metrics: a value for each device would never end."""
    works = await Works.registered(portal)
    meter = await works.meter()
    origin = Origin.new()
    ok(await portal.province.get(f"/meters/{meter}", headers=origin.headers))
    wanted = [(CALLER, PARENT, "gateway: GET /api/v1/meters/{meter}")]
    for ends in (await all_there(portal, origin, wanted)).values():
        for span in ends:
            assert works.enterprise not in json.dumps([span["name"], span["attributes"]])
