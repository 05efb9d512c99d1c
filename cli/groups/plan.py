"""`shengji plan`: judge a folder, load it, write a new one."""

from pathlib import Path
from typing import Annotated

import typer

from cli.common import DEFAULT_DATA, Data, console, run

app = typer.Typer(help="Plans as data.", no_args_is_help=True)


@app.command("load")
def plan_load(
    name: Annotated[str, typer.Argument(help="a folder below plans/, or a path")] = "fujian-2013",
    reason: Annotated[
        str | None, typer.Option(help="why targets changed, when a plan is loaded again")
    ] = None,
    over: Annotated[
        list[str] | None, typer.Option(help="another plan that may lose regions, rules or coefficients by it")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Load a plan: each part to the service that owns it, all of them or none. Loading it again changes nothing."""
    from cli.plan import load

    run(load(data, name, reason, over or [], console))


@app.command("check")
def plan_check(
    path: Annotated[str, typer.Argument(help="a folder below plans/, or a path")] = "fujian-2013",
) -> None:
    """Judge a plan's folder without a system: every fault with file, line and remedy."""
    from cli.plan import check

    check(path, console)


@app.command("new")
def plan_new(
    path: Annotated[Path, typer.Argument(help="the new plan's folder; its name is the plan's id")],
    province: Annotated[str, typer.Option(help="code of the province by GB/T 2260, e.g. 350000")],
    year: Annotated[int, typer.Option(min=2000, max=2100, help="the year that the plan is for")],
) -> None:
    """Write a plan's folder with a commented example of each row that a plan needs; it loads as it is."""
    from cli.plan import new

    new(path, province, year, console)
