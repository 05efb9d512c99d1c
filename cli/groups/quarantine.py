"""`shengji quarantine`: look at readings that were not accepted, and settle them."""

from typing import Annotated, Literal

import typer

from cli.common import DEFAULT_DATA, Data, console, run

app = typer.Typer(help="Readings that were not accepted.", no_args_is_help=True)


Enterprise = Annotated[str | None, typer.Option(help="of this enterprise")]
Meter = Annotated[str | None, typer.Option(help="of this meter")]
Numbers = Annotated[list[int] | None, typer.Argument(help="numbers from the list")]
Why = Annotated[str, typer.Option("--reason", help="why, for the record")]
Was = Annotated[
    str | None, typer.Option("--reason-was", help="quarantined for this reason, e.g. unknown_meter")
]


@app.command("list")
def quarantine_list(
    enterprise: Enterprise = None,
    meter: Meter = None,
    reason_was: Was = None,
    state: Annotated[Literal["held", "releasing", "released", "dropped"], typer.Option()] = "held",
    limit: Annotated[int, typer.Option(min=1, help="rows shown")] = 50,
    data: Data = DEFAULT_DATA,
) -> None:
    """Readings in quarantine, with their reasons."""
    from cli.quarantine import show_list

    filters = {"enterprise": enterprise, "meter": meter, "reason": reason_was, "state": state}
    run(show_list(data, console, limit, **filters))


@app.command("show")
def quarantine_show(number: Annotated[int, typer.Argument()], data: Data = DEFAULT_DATA) -> None:
    """Everything that is known of one reading."""
    from cli.quarantine import show_one

    run(show_one(data, number, console))


@app.command("release")
def quarantine_release(
    reason: Why,
    numbers: Numbers = None,
    enterprise: Enterprise = None,
    meter: Meter = None,
    reason_was: Was = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let readings be judged once more: those numbered, or all held ones that the options name."""
    from cli.quarantine import decide

    filters = {"enterprise": enterprise, "meter": meter, "reason": reason_was}
    run(decide(data, "release", numbers or [], filters, reason, console))


@app.command("drop")
def quarantine_drop(
    reason: Why,
    numbers: Numbers = None,
    enterprise: Enterprise = None,
    meter: Meter = None,
    reason_was: Was = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Leave readings out of every figure. Nothing is erased: they can be released after all."""
    from cli.quarantine import decide

    filters = {"enterprise": enterprise, "meter": meter, "reason": reason_was}
    run(decide(data, "drop", numbers or [], filters, reason, console))


@app.command("unreadable")
def quarantine_unreadable(
    acknowledge: Annotated[bool, typer.Option("--acknowledge", help="say that they were looked at")] = False,
    by: Annotated[str, typer.Option(help="who looked")] = "",
    reason: Annotated[str, typer.Option(help="what was found")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Messages that no worker could read; acknowledged, they stay and their alert ends."""
    from cli.quarantine import unreadable

    run(unreadable(data, acknowledge, by, reason))
