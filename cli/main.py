"""`shengji`: start the system on one machine, load a plan, push readings, look after it."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer
from rich.console import Console

from clients.door import DoorError
from deploy.local.process import StartError

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
plan = typer.Typer(help="Plans as data.", no_args_is_help=True)
readings = typer.Typer(help="Meter readings.", no_args_is_help=True)
audit = typer.Typer(help="The event logs' chains.", no_args_is_help=True)
app.add_typer(plan, name="plan")
app.add_typer(readings, name="readings")
app.add_typer(audit, name="audit")
traces = typer.Typer(
    help="Traces of the local files: the slowest, the failed, one as a tree.", no_args_is_help=True
)
quarantine = typer.Typer(help="Readings that were not accepted.", no_args_is_help=True)
app.add_typer(traces, name="traces")
app.add_typer(quarantine, name="quarantine")

console = Console()
errors = Console(stderr=True)

Data = Annotated[Path, typer.Option("--data", envvar="SHENGJI_DATA_DIR", help="the system's data folder")]
DEFAULT_DATA = Path("data")


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Run a command; what a person can mend is said in a line or two, and the exit code is 1."""
    try:
        code = asyncio.run(work)
    except (StartError, DoorError, ValueError, OSError) as error:
        errors.print(f"[bold red]✗[/] {error}", highlight=False)
        raise typer.Exit(1) from None
    except httpx.TransportError as error:
        errors.print(f"[bold red]✗[/] no answer: {error}. Is the system running? `shengji status` tells.")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if isinstance(code, int) and code:
        raise typer.Exit(code)


@app.command()
def up(data: Data = DEFAULT_DATA) -> None:
    """Start everything on this machine, and keep it running until Ctrl-C."""
    from cli.up import up as start

    run(start(data, console))


