"""Energy saving (节能量) of a project: what it should save in a year, and what was found when it ran (EN-15b).

Expected savings come with the application, verified ones from whoever measures (节能量审核). A later statement of the
same kind takes the place of the earlier; both stay in the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.domain.checks import not_in_future
from services.projects.domain.refusal import Refused
from services.projects.domain.stages import Stage, Step


@dataclass(frozen=True, slots=True)
class EnergySavingExpected:
    """The project should save `tce` (tonnes of standard coal) a year; `basis` says how that was computed."""

    project: str
    region: str
    tce: Decimal
    basis: str
    evidence: str
    on: date
    reported_by: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ExpectEnergySaving:
    """State what a project should save in a year."""

    project: str
    tce: Decimal
    basis: str
    evidence: str
    on: date
    reported_by: str
    today: date


@dataclass(frozen=True, slots=True)
class VerifyEnergySaving:
    """State what a running project was found to save in a year."""

    project: str
    tce: Decimal
    basis: str
    evidence: str
    on: date
    verified_by: str
    reported_by: str
    today: date


EnergySavingCommand = ExpectEnergySaving | VerifyEnergySaving


def stated(
    command: EnergySavingCommand, region: str, steps: Sequence[Step], known: EnergySaving
) -> EnergySavingEvent | None:
    """The statement, or None where it says nothing new. Raises Refused."""
    not_in_future(command.on, command.today)
    match command:
        case ExpectEnergySaving():
            if command.on < steps[0].on:
                raise _too_early(command.on, f"was planned on {steps[0].on}")
            expected = EnergySavingExpected(
                project=command.project,
                region=region,
                tce=command.tce,
                basis=command.basis,
                evidence=command.evidence,
                on=command.on,
                reported_by=command.reported_by,
            )
            if known.expected and replace(known.expected, reported_by=expected.reported_by) == expected:
                return None
            return expected
        case VerifyEnergySaving():
            runs = [step.on for step in steps if step.stage in (Stage.PARTLY_PRODUCING, Stage.PRODUCING)]
            if not runs:
                raise Refused(
                    "The project doesn't run yet: a saving is measured when it does.",
                    code="not-producing",
                    status=409,
                    where="project",
                    remedy="Report its partial production or production first.",
                )
            if command.on < min(runs):
                raise _too_early(command.on, f"runs since {min(runs)}")
            verified = EnergySavingVerified(
                project=command.project,
                region=region,
                tce=command.tce,
                basis=command.basis,
                evidence=command.evidence,
                on=command.on,
                verified_by=command.verified_by,
                reported_by=command.reported_by,
                expected=known.expected.tce if known.expected else None,
            )
            if known.verified and _same(known.verified, verified):
                return None
            return verified
        case _:
            assert_never(command)


def evolve(known: EnergySaving, event: EnergySavingEvent) -> EnergySaving:
    """What is stated after an event."""
    match event:
        case EnergySavingExpected():
            return replace(known, expected=event)
        case EnergySavingVerified():
            return replace(known, verified=event)
        case _:
            assert_never(event)


def _same(one: EnergySavingVerified, other: EnergySavingVerified) -> bool:
    return replace(one, reported_by=other.reported_by, expected=other.expected) == other


def _too_early(on: date, since: str) -> Refused:
    return Refused(
        f"{on} is before the project: it {since}.",
        code="before-project",
        where="on",
        remedy="Give the day on which the saving was computed or measured.",
    )
