"""`shengji traces`: the slowest, the failed, and one trace as a tree with its log lines and what it led to."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from cli import trace_backend
from cli.trace_store import LogLine, Span, Story, Trace, TraceStore, logs

_SHOWN = (
    "http.response.status_code",
    "messaging.destination.name",
    "messaging.batch.message_count",
    "shengji.projection",
    "shengji.readings",
    "shengji.days",
)


async def open_store(data: Path, *wanted: str) -> TraceStore:
    """The traces of a data folder, or of the backend if one is set. Raises ValueError when there are none.

    `wanted`: ids of traces that a backend is asked for, however old they are.
    """
    if backend := trace_backend.address():
        return TraceStore(await trace_backend.fetch(backend, wanted))
    store = TraceStore.of(data / "traces")
    if not store.traces:
        raise ValueError(
            f"{data / 'traces'} holds no traces. Where OTEL_EXPORTER_OTLP_ENDPOINT is set they are in that "
            f"backend: name it by {trace_backend.VARIABLE}. Else spans are written within 5 s of their end."
        )
    return store


async def slowest(data: Path, count: int, name: str, console: Console) -> None:
    """A table of the longest traces."""
    console.print(_table((await open_store(data)).slowest(count, name), "slowest"))


async def failed(data: Path, count: int, name: str, console: Console) -> int:
    """A table of the newest traces with an error; 1 if there are any."""
    found = (await open_store(data)).failed(count, name)
    console.print(_table(found, "failed") if found else "No trace here has failed.")
    return 1 if found else 0


async def show(data: Path, beginning: str, console: Console) -> None:
    """One trace with all that it came from and led to."""
    store = await open_store(data, beginning)
    story = store.story(store.find(beginning))
    print_story(story, logs(data / "logs", (trace.id for trace in story.all)), console)


def print_story(story: Story, lines: Sequence[LogLine], console: Console) -> None:
    """The traces of a story in order of time, each as a tree."""
    for trace in story.all:
        console.print(tree(trace, lines, main=trace is story.trace), soft_wrap=True)
    if story.left_out:
        console.print(f"… and {story.left_out} more traces that links lead to")


def tree(trace: Trace, lines: Sequence[LogLine], *, main: bool = True) -> Tree:
    """A trace's spans below each other, log lines below their span."""
    came_from = sorted({other for span in trace.spans for other, _ in span.links if other != trace.id})
    origin = f"  [dim]⇠ {', '.join(each[:8] for each in came_from[:4])}" if came_from else ""
    origin += f" and {len(came_from) - 4} more" if len(came_from) > 4 else ""
    style = "bold" if main else "not bold"
    made = Tree(
        f"[{style}]{trace.id}[/]  {trace.began}  {trace.milliseconds:.1f} ms{origin}", highlight=False
    )

    def add(node: Tree, span: Span) -> None:
        child = node.add(_label(trace, span))
        for line in lines:
            if line.trace == trace.id and line.span == span.id:
                child.add(_log(line))
        for inner in trace.children(span):
            add(child, inner)

    for root in trace.roots:
        add(made, root)
    known = {span.id for span in trace.spans}
    for line in lines:
        if line.trace == trace.id and line.span not in known:
            made.add(_log(line))
    return made


def _label(trace: Trace, span: Span) -> str:
    at = (span.start - trace.start) / 1e6
    values = " ".join(
        f"{name.rpartition('.')[2]}={span.attributes[name]}" for name in _SHOWN if name in span.attributes
    )
    mark = f" [red]✗ {escape(span.detail)}[/]" if span.failed else ""
    return (
        f"[cyan]{span.service}[/] {escape(span.name)}  +{at:.1f} ms, {span.milliseconds:.1f} ms"
        f"  [dim]{escape(values)}[/]{mark}"
    )


def _log(line: LogLine) -> str:
    colour = {"error": "red", "critical": "red", "warning": "yellow"}.get(line.level, "dim")
    more = " ".join(f"{name}={value}" for name, value in line.more.items() if name != "exception")
    return f"[{colour}]▸ {line.level} {escape(line.event)} {escape(more)}[/]"


def _table(traces: Sequence[Trace], title: str) -> Table:
    made = Table(title=title)
    # Whole on a narrow screen too: it is there to be copied into `show`.
    made.add_column("trace", no_wrap=True, min_width=32)
    for name in ("began", "ms", "spans", "first", "in"):
        made.add_column(name, overflow="fold")
    for trace in traces:
        first = trace.roots[0]
        services = ", ".join(dict.fromkeys(span.service for span in trace.spans))
        name = escape(first.name) + (" [red]✗[/]" if trace.failed else "")
        made.add_row(
            trace.id, trace.began, f"{trace.milliseconds:.1f}", str(len(trace.spans)), name, services
        )
    return made