@app.command("env")
def environment(
    role: Annotated[
        str, typer.Option(help="whose token: province, city, county, enterprise or ops")
    ] = "province",
    area: Annotated[str | None, typer.Option(help="a region's code, for city and county")] = None,
    org: Annotated[str | None, typer.Option(help="the enterprise's id, for role enterprise")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print API, METERS and TOKEN of the running system for a shell: eval "$(shengji env)"."""
    from cli.env import shell_lines

    async def show() -> None:
        print(shell_lines(data, role=role, area=area, organisation=org))

    run(show())


@app.command()
def token(
    role: Annotated[str, typer.Option(help="province, city, county, enterprise or ops")],
    area: Annotated[str | None, typer.Option(help="a region's code, for city and county")] = None,
    org: Annotated[str | None, typer.Option(help="the enterprise's id, for role enterprise")] = None,
    subject: Annotated[str, typer.Option(help="who it is for: stands in every event")] = "local-user",
    hours: Annotated[
        float,
        typer.Option(
            min=0.01, max=24 * 31, help="how long it lasts; over 12 the gateway must be told to take it"
        ),
    ] = 1.0,
    signing_key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="on servers: the file with the key that signs tokens"),
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a bearer token for the gateway, signed with this machine's own key, or with that of a file."""
    from cli.tokens import token_for

    async def make() -> None:
        made = token_for(
            data,
            role=role,
            area=area,
            organisation=org,
            subject=subject,
            hours=hours,
            signing_key=signing_key,
        )
        print(made)

    run(make())


@app.command()
def revoke(
    person: Annotated[str, typer.Argument(help="a token's subject, or the reference that stands in events")],
    reason: Annotated[str, typer.Option(help="why; stands in the log, so without names")],
    data: Data = DEFAULT_DATA,
) -> None:
    """End a person's access: no token that was issued to them before holds any longer."""
    from cli.revoke import revoke as end

    run(end(data, person, reason, console))


@plan.command("load")
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


@plan.command("check")
def plan_check(
    path: Annotated[str, typer.Argument(help="a folder below plans/, or a path")] = "fujian-2013",
) -> None:
    """Judge a plan's folder without a system: every fault with file, line and remedy."""
    from cli.plan import check

    check(path, console)


@readings.command("import")
def readings_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a CSV file with a header line")],
    meter: Annotated[str, typer.Option(help="the meter's id; or, with --meter-column, unused")] = "",
    time_column: Annotated[str, typer.Option(help="the column with the time stamp")] = "time",
    value_column: Annotated[str, typer.Option(help="the column with the value")] = "value",
    meter_column: Annotated[str | None, typer.Option(help="the column with the meter's id")] = None,
    time_format: Annotated[str, typer.Option(help="strptime format, or iso")] = "iso",
    zone: Annotated[str, typer.Option(help="time zone of stamps without one")] = "Asia/Shanghai",
    label: Annotated[
        Literal["start", "end"], typer.Option(help="what of its interval a stamp names; as the door: its end")
    ] = "end",
    midnight: Annotated[
        Literal["as-written", "ends-the-day"],
        typer.Option(help="ends-the-day: a 00:00 under a day's date is that day's 24:00"),
    ] = "as-written",
    kind: Annotated[Literal["interval", "register"], typer.Option(help="what a value is")] = "interval",
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="length of an interval")] = 15,
    unit: Annotated[str, typer.Option(help="the values' unit")] = "kWh",
    encoding: Annotated[str, typer.Option(help="of the file, e.g. gb18030 for GBK")] = "utf-8",
    delimiter: Annotated[str, typer.Option(help="between the cells: one character, or tab")] = ",",
    decimal: Annotated[Literal[".", ","], typer.Option(help="before the decimals")] = ".",
    modulus: Annotated[
        str, typer.Option(help="what a register counts up to before it shows 0: for the preview's energy")
    ] = "",
    credential: Annotated[
        str, typer.Option(envvar="SHENGJI_DEVICE_CREDENTIAL", help="the enterprise's device credential")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="don't ask after the preview")] = False,
    url: Annotated[str | None, typer.Option(help="the intake's address; default: this machine's")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Push a CSV feed through the meters' endpoint: preview first, resumable, the same file twice changes nothing."""
    from cli.readings_csv import Mapping
    from cli.readings_import import import_file
    from shared.numerals import decimal as number

    try:
        wraps = number(modulus) if modulus else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--modulus") from None
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(delimiter) != 1:
        raise typer.BadParameter("one character, or tab", param_hint="--delimiter")
    mapping = Mapping(
        meter=meter,
        meter_column=meter_column,
        time_column=time_column,
        value_column=value_column,
        time_format=time_format,
        zone=zone,
        label=label,
        midnight=midnight,
        kind=kind,
        minutes=minutes,
        unit=unit,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        modulus=wraps,
    )
    run(import_file(file, mapping, credential, url=url, data=data, yes=yes, console=console))


@audit.command("verify")
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


Count = Annotated[int, typer.Option("--count", "-n", min=1, help="how many")]
Name = Annotated[str, typer.Option(help="only traces with a span of which this is part of the name")]


@traces.command("slowest")
def traces_slowest(count: Count = 15, name: Name = "", data: Data = DEFAULT_DATA) -> None:
    """The longest traces."""
    from cli.traces import slowest

    run(slowest(data, count, name, console))


@traces.command("failed")
def traces_failed(count: Count = 15, name: Name = "", data: Data = DEFAULT_DATA) -> None:
    """The newest traces with an error, or an answer of 5xx. Exit code 1 if there are any."""
    from cli.traces import failed

    run(failed(data, count, name, console))


@traces.command("show")
def traces_show(
    trace: Annotated[str, typer.Argument(help="its id (X-Trace-Id), or the beginning of it")],
    data: Data = DEFAULT_DATA,
) -> None:
    """One trace as a tree, with its log lines, what it came from and what it led to."""
    from cli.traces import show

    run(show(data, trace, console))


@app.command()
def why(
    figure: Annotated[str, typer.Argument(help="a target's id, e.g. TR-6a, or a figure's: plan/target")],
    region: Annotated[str | None, typer.Option(help="a city's part of the target")] = None,
    as_of: Annotated[str | None, typer.Option(help="as known at a moment, ISO 8601")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="traces shown as trees")] = 3,
    data: Data = DEFAULT_DATA,
) -> None:
    """The events that made a figure, and their traces: from the figure back to the push."""
    from cli.why import why as explain

    run(explain(data, figure, region, as_of, count, console))


