"""The running system: what a leaked device credential opens, what logs give away, how a person is erased."""

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import jwt
import psutil
import pytest
from rich.console import Console

from cli.audit import verify
from cli.tokens import AUDIENCE, ISSUER
from deploy import topology
from deploy.databases import for_asyncpg
from deploy.local.secrets import Secrets, load_or_create
from services.gateway.routes import all_routes
from tests.kit.people import reference_of
from tests.kit.portal import API, START, Portal, ok, problem, unique
from tests.kit.servers import wait_for
from tests.kit.works import Works, batch

CITY_DISTRICT = "350212"


def token_of(portal: Portal, subject: str, **claims: Any) -> str:
    """A province's token that tells of a person."""
    now = int(time.time())
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600, "role": "province"}
    key = load_or_create(portal.system.settings.data).signing_key
    return jwt.encode({**told, **claims}, key, algorithm="EdDSA")


async def act(person: httpx.AsyncClient) -> None:
    """A command that changes nothing of importance."""
    body = {"enterprise": unique("E-ACT"), "name": "示例", "region": "350181", "industry": "3011"}
    ok(await person.post("/enterprises", json=body))


# --- a device credential that got out ---------------------------------------------------------------------------


async def test_a_leaked_device_credential_opens_no_route_of_the_gateway(portal: Portal) -> None:
    works = await Works.registered(portal)
    opened = []
    async with portal.with_token(works.credential) as thief:
        for route in [*all_routes()]:
            path = route.path.format(**dict.fromkeys(route.path_parameters, works.enterprise))
            answer = await thief.request(route.method, path)
            if answer.status_code != 401:
                opened.append((route.method, route.path, answer.status_code))
        for method, path in (("GET", "/clock"), ("POST", "/clock"), ("GET", "/progress/stream")):
            assert (await thief.request(method, path)).status_code == 401
    assert opened == []


async def test_a_leaked_device_credential_pushes_for_its_own_enterprise_only(portal: Portal) -> None:
    thief, victim = await Works.registered(portal), await Works.registered(portal, CITY_DISTRICT)
    meter = await victim.meter()
    theirs = await victim.push(meter, [(START - timedelta(hours=2), 10), (START - timedelta(hours=1), 20)])
    before = await victim.outcome(theirs)
    forged = await thief.send(meter, [(START - timedelta(minutes=30), 999)])
    assert forged["counts"]["accepted"] == 0
    assert [each["outcome"] for each in forged["exceptions"]] == ["quarantined"]
    overwritten = await thief.send(
        meter, [(START - timedelta(hours=1), 999)], correction=True, reported_at=START.isoformat()
    )
    assert overwritten["counts"]["accepted"] == 0
    assert all(each["outcome"] == "quarantined" for each in overwritten["exceptions"])
    assert await victim.outcome(theirs) == before
    hours = await victim.hours(meter, START.date())
    assert 999 not in hours.values()
    assert sum(hours.values()) == 10
    # Another's receipt is no receipt; another's name before one's own secret is nobody.
    assert (await thief.door.get(f"/v1/receipts/{theirs}")).status_code == 404
    secret = thief.credential.rpartition(".")[2]
    posing = portal.meters(f"{victim.enterprise}.{secret}")
    assert (await posing.post("/v1/readings", json=batch(meter, [(START, 1)]))).status_code == 401


async def test_a_revoked_device_credential_is_refused_at_once(portal: Portal) -> None:
    works = await Works.registered(portal)
    meter = await works.meter()
    await works.push(meter, [(START, 1)])
    path = f"/enterprises/{works.enterprise}/credentials"
    other = ok(await portal.province.post(path, json={"label": "second"}))
    second = portal.meters(other["token"])
    assert (await second.post("/v1/readings", json=batch(meter, [(START, 1)]))).status_code == 202, "at once"
    held = {each["label"]: each["credential"] for each in other["credentials"]}
    body = {"credential": held["test"], "reason": "它泄露了"}
    ok(await portal.province.post(f"{path}/revocations", json=body))

    async def refused() -> bool:
        return (await works.post(batch(meter, [(START, 1)]))).status_code == 401

    await wait_for(refused, 5.0, "the intake refuses what was revoked")
    assert (await second.post("/v1/readings", json=batch(meter, [(START, 1)]))).status_code == 202


