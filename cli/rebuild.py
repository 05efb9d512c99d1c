"""`shengji rebuild`: rebuilds the read-model, or a service's inline tables, in a process of its own."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local.attach import attach


async def rebuild(
    data: Path, what: str, console: Console, *, accept: bool = False, back: bool = False
) -> int:
    """Build a new version beside the serving one, compare, switch; or, with `back`, serve the previous version
    again."""
    environment = attach(data).environment("progress", owner=True)
    # The rebuild opens no port: the serving process has the health port.
    environment["SHENGJI_HEALTH_PORT"] = "0"
    options = ["--json", *(["--accept-differences"] if accept else []), *(["--back"] if back else [])]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{what}.rebuild", *options),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    assert child.stdout is not None  # noqa: S101
    columns = (TextColumn("events"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("events", total=None, visible=not back)
        async for line in child.stdout:
            told = _parse(line)
            if "of" in told:
                bar.update(task, completed=told["read"], total=told["of"])
            elif "say" in told:
                bar.console.print(told["say"], highlight=False)
    code = await child.wait()
    if code == 0 and not back:
        console.print(f"[green]✓[/] {what} is rebuilt. `shengji rebuild {what} --back` undoes the switch.")
    return code


async def rebuild_inline(data: Path, service: str, console: Console) -> int:
    """Rebuild a service's inline tables from its own log, with the service's own rights."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{service}.rebuild"),
        env={**os.environ, **attach(data).environment(service)},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await child.communicate()
    if child.returncode == 0:
        console.print(f"[green]✓[/] the tables of {service} are made anew from {int(told)} events.")
    return child.returncode or 0


def _parse(line: bytes) -> dict[str, Any]:
    """A line of the child: JSON of ours, else a log line, which is passed on as it is."""
    text = line.decode(errors="replace").rstrip()
    try:
        found = json.loads(text)
    except ValueError:
        return {"say": text}
    return found if isinstance(found, dict) and ("say" in found or "of" in found) else {}
