"""`shengji audit`: is the log what was written."""

from pathlib import Path
from typing import Annotated

import typer

from cli.common import DEFAULT_DATA, Data, console, run

app = typer.Typer(help="The event logs' chains.", no_args_is_help=True)


@app.command("verify")
def audit_verify(
    service: Annotated[str | None, typer.Option(help="one service; default: all")] = None,
    anchors: Annotated[
        list[Path] | None, typer.Option(exists=True, file_okay=False, help="another folder with anchors")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Recompute every event's hash, and compare the log with its anchors. Exit code 1 if one is broken."""
    from cli.audit import verify

    run(verify(data, service, anchors or [], console))
