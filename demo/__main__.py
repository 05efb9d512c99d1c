"""`python -m demo`, as `make demo` calls it: a synthetic province, live, from a meter's push to a city's figure."""

from typing import Annotated

import typer

from cli.common import DEFAULT_DATA, Data, console, run
from demo.command import demo
from demo.run import Until


def main(
    data: Data = DEFAULT_DATA,
    days: Annotated[int, typer.Option(help="days to play before the summary; 0: as far as time allows")] = 0,
    until: Annotated[
        Until, typer.Option(help="summary: play into January and stop; forever: into December, and stay")
    ] = "forever",
) -> None:
    """A synthetic province, live: from a meter's push to a city's figure."""
    run(demo(data, days=days or None, until=until, console=console))


if __name__ == "__main__":
    typer.run(main)
