"""`python -m demo`: start everything, play the synthetic province on a live board, stop it all cleanly."""

import asyncio
import signal
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from cli.up import announce
from demo.run import Run, Until
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings

_FOR_ONE_MACHINE = {"SHENGJI_INTAKE_SHARE_PUBLISH_MS": "15"}
"""A day passes in a second here: small POSTs wait a little longer for each other, and cost less together."""


async def demo(
    data: Path,
    *,
    days: int | None = None,
    until: Until = "forever",
    console: Console | None = None,
) -> int:
    """Play, and keep running until Ctrl-C or SIGTERM; exit code 0 when it ended as asked.

    `days`: play only so many days (from where the clock stands) before the summary. Raises StartError.
    """
    console = console or Console()
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    work = asyncio.create_task(_run(data, days, until, console), name="demo")

    def stop() -> None:
        if not asked.is_set():  # once: a second Ctrl-C must not cut the orderly end short
            asked.set()
            console.print("\nstopping …")
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    console.print(
        f"[green]✓[/] every process has stopped; the data stays in {data}. "
        "`make demo` goes on from here, `make clean-data` starts over.",
        highlight=False,
    )
    return 0


async def _run(data: Path, days: int | None, until: Until, console: Console) -> None:
    began = time.monotonic()
    settings = LocalSettings.from_environment()
    settings = replace(
        settings,
        data=data,
        clock="simulated",
        environment="local",
        extra_env={**_FOR_ONE_MACHINE, **settings.extra_env},
    )
    console.print("[bold]Shengji 升级[/]: starting PostgreSQL, NATS and every service …", highlight=False)
    async with LocalSystem(settings, announce(console)) as system:
        await Run(system, console, began, days, until).run()
