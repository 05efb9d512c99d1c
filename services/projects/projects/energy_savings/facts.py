"""What is stated of a project's energy saving (节能量)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergySavingExpected:
    """The project should save `tce` (tonnes of standard coal) a year; `basis` says how that was computed."""

    project: str
    region: str
    tce: Decimal
    basis: str
    evidence: str
    on: date
    reported_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergySavingVerified:
    """The running project saves `tce` a year, as `verified_by` found by `basis`.

    `expected` is what stood before, tce a year; None: nothing.
    """

    project: str
    region: str
    tce: Decimal
    basis: str
    evidence: str
    on: date
    verified_by: str
    reported_by: str
    expected: Decimal | None = None


EnergySavingEvent = EnergySavingExpected | EnergySavingVerified


@dataclass(frozen=True, slots=True)
class EnergySaving:
    """What is stated of a project's saving now; None: nothing."""

    expected: EnergySavingExpected | None = None
    verified: EnergySavingVerified | None = None


def evolve(known: EnergySaving, event: EnergySavingEvent) -> EnergySaving:
    """What is stated after an event."""
    match event:
        case EnergySavingExpected():
            return replace(known, expected=event)
        case EnergySavingVerified():
            return replace(known, verified=event)
        case _:
            assert_never(event)
