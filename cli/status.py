"""`shengji status`: processes and their checks, logs, readers, quarantine, duties, backup; an exit code for scripts."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from cli.status_facts import LogStatus, ProcessStatus, ReaderStatus, Status, gather
from deploy.local.attach import attach
from deploy.local.runner import running_system

_COLOURS = {"ok": "green", "degraded": "yellow", "failing": "red"}
_EVERY_S = 2.0
_OVERDUE_SHOWN = 3
BACKUP_OLD_H = 26.0


async def show(data: Path, watch: bool, as_json: bool, console: Console) -> int:
    """Print it; 0 all well, 1 something fails, 2 nothing runs."""
    if running_system(data) is None:
        console.print(f"No system runs in {data}. `shengji up` or `make demo` starts one.")
        return 2
    system = attach(data)
    if watch:
        with Live(render(await gather(system)), console=console, auto_refresh=False) as live:
            while True:
                await asyncio.sleep(_EVERY_S)
                live.update(render(await gather(system)), refresh=True)
    status = await gather(system)
    if as_json:
        print(json.dumps(status.as_dict(), indent=2, default=str))
    else:
        console.print(render(status))
    return 1 if status.failing else 0


def render(status: Status) -> RenderableType:
    """All parts below each other."""
    return Group(processes(status.processes), logs(status.logs), readers(status.readers), *lines(status))


def processes(statuses: Sequence[ProcessStatus]) -> Table:
    """A row per check; details only where they say something."""
    made = Table("process", "check", "status", title="Shengji 升级")
    made.add_column("detail", overflow="fold", min_width=30)
    for each in statuses:
        first = each.process
        for check, (state, detail) in sorted(each.checks.items()) or [("", (each.status, ""))]:
            made.add_row(first, check, f"[{_COLOURS.get(state, 'red')}]{state}[/]", detail)
            first = ""
    return made


def logs(found: Sequence[LogStatus]) -> Table:
    """A row per event log."""
    made = Table("log", "head", "chain", "published", "behind", "oldest unpublished", title="event logs")
    for each in found:
        published = "?" if each.published is None else str(each.published)
        waiting = each.head - (each.published or 0)
        behind = f"{waiting} events, {_seconds(each.age_s)}" if waiting else "-"
        made.add_row(
            each.source,
            str(each.head),
            each.hash[:16] or "-",
            published,
            behind,
            each.oldest_unpublished or "-",
        )
    return made


def readers(found: Sequence[ReaderStatus]) -> Table:
    """A row per projection and consumer."""
    made = Table("reader", "of", "at", "behind", "redelivered", "", title="projections and consumers")
    for each in found:
        behind = f"{each.events}, {_seconds(each.age_s)}" if each.events else "-"
        made.add_row(
            each.reader,
            each.source,
            "" if each.position is None else str(each.position),
            behind,
            str(each.redelivered or "-"),
            "[red]stopped[/]" if each.stopped else "",
        )
    return made


def lines(status: Status) -> list[str]:
    """The parts of the status that are printed as one line each."""
    held = ", ".join(f"{count} {reason}" for reason, count in sorted(status.quarantine.items()))
    told = [f"quarantine   {held or 'empty'}"]
    if status.unreadable:
        told.append(
            f"unreadable   [yellow]{status.unreadable} messages[/] on READINGS that no worker could read: "
            "`shengji quarantine unreadable` lists them"
        )
    if "duties" not in status.missing:
        told.append(f"duties       {_overdue(status)}")
    told.append(f"last backup  {_backup(status)}")
    told += [f"[yellow]not known[/]    {part}: {why}" for part, why in status.missing.items()]
    return told


def _overdue(status: Status) -> str:
    if not status.overdue.count:
        return "none overdue"
    shown = ", ".join(
        f"{entry['duty']} of {entry['region']} for {entry['period']} (since {entry['due_on']})"
        for entry in status.overdue.first[:_OVERDUE_SHOWN]
    )
    more = status.overdue.count - _OVERDUE_SHOWN
    return f"[yellow]{status.overdue.count} overdue[/]: {shown}" + (f" and {more} more" if more > 0 else "")


def _backup(status: Status) -> str:
    if status.backup is None:
        return "[yellow]none[/]: `shengji backup` makes one"
    hours = status.backup["age_hours"]
    text = f"{hours:g} h ago, {status.backup['folder']}" + ("" if status.backup["sealed"] else ", not sealed")
    return f"[yellow]{text}[/]" if hours > BACKUP_OLD_H else text


def _seconds(age: float | None) -> str:
    return "age not known" if age is None else f"{age:.0f} s"
