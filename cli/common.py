"""What every command shares: where the data stand, what is said, and how a failure ends."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from clients.door import DoorError
from deploy.local.process import StartError

console = Console()
errors = Console(stderr=True)

Data = Annotated[Path, typer.Option("--data", envvar="SHENGJI_DATA_DIR", help="the system's data folder")]
DEFAULT_DATA = Path("data")


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Run a command; what a person can mend is said in a line or two, and the exit code is 1."""
    try:
        code = asyncio.run(work)
    except (StartError, DoorError, ValueError, OSError) as error:
        errors.print(f"[bold red]✗[/] {error}", highlight=False)
        raise typer.Exit(1) from None
    except httpx.TransportError as error:
        errors.print(f"[bold red]✗[/] no answer: {error}. Is the system running? `shengji status` tells.")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if isinstance(code, int) and code:
        raise typer.Exit(code)