Enterprise = Annotated[str | None, typer.Option(help="of this enterprise")]
Meter = Annotated[str | None, typer.Option(help="of this meter")]
Numbers = Annotated[list[int] | None, typer.Argument(help="numbers from the list")]
Why = Annotated[str, typer.Option("--reason", help="why, for the record")]
Was = Annotated[
    str | None, typer.Option("--reason-was", help="quarantined for this reason, e.g. unknown_meter")
]


@quarantine.command("list")
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


@quarantine.command("show")
def quarantine_show(number: Annotated[int, typer.Argument()], data: Data = DEFAULT_DATA) -> None:
    """Everything that is known of one reading."""
    from cli.quarantine import show_one

    run(show_one(data, number, console))


@quarantine.command("release")
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


@quarantine.command("drop")
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


@quarantine.command("unreadable")
def quarantine_unreadable(
    acknowledge: Annotated[bool, typer.Option("--acknowledge", help="say that they were looked at")] = False,
    by: Annotated[str, typer.Option(help="who looked")] = "",
    reason: Annotated[str, typer.Option(help="what was found")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Messages that no worker could read; acknowledged, they stay and their alert ends."""
    from cli.quarantine import unreadable

    run(unreadable(data, acknowledge, by, reason))


Key = Annotated[
    Path | None,
    typer.Option("--key-file", exists=True, dir_okay=False, help="seals it; default: SHENGJI_BACKUP_KEY"),
]


@app.command()
def backup(
    to: Annotated[
        Path | None, typer.Option(help="where backups stand; default: backups/ in the data folder")
    ] = None,
    key_file: Key = None,
    keep: Annotated[int, typer.Option(min=0, help="remove all but the newest; 0: none")] = 0,
    data: Data = DEFAULT_DATA,
) -> None:
    """Back up the running system: every database as of its own moment, none ahead of what it reads."""
    from cli.backup import backup as make

    run(make(data, to, key_file, keep, console))


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="the backup")],
    check: Annotated[bool, typer.Option("--check", help="only prove that it is whole")] = False,
    key_file: Key = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Restore a backup into an empty data folder, every chain verified; then start as always."""
    from cli.restore import run as restore_backup

    run(restore_backup(folder, data, key_file, check, console))


@app.command()
def rebuild(
    what: Annotated[
        Literal["progress", "projects", "assessment"],
        typer.Argument(help="the read-model, or the inline tables of a service"),
    ] = "progress",
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="switch even if the new version differs")
    ] = False,
    back: Annotated[bool, typer.Option("--back", help="serve the version before again")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Rebuild the read-model from the streams beside the old one, compare, switch; --back undoes it.

    For projects and assessment: rebuild the tables in place from the service's own log. Commands wait until it ends.
    """
    from cli.rebuild import rebuild as build
    from cli.rebuild import rebuild_inline

    if what == "progress":
        run(build(data, what, console, accept=accept_differences, back=back))
    elif accept_differences or back:
        raise typer.BadParameter(f"{what} is made anew in place: there is nothing to compare or go back to")
    else:
        run(rebuild_inline(data, what, console))


@app.command()
def status(
    watch: Annotated[bool, typer.Option("--watch", help="again every two seconds, until Ctrl-C")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Processes, logs, readers, quarantine, duties, backup. Exit code 0: all well; 1: something fails; 2: nothing
    runs."""
    from cli.status import show

    run(show(data, watch, as_json, console))


if __name__ == "__main__":
    app()
