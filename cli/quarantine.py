"""`shengji quarantine`: look at readings that were not accepted, and decide, through the gateway, with a reason."""

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from cli.tokens import token_for
from clients.door import Door
from deploy.local.attach import attach

PATH = "/api/v1/quarantine"
LOT = 500


def door(data: Path) -> Door:
    """The gateway, as operations."""
    return Door(attach(data).gateway, token_for(data, role="ops", subject="operator"))


async def show_list(data: Path, console: Console, limit: int, **filters: str | None) -> None:
    """A table of what is there, by enterprise, meter, reason and state."""
    async with door(data) as gateway:
        items = await gateway.pages(PATH, limit=200, **filters)
    made = Table("number", "enterprise", "meter", "at", "value", "reason", "state")
    for item in items[:limit]:
        made.add_row(
            str(item["id"]),
            item["enterprise"],
            item["meter"],
            item["at"] or f"no time that can be: {item['sent_time'] or ''}",
            f"{item['value'] or item['sent_value'] or 'void'} {item['unit']}",
            item["reason"],
            item["state"],
        )
    console.print(made)
    console.print(f"{len(items)} readings" + (f", {limit} shown" if len(items) > limit else ""))


async def show_one(data: Path, number: int, console: Console) -> None:
    """Everything that is known of one."""
    async with door(data) as gateway:
        item = await gateway.get(f"{PATH}/{number}")
    for name, value in item.items():
        console.print(f"{name:<16}{value}", highlight=False)


async def decide(
    data: Path,
    what: Literal["release", "drop"],
    numbers: list[int],
    filters: dict[str, str | None],
    reason: str,
    console: Console,
) -> None:
    """Release or drop the readings named, or all held ones that the filters name. Raises ValueError for none."""
    named = {name: value for name, value in filters.items() if value}
    if bool(numbers) == bool(named):
        raise ValueError("name readings by their numbers, or by --enterprise, --meter or --reason-was")
    async with door(data) as gateway:
        items = (
            [await gateway.get(f"{PATH}/{number}") for number in numbers]
            if numbers
            else await gateway.pages(PATH, limit=200, state="held", **named)
        )
        decided = 0
        for enterprise, lot in lots(items):
            body = {"enterprise": enterprise, "readings": lot, "reason": reason}
            decided += len((await gateway.post(f"{PATH}/{what}s", body))["decided"])
    word = {"release": "released", "drop": "dropped"}[what]
    console.print(
        f"[green]✓[/] {decided} of {len(items)} readings {word}; the reason stands in energy's log."
    )


async def unreadable(data: Path, acknowledge: bool, by: str, reason: str) -> int:
    """List the messages that nobody could read, or acknowledge them, with the rights of the process energy."""
    options = ["--acknowledge", "--by", by, "--reason", reason] if acknowledge else []
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.energy.unreadable", *options),
        env={**os.environ, **attach(data).environment("energy")},
    )
    return await child.wait()


def lots(items: Iterable[dict[str, Any]]) -> list[tuple[str, list[int]]]:
    """Numbers by enterprise, in lots that one command takes."""
    by_enterprise: dict[str, list[int]] = defaultdict(list)
    for item in items:
        by_enterprise[item["enterprise"]].append(item["id"])
    return [
        (enterprise, numbers[start : start + LOT])
        for enterprise, numbers in sorted(by_enterprise.items())
        for start in range(0, len(numbers), LOT)
    ]
