"""`shengji readings import`: a CSV feed through the meters' own endpoint, in batches, until every receipt is settled.

Resumable: what the endpoint has acknowledged is noted beside the data, under the hash of the file and its mapping.
Without that note nothing is wrong either: what was there already is a duplicate and changes nothing.
"""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.readings_csv import Feed, Mapping, Row, read, rows
from clients import meters
from clients.door import Door, DoorError
from deploy.local.attach import attach

BATCH = 1000
_IN_FLIGHT = 4
_PATIENCE_S = 240.0
_FAULTS_SHOWN = 10


@dataclass(slots=True)
class Done:
    """What the endpoint has acknowledged so far: receipt by batch."""

    path: Path
    receipts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, file: Path, mapping: Mapping) -> "Done":
        with file.open("rb") as data:
            content = hashlib.file_digest(data, "sha256")
        content.update(json.dumps(asdict(mapping), sort_keys=True, default=str).encode())
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
    if not yes and not typer.confirm(f"Push {feed.count} readings?"):
        return 1
    done = Done.of(data / "imports", file, mapping)
    async with Door(url or attach(data).intake, credential) as door:
        await check(door)
        await push(door, feed, mapping, done, console)
        outcomes, examples = await settle(door, list(done.receipts.values()), console)
    done.forget()
    report(outcomes, examples, feed, console)
    return 1 if outcomes["quarantined"] or feed.faulty else 0


async def check(door: Door) -> None:
    """Send a small request first, so that a wrong address or credential is reported at once, not after many retries.

    Raises ValueError for an address that nobody answers at, DoorError for a credential that isn't known.
    """
    try:
        await door.get(f"/v1/receipts/{UUID(int=0)}")
    except DoorError as error:
        if error.status != 404 and error.retry_after is None:
            raise
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ValueError(
            f"nobody answers at {door.base}: {str(error) or type(error).__name__}. Is the intake running (`shengji "
            "status`), is --url right?"
        ) from error


def preview(feed: Feed, mapping: Mapping, console: Console) -> None:
    """What the file says under this mapping: a person sees a wrong zone or unit before anything is sent."""
    zone = ZoneInfo(mapping.zone)
    table = Table("line", "meter", "interval ends" if mapping.kind == "interval" else "read at", mapping.unit)
    for row in (*feed.first, *feed.last):
        moment = datetime.fromtimestamp(row.end, UTC).astimezone(zone)
        table.add_row(str(row.line), row.meter, f"{moment:%Y-%m-%d %H:%M %z}", f"{row.value}")
    console.print(table)
    if mapping.kind == "interval":
        sums = f", {feed.total} {mapping.unit} in all"
    else:
        rolled = f" over {feed.rollovers} rollovers" if feed.rollovers else ""
        sums = f", registers go forward by {feed.passed} {mapping.unit}{rolled} (before the ratio)"
    missing = f"{feed.gaps(mapping.minutes)} intervals missing, {feed.repeated()} repeated"
    console.print(f"{feed.count} readings of {feed.meters} meter(s){sums}; {missing}.")
    for fault in feed.faults[:_FAULTS_SHOWN]:
        console.print(f"[yellow]line {fault.line}[/]: {fault.why}", highlight=False)
    if feed.faulty > _FAULTS_SHOWN:
        console.print(f"[yellow]… and {feed.faulty - _FAULTS_SHOWN} more lines that can't be read[/]")


async def push(door: Door, feed: Feed, mapping: Mapping, done: Done, console: Console) -> None:
    """Send every batch that isn't acknowledged yet. Raises DoorError for what a person must mend."""
    count = -(-feed.count // BATCH)
    if done.receipts:
        console.print(f"going on: {len(done.receipts)} of {count} batches are there already")
    columns = (TextColumn("pushing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=feed.count)
        waiting = _batches(feed)

        async def send() -> None:
            # One iterator for all senders, so that only the batches in flight are in memory.
            for number, batch in waiting:
                if str(number) not in done.receipts:
                    done.note(number, await meters.push(door, body(batch, mapping), patience_s=_PATIENCE_S))
                bar.advance(task, len(batch))

        senders = [asyncio.create_task(send()) for _ in range(_IN_FLIGHT)]
        try:
            await asyncio.gather(*senders)
        finally:
            # Only the first refusal is raised; the others say the same.
            for sender in senders:
                sender.cancel()
            await asyncio.gather(*senders, return_exceptions=True)


def _batches(feed: Feed) -> Iterator[tuple[int, list[Row]]]:
    """The file's readings in numbered batches: the same file makes the same batches."""
    found, number = rows(feed), 0
    while batch := list(islice(found, BATCH)):
        yield number, batch
        number += 1


def body(rows: Sequence[Row], mapping: Mapping) -> dict[str, Any]:
    """One POST in columns; values as text, so that no digit is lost on the way."""
    return meters.columns(
        [row.meter for row in rows],
        [row.end for row in rows],
        [format(row.value, "f") for row in rows],
        unit=mapping.unit,
        kind=mapping.kind,
        interval_seconds=mapping.minutes * 60 if mapping.kind == "interval" else 0,
        label="end",
    )


async def settle(
    door: Door, receipts: Sequence[str], console: Console
) -> tuple[Counter[str], list[dict[str, Any]]]:
    """Wait until the worker has decided on every receipt; the outcomes and the first exceptions."""
    outcomes: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    with console.status("waiting for the outcomes …"):
        for receipt in receipts:
            answer = await meters.outcome(door, receipt, patience_s=inf)
            outcomes.update(answer["counts"])
            examples += answer.get("exceptions", [])[: _FAULTS_SHOWN - len(examples)]
    return outcomes, examples


def report(outcomes: Counter[str], examples: list[dict[str, Any]], feed: Feed, console: Console) -> None:
    """What became of the readings, to the last one."""
    said = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()) if count)
    # What was released later stands among the quarantined too.
    decided = sum(count for name, count in outcomes.items() if name != "released")
    mark = "[green]✓[/]" if decided == feed.count else "[red]✗[/]"
    console.print(f"{mark} {feed.count} sent: {said}")
    for item in examples:
        first, last = item["from"], item["to"]
        which = f"reading {first}" if first == last else f"readings {first} to {last}"
        why = f": {item['reason']}" if item["reason"] else ""
        console.print(f"  {which} of a batch: {item['outcome']}{why}", highlight=False)
