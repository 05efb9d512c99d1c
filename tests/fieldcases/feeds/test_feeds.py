"""Every case in this folder: what devices send, as the door takes it, and what must come of it (README.md)."""

import json
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from services.energy.intake.parse import Origin, parse
from services.energy.readings import audit, ranks, release, wire
from services.energy.readings.batch import BatchStep
from shared.problems import Problem
from tests.component.energy.conftest import OPS, Service, local

CASES = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
async def test_feed(file: Path, service: Service) -> None:
    case = json.loads(file.read_text("utf-8"))
    service.clock.set(local(case.get("now", "2013-03-01 12:00")).astimezone(UTC))
    await service.enterprise()
    for meter in case["meters"]:
        await service.meter(**meter)
    for number, step in enumerate(case["steps"]):
        if step.get("restart"):
            service.steps.clear()
            continue
        if step.get("release"):
            await released(service)
            continue
        found = await (posted(service, step) if "post" in step else asked(service, step))
        assert difference(step["answer"], found) == "", f"step {number} of {file.name}: {found}"
    assert await audit.differences(service.connection) == []


async def asked(service: Service, step: dict[str, Any]) -> Any:
    """The answer of an operation, or its problem."""
    try:
        return await service.ask(OPS, step["ask"], **step.get("with", {}))
    except Problem as problem:
        return {"status": problem.status, "code": problem.code}


async def posted(service: Service, step: dict[str, Any]) -> Any:
    """The receipt of a POST, or the door's problem."""
    received = local(step["received"]) if "received" in step else service.clock.now()
    origin = Origin("MILL", uuid4().bytes, int(received.timestamp() * 1_000_000), "")
    body = {name: value for name, value in step["post"].items() if name != "every"}
    if "every" in step["post"]:
        body["columns"] = columns(**step["post"]["every"])
    try:
        post = parse(json.dumps(body).encode(), origin)
    except Problem as problem:
        return {"status": problem.status, "code": problem.code}
    [arrived] = wire.decode(wire.encode([post]))
    p = await service.connection.fetchval("SELECT p FROM feed WHERE enterprise = 'MILL'")
    service.sequence = step.get("place", service.sequence + 1)
    wire.stamp([arrived], ranks.place(0, service.sequence))
    await service.steps.setdefault(p, BatchStep(p)).run(service.connection, [arrived], service.clock.now())
    return await service.ask(OPS, "receipt", enterprise="MILL", receipt=str(UUID(bytes=origin.receipt)))


async def released(service: Service) -> None:
    """What leaves the quarantine, straight to the worker's step."""
    async with service.connection.transaction():
        rows = await release.take(service.connection)
    for p, post in release.posts(rows):
        step = service.steps.setdefault(p, BatchStep(p))
        await step.run(service.connection, wire.decode(wire.encode([post])), service.clock.now())


def columns(
    meter: str,
    first: str,
    seconds: int,
    count: int,
    start: str = "0",
    each: str = "0",
    late: list[int] | None = None,
) -> dict[str, Any]:
    """`count` readings from local time `first` on: `start`, and `each` more every time. `late`: seconds by which they
    are late, over and over."""
    off = np.resize(late or [0], count).tolist()
    times = [local(first) + timedelta(seconds=seconds * n + off[n]) for n in range(count)]
    values = [Decimal(start) + Decimal(each) * n for n in range(count)]
    return {
        "meter": meter,
        "time": [int(time.timestamp()) for time in times],
        "value": [format(value, "f") for value in values],
    }


def difference(wanted: Any, found: Any, where: str = "answer") -> str:
    """Where the answer isn't what the case wants; a case names what it is about, an answer may have more."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        told = [difference(value, found.get(name), f"{where}.{name}") for name, value in wanted.items()]
        return next((each for each in told if each), "")
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = zip(wanted, found, strict=True)
        told = [difference(*pair, f"{where}[{n}]") for n, pair in enumerate(pairs)]
        return next((each for each in told if each), "")
    return "" if wanted == found else f"{where} should be {wanted!r} and is {found!r}"
