"""The industries (行业) of GB/T 4754, dated: the codes in force on a day, and what a truncated code means.

A spreadsheet turns 0610 into 610. If only one class can be meant, it is that class; if a group has the code 610 too, it
is ambiguous. Source: GB/T 4754-2011 (96 divisions, 432 groups, 1,094 classes), in force since 2011-11-01.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Industry:
    """A division, group or class of an edition, in force between two days, both included."""

    code: str
    section: str
    name: str
    valid_from: date
    valid_to: date | None


@lru_cache(maxsize=16)
def on(day: date) -> Mapping[str, Industry]:
    """The industries in force on that day, by code; empty if no edition is known for the day."""
    return {
        each.code: each
        for each in _all()
        if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
    }


def meant(code: str, known: Mapping[str, Industry]) -> list[str]:
    """The codes that a cell may mean: itself, or with the leading 0 that a spreadsheet dropped; empty: none.

    A section letter in front (C1751) must be right, and shows that no 0 was dropped.
    """
    digits = code.lstrip("ABCDEFGHIJKLMNOPQRST")
    if letter := code.removesuffix(digits):
        return [code] if digits in known and known[digits].section == letter else []
    found = [code] if code in known else []
    if len(code) == 3 and f"0{code}" in known:
        found.append(f"0{code}")
    return found


@cache
def _all() -> tuple[Industry, ...]:
    path = resources.files("services.projects.common").joinpath("industries.csv")
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return tuple(
        Industry(
            row["code"],
            row["section"],
            row["name"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in rows
    )
