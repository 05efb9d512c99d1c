"""Through the gateway: commands, the board, a city's live figure while readings pour in, a rebuild beside it all."""

import asyncio
import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np

from bench.balance import Ledger, percentile
from bench.report import Report, Row
from bench.system import CITY, System, gateway_request, query
from bench.traffic import Load, distinct
from clients.line import Connection, request
from shared.clock import day_start, local_day

_BOARD = "/progress/board"
_DAY_S = 86_400


async def commands(system: System, report: Report, *, enterprises: int, meters: int, seconds: float) -> None:
    """Register everything through the gateway, as fast as it goes; then names of enterprises at half that rate."""
    took = await system.register(enterprises, meters)
    rate = enterprises * (meters + 2) / took
    report.add(Row("commands through the gateway, durable", rate, "commands/s", 150, 300))
    half, people = max(1.0, rate / 2), system.people("province")
    ask = [_change(system, people[number % len(people)], number) for number in range(int(half * seconds))]
    latencies = await steady(system.local.urls.gateway, ask, half, 32)
    took_p99 = percentile(latencies, 99) * 1e3
    report.add(Row(f"commands at {half:.0f}/s: p99", took_p99, "ms", 100, None, "less"))


def _change(system: System, token: str, number: int) -> bytes:
    sender = system.senders[number % len(system.senders)]
    body = {"label": f"device {number}"}
    return request(
        "POST",
        f"/api/v1/enterprises/{sender.enterprise}/credentials",
        token,
        json.dumps(body).encode(),
        {"Idempotency-Key": uuid4().hex},
    )


async def board(system: System, report: Report, seconds: float) -> None:
    """The province's board: as often as it goes, then at half that rate."""
    asks = [gateway_request("GET", _BOARD, token) for token in system.people("province")]
    done, deadline = 0, time.perf_counter() + seconds
    began = time.perf_counter()

    async def lane() -> None:
        nonlocal done
        connection = Connection(system.local.urls.gateway)
        while time.perf_counter() < deadline:
            done += 1
            _good((await connection.ask(asks[done % len(asks)])).status)
        connection.close()

    await asyncio.gather(*(lane() for _ in range(16)))
    rate = done / (time.perf_counter() - began)
    report.add(Row("board through the gateway", rate, "queries/s", 1_000))
    half = max(1.0, rate / 2)
    latencies = await steady(
        system.local.urls.gateway, [asks[n % len(asks)] for n in range(int(half * seconds))], half, 32
    )
    report.add(Row(f"board at {half:.0f}/s: p99", percentile(latencies, 99) * 1e3, "ms", 50, None, "less"))


async def steady(url: str, requests: list[bytes], rate: float, connections: int) -> np.ndarray:
    """Ask at a steady rate; seconds from the planned moment to the answer, by request."""
    began = time.time()
    found: list[float] = []
    queue = [(began + number / rate, each) for number, each in enumerate(requests)][::-1]

    async def lane() -> None:
        connection = Connection(url)
        while queue:
            planned, body = queue.pop()
            await asyncio.sleep(max(0.0, planned - time.time()))
            answer = await connection.ask(body)
            _good(answer.status)
            found.append(answer.at - planned)
        connection.close()

    await asyncio.gather(*(lane() for _ in range(connections)))
    return np.array(found)


def _good(status: int) -> None:
    if status not in (200, 201):
        raise RuntimeError(f"the gateway answered {status}")


async def live_figure(system: System, report: Report, ledger: Ledger, seconds: float) -> None:
    """10,000 readings/s of today, and how long after a POST the city's board shows it.

    One enterprise's readings are a second ahead of everybody's, so that the board's last reading tells that they are
    in the figure: both come in one message. The board is asked all the time; a look costs what the answer costs.
    """
    await system.db.execute("SELECT 1")
    senders = tuple(system.senders)
    probe, others = senders[0], senders[1:]
    slots = max(2, int(10_000 * seconds) // 20 // len(others))
    now = int(time.time())
    midnight = int(day_start(local_day(datetime.now(UTC))).timestamp())
    if now - midnight < 60 + slots:
        await asyncio.sleep(60 + slots - (now - midnight))
    now = int(time.time())
    # Older than the probe's by construction; whole seconds of today.
    step = max(1, min(900, (now - 30 - midnight) // (slots + 1)))
    load = Load(others, midnight + 1, 0, slots, 20, 1, step=step, form="rows")
    probes = min(60, int(seconds * 3))
    delays: list[float] = []
    async with system.generator(load, connections=64, rate=10_000 / 20) as go:
        sending = asyncio.create_task(go())
        await asyncio.sleep(min(1.0, seconds / 5))
        door, gateway = Connection(system.local.urls.intake), Connection(system.local.urls.gateway)
        for number in range(probes):
            t = now - probes + number
            body = {"readings": [{"meter": probe.meters[0], "time": t, "value": 5_000_000 + number}]}
            posted = time.time()
            answer = await door.ask(request("POST", "/v1/readings", probe.token, json.dumps(body).encode()))
            if answer.status != 202:
                raise RuntimeError(f"the probe was refused: {answer.status}")
            delays.append(await _until_shown(system, gateway, t) - posted)
            if sending.done():
                break
        sent = await sending
        door.close()
        gateway.close()
    await system.worked_off()
    ledger.add(sent, distinct(load))
    ledger.expected_rows += len(delays)
    note = f"({len(delays)} probes, p50 {percentile(delays, 50) * 1e3:.0f} ms)"
    took = percentile(delays, 99) * 1e3
    report.add(Row("POST to the city's live figure at 10,000/s: p99", took, "ms", 1_000, None, "less", note))


async def _until_shown(system: System, gateway: Connection, t: int) -> float:
    """Ask for the city's board until its last reading is that one; the wall clock of the answer."""
    people = [system.token("city", CITY, person=number) for number in range(20)]
    deadline, turn = time.time() + 20, t
    while time.time() < deadline:
        turn += 1
        answer = await query(gateway, _BOARD, people[turn % len(people)])
        row = next(row for row in json.loads(answer.body)["rows"] if row["region"] == CITY)
        shown = (row["energy_today"] or {}).get("last_reading_at")
        if shown is not None and _seconds(shown) >= t:
            return answer.at
    raise TimeoutError("the board never showed it")


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


_DONE = re.compile(r"serves: (\d+) events in ([\d.]+) s")


async def rebuild(system: System, report: Report) -> None:
    """Rebuild the read-model while the old one serves; it switches only if both hold the same."""
    await system.published()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.progress.rebuild"),
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            **system.local.environment("progress", owner=True),
            "SHENGJI_HEALTH_PORT": "0",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    served = 0
    waiting = asyncio.create_task(process.communicate())
    gateway, token = Connection(system.local.urls.gateway), system.token("province")
    while not waiting.done():
        _good((await query(gateway, _BOARD, token)).status)
        served += 1
        await asyncio.sleep(0.2)
    gateway.close()
    output = (await waiting)[0].decode()
    found = _DONE.search(output)
    if process.returncode != 0 or found is None:
        raise RuntimeError(f"the rebuild failed:\n{output}")
    events, seconds = int(found[1]), float(found[2])
    note = f"({events:,} events; the old one answered {served} times; the same)"
    report.add(
        Row("rebuild of the read-model, serving", events / seconds, "events/s", 10_000, 30_000, "more", note)
    )