async def test_rotation_overlaps_by_the_clock(portal: Portal) -> None:
    works = await Works.registered(portal)
    meter = await works.meter()
    path = f"/enterprises/{works.enterprise}/credentials/rotations"
    rotated = ok(await portal.province.post(path, json={"label": "next", "overlap_hours": 1}))
    new = portal.meters(rotated["token"])

    async def both() -> tuple[int, int]:
        body = batch(meter, [(START, 1)])
        answers = [await works.post(body), await new.post("/v1/readings", json=body)]
        return answers[0].status_code, answers[1].status_code

    assert await both() == (202, 202)
    await portal.step(await portal.now() + timedelta(hours=1))

    async def changed_over() -> bool:
        return await both() == (401, 202)

    await wait_for(changed_over, 5.0, "the old one has ended")


# --- what is written down ---------------------------------------------------------------------------------------


def all_values(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from all_values(value)
    elif isinstance(node, str):
        yield node


def secrets_of(data: Path) -> set[str]:
    """Every secret of the system, keys by a line of theirs."""
    from dataclasses import asdict

    found: Secrets = load_or_create(data)
    plain = {value for value in all_values(asdict(found)) if "\n" not in value}
    return plain | {found.signing_key.splitlines()[1]}


def files_with(folders: list[Path], needles: set[str]) -> list[tuple[str, str]]:
    """Which file has which of them (the beginning of each)."""
    return [
        (path.name, needle[:12])
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in [path.read_bytes()]
        for needle in needles
        if needle.encode() in content
    ]


async def test_no_secret_and_no_person_stands_in_logs_traces_or_command_lines(portal: Portal) -> None:
    planted = {
        name: f"planted-{name}-{os.urandom(6).hex()}" for name in ("head", "cookie", "body", "name", "sub")
    }
    works = await Works.registered(portal)
    meter = await works.meter()
    token = token_of(portal, planted["sub"], name=planted["name"], email=f"{planted['name']}@example.cn")
    bad = jwt.encode({"sub": planted["sub"]}, "k" * 32, algorithm="HS256")
    headers = {"X-Api-Key": planted["head"], "Cookie": f"session={planted['cookie']}"}
    gateway = portal.gateway + API
    async with httpx.AsyncClient(timeout=30) as client:
        for bearer in (token, bad, works.credential):
            said = {**headers, "Authorization": f"Bearer {bearer}"}
            await client.get(f"{gateway}/plans", headers=said)
            await client.post(f"{gateway}/projects", headers=said, json={"password": planted["body"]})
            await client.post(f"{gateway}/enterprises", headers=said, json={"name": {"x": planted["body"]}})
            await client.post(f"{gateway}/projects", headers=said, content=planted["body"].encode())
            await client.get(f"{gateway}/{planted['body']}", headers=said)
            await client.post(
                f"{portal.system.urls.intake}/v1/readings", headers=said, json={"readings": planted["body"]}
            )
            await client.post(
                f"{portal.system.urls.intake}/v1/readings", headers=said, json=batch(meter, [(START, 1)])
            )
        async with portal.with_token(token) as person:
            await act(person)
        last = await client.get(f"{gateway}/plans", headers={"Authorization": f"Bearer {token}"})
    trace = last.headers["x-trace-id"]
    urls = portal.system.urls

    def written() -> bool:
        return any(trace in path.read_text(errors="replace") for path in urls.traces.glob("*.spans.jsonl"))

    await wait_for(written, 30.0, "the last request's trace is written")
    data = portal.system.settings.data
    credential = works.credential.rpartition(".")[2]
    needles = {*planted.values(), *secrets_of(data), token, token.rpartition(".")[2], bad, credential}
    assert all(len(needle) >= 16 for needle in needles)
    assert files_with([urls.logs, urls.traces], needles) == []
    told = "\n".join(" ".join(each.cmdline()) for each in psutil.Process().children(recursive=True))
    assert "services.gateway.main" in told
    assert [needle for needle in needles if needle in told] == []


@pytest.mark.parametrize(
    "module",
    ["services.projects.main", "services.gateway.main", "services.energy.main"],
)
async def test_a_process_that_cannot_start_keeps_its_secrets(module: str) -> None:
    """Its settings are wrong, or its servers away: what it says of that has no password in it."""
    secret = f"planted-{os.urandom(8).hex()}"
    base = {
        "PATH": os.environ["PATH"],
        "SHENGJI_ENVIRONMENT": "test",
        "SHENGJI_NATS_URL": "nats://127.0.0.1:1",
        "SHENGJI_NATS_USER": "projects",
        "SHENGJI_NATS_PASSWORD": secret,
        "SHENGJI_DATABASE_URL": f"postgresql+asyncpg://me:{secret}@127.0.0.1:1/x",
        "SHENGJI_POSITION_KEY": secret * 2,
        "SHENGJI_PSEUDONYM_KEY": secret * 2,
        "SHENGJI_JWT_PUBLIC_KEY": secret,
    }
    for wrong in (
        {"SHENGJI_HTTP_TLS_KEY": "k"},
        {"SHENGJI_ENVIRONMENT": "somewhere"},
        {"SHENGJI_CLOCK": secret},
    ):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *(["api"] if "energy" in module else [])),
            env={**base, **wrong},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode
        assert output
        assert secret not in output.decode()


