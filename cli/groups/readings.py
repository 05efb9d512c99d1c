"""`shengji readings`: a feed from a file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.common import DEFAULT_DATA, Data, console, run

app = typer.Typer(help="Meter readings.", no_args_is_help=True)


@app.command("import")
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
