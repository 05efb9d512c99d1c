"""`shengji`: start the system on one machine, load a plan, push readings, look after it."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.common import DEFAULT_DATA, Data, console, run
from cli.groups import audit, plan, quarantine, readings, traces

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(plan.app, name="plan")
app.add_typer(readings.app, name="readings")
app.add_typer(audit.app, name="audit")
app.add_typer(traces.app, name="traces")
app.add_typer(quarantine.app, name="quarantine")


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
        Literal["progress", "projects", "assessment", "energy"],
        typer.Argument(help="the read-model, or the inline tables of a service"),
    ] = "progress",
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="switch even if the new version differs")
    ] = False,
    back: Annotated[bool, typer.Option("--back", help="serve the version before again")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Rebuild the read-model from the streams beside the old one, compare, switch; --back undoes it.

    For a service: rebuild its tables in place from its own log. Commands wait until it ends.
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