# --- a person -------------------------------------------------------------------------------------------------


async def everywhere(portal: Portal, needle: str) -> list[str]:
    """The tables of every service's database that have that text in any row."""
    found = []
    for service in topology.SERVICES:
        process = next(each.name for each in topology.PROCESSES if each.service == service.name)
        url = portal.system.environment(process, owner=True)["SHENGJI_OWNER_DATABASE_URL"]
        connection = await asyncpg.connect(for_asyncpg(url))
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for table in tables:
            count = await connection.fetchval(
                f"SELECT count(*) FROM {table['name']} t WHERE strpos(t::text, $1) > 0", needle
            )
            if count:
                found.append(f"{service.name}: {table['name']}")
        await connection.close()
    return found


async def ends(person: httpx.AsyncClient) -> None:
    """Within a second of the answer that revoked it, no token of that person reads or writes anything."""
    async with asyncio.timeout(1.0):
        while (await person.get("/projects")).status_code != 401:
            pass
    assert problem(await person.post("/enterprises", json={}), 401)["code"] == "revoked"


async def test_revoked_access_ends_within_a_second_and_outlives_a_restart(portal: Portal) -> None:
    """A token still read and wrote after its person was deleted; it lasted 31 days."""
    subject = f"leaver-{os.urandom(6).hex()}"
    person = portal.with_token(token_of(portal, subject))
    await act(person)
    known_as = reference_of(portal.system.settings.data, subject)
    body = {"reason": "调离岗位"}
    problem(await portal.province.post(f"/people/{known_as}/revocations", json=body), 403)
    async with person.stream("GET", "/progress/stream") as stream:
        done = ok(await portal.ops.post(f"/people/{known_as}/revocations", json=body))
        assert done["reference"] == known_as
        await ends(person)
        async with asyncio.timeout(5.0):
            told = "".join([line async for line in stream.aiter_lines()])
    assert "revoked" in told
    await portal.system.supervisor.stop_one("gateway")
    await portal.system.supervisor.start_one("gateway")
    await wait_for(lambda: serves(portal), what="the gateway is back")
    problem(await person.get("/projects"), 401)


async def serves(portal: Portal) -> bool:
    try:
        return (await portal.province.get("/plans")).is_success
    except httpx.TransportError:
        return False


async def test_a_person_is_erased_and_the_chain_still_verifies(portal: Portal) -> None:
    subject, name = f"clerk-{os.urandom(6).hex()}", f"王小明-{os.urandom(6).hex()}"
    token = token_of(portal, subject, name=name, email=f"{subject}@example.cn")
    person = portal.with_token(token)
    await act(person)
    known_as = reference_of(portal.system.settings.data, subject)

    async def known() -> dict[str, Any] | None:
        answer = await portal.ops.get(f"/people/{known_as}")
        return answer.json() if answer.is_success else None

    told = await wait_for(known, what="the directory knows who acted")
    assert told is not None
    assert (told["subject"], told["name"], told["contact"]) == (subject, name, f"{subject}@example.cn")
    for needle in (subject, name):
        assert await everywhere(portal, needle) == ["assessment: public.person"]
    acted = await everywhere(portal, known_as)
    assert "energy: public.event" in acted
    problem(await portal.province.delete(f"/people/{known_as}"), 403)

    erased = ok(await portal.ops.delete(f"/people/{known_as}"))
    assert erased["erased_at"]
    assert (erased["subject"], erased["name"], erased["contact"]) == (None, None, None)
    again = ok(await portal.ops.delete(f"/people/{known_as}"))
    assert again["erased_at"] == erased["erased_at"]
    await ends(person)
    later = int(time.time()) + 5  # as a token that the issuer gives out after the erasure
    await act(portal.with_token(token_of(portal, subject, name=name + "又名", iat=later)))
    told = ok(await portal.ops.get(f"/people/{known_as}"))
    assert told["name"] is None
    for needle in (subject, name):
        assert await everywhere(portal, needle) == []
    assert set(acted) <= set(await everywhere(portal, known_as)), "the events keep the reference"
    said = io.StringIO()
    assert await verify(portal.system.settings.data, None, [], Console(file=said)) == 0, said.getvalue()
    assert json.dumps(told).count(known_as) == 1
