"""The kinds of designations (认定类别): dated data, read once from kinds.csv beside this file."""

import csv
from datetime import date
from functools import cache
from importlib import resources
from io import StringIO

import msgspec

from services.assessment.designations.facts import Kind

_LISTS = ("rows", "levels", "fields")


@cache
def kinds() -> tuple[Kind, ...]:
    """Every definition in the order of the file. A kind may have several, each with its own validity."""
    raw = resources.files(__package__).joinpath("kinds.csv").read_text("utf-8")
    return tuple(
        msgspec.convert(
            {
                name: value.split() if name in _LISTS else value or (None if name != "note" else "")
                for name, value in row.items()
            },
            Kind,
        )
        for row in csv.DictReader(StringIO(raw))
    )


def kind_on(kind: str, day: date) -> Kind | None:
    """The definition in force on a day, or None."""
    return next(
        (
            each
            for each in kinds()
            if each.kind == kind
            and each.valid_from <= day
            and (each.valid_to is None or day <= each.valid_to)
        ),
        None,
    )
