"""The reference list of indicators (指标目录): dated data, read once from indicators.csv beside this file."""

import csv
from functools import cache
from importlib import resources
from io import StringIO

import msgspec

from services.assessment.statistics.facts import Indicator


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every definition in the order of the file. An indicator may have several, each with its own validity."""
    raw = resources.files(__package__).joinpath("indicators.csv").read_text("utf-8")
    return tuple(
        msgspec.convert(
            {name: value or (None if name != "note" else "") for name, value in row.items()}, Indicator
        )
        for row in csv.DictReader(StringIO(raw))
    )


def find(indicator: str, period: str) -> Indicator | None:
    """The definition valid in that period; else the newest, so that a refusal can name its validity; else None."""
    defined = [each for each in indicators() if each.indicator == indicator]
    return next((each for each in defined if each.holds_in(period)), defined[-1] if defined else None)
