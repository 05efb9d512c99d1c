"""`shengji readings import`: a CSV feed through the meters' own door, in batches, until every receipt is settled.

Resumable: what the door has acknowledged is noted beside the data, under the hash of the file and its mapping.
Without that note nothing is wrong either: what was there already is a duplicate and changes nothing.
"""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.door import Door, DoorError
from cli.readings_csv import Feed, Mapping, Row, read
from deploy.local.attach import attach

BATCH = 1000
_IN_FLIGHT = 4
_ATTEMPTS = 30
_LONGEST_WAIT_S = 10.0
_FAULTS_SHOWN = 10


@dataclass(slots=True)
class Done:
    """What the door has acknowledged so far: receipt by batch."""

    path: Path
    receipts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, file: Path, mapping: Mapping) -> "Done":
        content = hashlib.sha256(file.read_bytes())
        content.update(json.dumps(asdict(mapping), sort_keys=True).encode())
        path = folder / f"{content.hexdigest()[:32]}.json"
        return cls(path, json.loads(path.read_text()) if path.exists() else {})

    def note(self, batch: int, receipt: str) -> None:
        self.receipts[str(batch)] = receipt
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.receipts))
        new.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


async def import_file(
    file: Path,
    mapping: Mapping,
    credential: str,
    *,
    url: str | None,
    data: Path,
    yes: bool,
    console: Console,
) -> int:
    """Preview, ask, push, wait for the outcomes, say them. 1 when lines or readings were not taken."""
    if not credential:
        raise ValueError(
            "there is no device credential: give --credential or SHENGJI_DEVICE_CREDENTIAL. "
            "POST /api/v1/enterprises/{enterprise}/credentials issues one."
        )
    feed = read(file, mapping)
    preview(feed, mapping, console)
    if not yes and not typer.confirm(f"Push {len(feed.rows)} readings?"):
        return 1
    done = Done.of(data / "imports", file, mapping)
    async with Door(url or attach(data).intake, credential) as door:
        await push(door, feed.rows, mapping, done, console)
        outcomes, examples = await settle(door, list(done.receipts.values()), console)
    done.forget()
    report(outcomes, examples, feed, console)
    return 1 if outcomes["quarantined"] or feed.faults else 0


def preview(feed: Feed, mapping: Mapping, console: Console) -> None:
    """What the file says under this mapping: a person sees a wrong zone or unit before anything is sent."""
    zone = ZoneInfo(mapping.zone)
    table = Table("line", "meter", "interval ends" if mapping.kind == "interval" else "read at", mapping.unit)
    shown = [*feed.rows[:3], *feed.rows[-2:]] if len(feed.rows) > 5 else feed.rows
    for row in shown:
        moment = datetime.fromtimestamp(row.end, UTC).astimezone(zone)
        table.add_row(str(row.line), row.meter, f"{moment:%Y-%m-%d %H:%M %z}", f"{row.value}")
    console.print(table)
    meters = len({row.meter for row in feed.rows})
    sums = f", {feed.total} {mapping.unit} in all" if mapping.kind == "interval" else ""
    missing = f"{feed.gaps(mapping.minutes)} intervals missing, {feed.repeated()} repeated"
    console.print(f"{len(feed.rows)} readings of {meters} meter(s){sums}; {missing}.")
    for fault in feed.faults[:_FAULTS_SHOWN]:
        console.print(f"[yellow]line {fault.line}[/]: {fault.why}", highlight=False)
    if len(feed.faults) > _FAULTS_SHOWN:
        console.print(f"[yellow]… and {len(feed.faults) - _FAULTS_SHOWN} more lines that can't be read[/]")


async def push(door: Door, rows: Sequence[Row], mapping: Mapping, done: Done, console: Console) -> None:
    """Send every batch that isn't acknowledged yet. Raises DoorError for what a person must mend."""
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    waiting = [number for number in range(len(batches)) if str(number) not in done.receipts]
    if len(waiting) < len(batches):
        console.print(f"going on: {len(batches) - len(waiting)} of {len(batches)} batches are there already")
    slots = asyncio.Semaphore(_IN_FLIGHT)
    columns = (TextColumn("pushing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=len(rows), completed=len(rows) - sum(len(batches[n]) for n in waiting))

        async def send(number: int) -> None:
            async with slots:
                answer = await _patiently(door, body(batches[number], mapping))
                done.note(number, answer["receipt"])
                bar.advance(task, len(batches[number]))

        async with asyncio.TaskGroup() as group:
            for number in waiting:
                group.create_task(send(number))


def body(rows: Sequence[Row], mapping: Mapping) -> dict[str, Any]:
    """One POST in columns; values as text, so that no digit is lost on the way."""
    return {
        "unit": mapping.unit,
        "kind": mapping.kind,
        "interval_seconds": mapping.minutes * 60 if mapping.kind == "interval" else 0,
        "label": "end",
        "columns": {
            "meter": [row.meter for row in rows],
            "time": [row.end for row in rows],
            "value": [format(row.value, "f") for row in rows],
        },
    }


async def _patiently(door: Door, batch: dict[str, Any]) -> Any:
    """Send until acknowledged, for as long as a re-send can cure what is wrong."""
    for attempt in range(_ATTEMPTS):
        try:
            return await door.post("/v1/readings", batch)
        except DoorError as error:
            if error.retry_after is None or attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(min(error.retry_after, _LONGEST_WAIT_S))
        except httpx.TransportError:
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(min(0.2 * 2**attempt, _LONGEST_WAIT_S))
    raise AssertionError("unreachable: the last attempt answers or raises")


async def settle(
    door: Door, receipts: Sequence[str], console: Console
) -> tuple[Counter[str], list[dict[str, Any]]]:
    """Wait until the worker has decided on every receipt; the outcomes and the first exceptions."""
    outcomes: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    with console.status("waiting for the outcomes …"):
        for receipt in receipts:
            answer = await _settled(door, receipt)
            outcomes.update(answer["counts"])
            examples += answer.get("exceptions", [])[: _FAULTS_SHOWN - len(examples)]
    return outcomes, examples


async def _settled(door: Door, receipt: str) -> dict[str, Any]:
    wait = 0.05
    while True:
        answer: dict[str, Any] = await door.get(f"/v1/receipts/{receipt}")
        if answer["state"] != "pending":
            return answer
        await asyncio.sleep(wait)
        wait = min(wait * 1.5, 2.0)


def report(outcomes: Counter[str], examples: list[dict[str, Any]], feed: Feed, console: Console) -> None:
    """What became of the readings, to the last one."""
    said = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()) if count)
    # What was released later stands among the quarantined too.
    decided = sum(count for name, count in outcomes.items() if name != "released")
    mark = "[green]✓[/]" if decided == len(feed.rows) else "[red]✗[/]"
    console.print(f"{mark} {len(feed.rows)} sent: {said}")
    for item in examples:
        first, last = item["from"], item["to"]
        which = f"reading {first}" if first == last else f"readings {first} to {last}"
        why = f": {item['reason']}" if item["reason"] else ""
        console.print(f"  {which} of a batch: {item['outcome']}{why}", highlight=False)
