"""`shengji traces`: what happened, from the files."""

from typing import Annotated

import typer

from cli.common import DEFAULT_DATA, Data, console, run

app = typer.Typer(
    help="Traces of the local files: the slowest, the failed, one as a tree.", no_args_is_help=True
)


Count = Annotated[int, typer.Option("--count", "-n", min=1, help="how many")]
Name = Annotated[str, typer.Option(help="only traces with a span of which this is part of the name")]


@app.command("slowest")
def traces_slowest(count: Count = 15, name: Name = "", data: Data = DEFAULT_DATA) -> None:
    """The longest traces."""
    from cli.traces import slowest

    run(slowest(data, count, name, console))


@app.command("failed")
def traces_failed(count: Count = 15, name: Name = "", data: Data = DEFAULT_DATA) -> None:
    """The newest traces with an error, or an answer of 5xx. Exit code 1 if there are any."""
    from cli.traces import failed

    run(failed(data, count, name, console))


@app.command("show")
def traces_show(
    trace: Annotated[str, typer.Argument(help="its id (X-Trace-Id), or the beginning of it")],
    data: Data = DEFAULT_DATA,
) -> None:
    """One trace as a tree, with its log lines, what it came from and what it led to."""
    from cli.traces import show

    run(show(data, trace, console))
