"""`shengji up`: the whole system on this machine, with every step shown."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from deploy.local.runner import LocalSystem, StepState
from deploy.local.settings import LocalSettings

_MARKS = {"done": "[green]✓[/]", "ready": "[green]✓[/]", "failed": "[red]✗[/]"}


def announce(console: Console) -> "Announce":
    """A progress callback that prints one line per step as it ends, and every failure."""
    return Announce(console)


class Announce:
    """Prints steps. Beginnings are silent: a line per step is enough."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, step: str, state: StepState, detail: str) -> None:
        mark = _MARKS.get(state)
        if mark is not None:
            self._console.print(f"{mark} {step}{f'  [dim]{detail}[/]' if detail else ''}", highlight=False)
        elif state not in ("begin", "starting", "stopping"):
            self._console.print(f"[yellow]·[/] {step}: {state} {detail}", highlight=False)


async def up(data: Path, console: Console) -> None:
    """Start, say where everything is, stay until Ctrl-C, stop cleanly."""
    settings = replace(LocalSettings.from_environment(), data=data)
    async with LocalSystem(settings, announce(console)) as system:
        where(system, console)
        await system.run_until_signal()
        console.print("stopping …")
    console.print("[green]✓[/] stopped; the data stays.")


def where(system: LocalSystem, console: Console) -> None:
    """Where a person finds what runs."""
    urls = system.urls
    for name, place in (
        ("portal", urls.portal),
        ("API and its docs", urls.docs),
        ("meters' door", f"{urls.intake}/v1/readings"),
        ("logs", urls.logs),
        ("traces", urls.traces),
        ("a token", "shengji token --role province"),
    ):
        console.print(f"  {name:<18}{place}", highlight=False)
    console.print("Ctrl-C stops everything.")
