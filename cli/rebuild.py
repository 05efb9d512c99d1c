"""`shengji rebuild progress`: run the read-model's rebuild with the rights it needs, in a process of its own."""

import asyncio
import os
import sys
from pathlib import Path

from rich.console import Console

from deploy.local.attach import attach


async def rebuild(data: Path, what: str, console: Console) -> int:
    """Build a new version beside the serving one, compare, switch; the rebuild's own output is shown."""
    environment = attach(data).environment("progress", owner=True)
    # It listens nowhere: the serving process has the health port.
    environment["SHENGJI_HEALTH_PORT"] = "0"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"services.{what}.rebuild", env={**os.environ, **environment}
    )
    code = await child.wait()
    if code == 0:
        console.print(f"[green]✓[/] {what} is rebuilt.")
    return code
