"""`shengji why FIGURE`: the events that made a figure, and the traces in which they came about."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from cli.tokens import token_for
from cli.trace_store import logs
from cli.traces import open_store, print_story
from clients.door import Door
from deploy.local.attach import Attached, attach
from shared.database import runtime_engine

_TRACEPARENTS = text("""
    SELECT position, metadata->>'traceparent' AS traceparent FROM event WHERE position = ANY (:positions)
""")


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event behind a figure, and the trace that it was written in, if it was in one."""

    source: str
    position: int
    type: str
    said: str
    superseded_by: int | None
    trace: str | None


async def why(
    data: Path, figure: str, region: str | None, as_of: str | None, shown: int, console: Console
) -> None:
    """Print the figure, its events, and the newest `shown` of their traces as trees."""
    system = attach(data)
    target = figure.rpartition("/")[2]
    token = token_for(data, role="province", subject="operator")
    async with Door(system.gateway, token) as door:
        path = f"/api/v1/progress/figures/{target}/evidence"
        first = await door.get(path, region=region, as_of=as_of, limit=200)
        items = [*first["items"]]
        if cursor := first["next_cursor"]:
            items += await door.pages(path, region=region, as_of=as_of, limit=200, cursor=cursor)
    found = await evidence(system, items)
    told = first["figure"]
    value = "no value yet" if told.get("value") is None else f"{told['value']} {told.get('unit', '')}"
    console.print(f"[bold]{told['target']}[/] {told.get('name', '')}: {value}")
    console.print(table(found))
    if not found:
        console.print("No event has made this figure so far.")
        return
    traces = dict.fromkeys(each.trace for each in reversed(found) if each.trace and not each.superseded_by)
    store = await open_store(data, *list(traces)[:shown])
    for trace in [trace for trace in traces if trace in store.traces][:shown]:
        story = store.story(store.traces[trace])
        print_story(story, logs(data / "logs", (one.id for one in story.all)), console)


async def evidence(system: Attached, items: list[dict[str, Any]]) -> list[Evidence]:
    """The events with the trace ids that their logs have for them, oldest first within a source."""
    positions: dict[str, set[int]] = {}
    for item in items:
        positions.setdefault(item["source"], set()).add(item["position"])
    traces: dict[tuple[str, int], str] = {}
    for source, wanted in positions.items():
        engine = runtime_engine(system.addresses.databases[source][0], application="why", pool=1)
        try:
            async with engine.connect() as conn:
                for row in await conn.execute(_TRACEPARENTS, {"positions": sorted(wanted)}):
                    if row.traceparent:
                        traces[source, row.position] = row.traceparent.split("-")[1]
        finally:
            await engine.dispose()
    found: dict[tuple[str, int], Evidence] = {}
    for item in items:
        key = (item["source"], item["position"])
        value = "" if item["value"] is None else f"{item['value']} {item['unit']}"
        said = " ".join(part for part in (item["region"], item["period"], item["enterprise"], value) if part)
        found.setdefault(key, Evidence(*key, item["type"], said, item["superseded_by"], traces.get(key)))
    return [found[key] for key in sorted(found)]


def table(found: list[Evidence]) -> Table:
    """A row per event."""
    made = Table("source", "position", "event", "says", "counts", "trace")
    for each in found:
        counts = "yes" if each.superseded_by is None else f"no: said anew at {each.superseded_by}"
        made.add_row(each.source, str(each.position), each.type, each.said, counts, each.trace or "-")
    return made
