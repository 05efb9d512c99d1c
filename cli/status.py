"""`shengji status`: every process with its checks, from its own health endpoint."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.local.attach import attach
from deploy.local.runner import running_system

_COLOURS = {"ok": "green", "degraded": "yellow", "failing": "red"}
_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """What one process says of itself; `checks` maps a check to (status, detail)."""

    process: str
    status: str
    checks: dict[str, tuple[str, str]]


async def show(data: Path, watch: bool, console: Console) -> int:
    """Print the table; 0 all well, 1 something fails, 2 nothing runs."""
    if running_system(data) is None:
        console.print(f"No system runs in {data}. `shengji up` or `make demo` starts one.")
        return 2
    health = attach(data).health
    statuses = await collect(health)
    if not watch:
        console.print(table(statuses))
        return 1 if any(each.status == "failing" for each in statuses) else 0
    with Live(table(statuses), console=console, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(_EVERY_S)
            live.update(table(await collect(health)), refresh=True)


async def collect(health: Any) -> list[ProcessStatus]:
    """Ask every process, all at once; one that doesn't answer is failing."""
    async with httpx.AsyncClient(timeout=3.0) as http:
        return list(await asyncio.gather(*(_ask(http, name, url) for name, url in health.items())))


async def _ask(http: httpx.AsyncClient, name: str, url: str) -> ProcessStatus:
    try:
        report = (await http.get(f"{url}/ready")).json()
        checks = {key: (check["status"], check["detail"]) for key, check in report["checks"].items()}
        return ProcessStatus(name, report["status"], checks)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return ProcessStatus(name, "failing", {"process": ("failing", f"no answer at {url}: {error!r}")})


def table(statuses: list[ProcessStatus]) -> Table:
    """A row per check; details only where they say something."""
    made = Table("process", "check", "status", "detail", title="Shengji 升级")
    for each in statuses:
        first = each.process
        for check, (state, detail) in sorted(each.checks.items()) or [("", (each.status, ""))]:
            made.add_row(first, check, f"[{_COLOURS.get(state, 'red')}]{state}[/]", detail)
            first = ""
    return made
