"""Decisions on the energy saving (节能量) of a project: expected, verified."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, assert_never

from services.projects.common.asking import not_in_future
from services.projects.common.refusal import Refused
from services.projects.common.values import Evidence, ProjectId, ReportedBy, ShortText
from services.projects.projects.energy_savings.facts import (
    EnergySavingEvent,
    EnergySavingExpected,
    EnergySavingVerified,
)
from services.projects.projects.facts import Project
from services.projects.projects.stages.facts import Stage
from shared.command import Given, command
from shared.values import Exact, Says

Tce = Annotated[
    Decimal,
    Exact(
        gt=0,
        max_digits=14,
        decimal_places=2,
        description="tonnes of standard coal (tce) saved in a year",
        example="4000",
    ),
]
Basis = Annotated[
    ShortText,
    Says(
        description="how it was computed or measured: method, period, equal or equivalent value",
        example="GB/T 28750-2012，等价值",
    ),
]


@command(
    example={
        "project": "FZ-2013-017",
        "tce": "4000",
        "basis": "可行性研究报告，等价值",
        "evidence": "闽节能评〔2013〕18号",
    }
)
class ExpectEnergySaving:
    """What a project should save in a year."""

    project: ProjectId
    tce: Tce
    basis: Basis
    evidence: Evidence
    on: Annotated[date | None, Says(description="the day it was computed; null: today")] = None
    reported_by: ReportedBy = None


@command(
    example={
        "project": "FZ-2013-017",
        "tce": "3850",
        "basis": "GB/T 28750-2012，等价值",
        "evidence": "节能量审核报告〔2013〕6号",
        "verified_by": "省节能监察总队",
    }
)
class VerifyEnergySaving:
    """What a running project was found to save in a year."""

    project: ProjectId
    tce: Tce
    basis: Basis
    evidence: Evidence
    verified_by: Annotated[
        ShortText, Says(description="the body that measured it (审核机构)", example="省节能监察总队")
    ]
    on: Annotated[date | None, Says(description="the day it was found; null: today")] = None
    reported_by: ReportedBy = None


EnergySavingCommand = ExpectEnergySaving | VerifyEnergySaving


def stated(command: EnergySavingCommand, state: Project, given: Given) -> Sequence[EnergySavingEvent]:
    """The statement; none where it says nothing new. Raises Refused."""
    on, by, region = command.on or given.today, command.reported_by or given.by, state.registered.region
    steps, known = state.steps, state.energy_saving
    not_in_future(on, given.today)
    match command:
        case ExpectEnergySaving():
            if on < steps[0].on:
                raise _too_early(on, f"was planned on {steps[0].on}")
            expected = EnergySavingExpected(
                project=command.project,
                region=region,
                tce=command.tce,
                basis=command.basis,
                evidence=command.evidence,
                on=on,
                reported_by=by,
            )
            if known.expected and replace(known.expected, reported_by=expected.reported_by) == expected:
                return []
            return [expected]
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
            if on < min(runs):
                raise _too_early(on, f"runs since {min(runs)}")
            verified = EnergySavingVerified(
                project=command.project,
                region=region,
                tce=command.tce,
                basis=command.basis,
                evidence=command.evidence,
                on=on,
                verified_by=command.verified_by,
                reported_by=by,
                expected=known.expected.tce if known.expected else None,
            )
            if known.verified and _same(known.verified, verified):
                return []
            return [verified]
        case _:
            assert_never(command)


def _same(one: EnergySavingVerified, other: EnergySavingVerified) -> bool:
    return replace(one, reported_by=other.reported_by, expected=other.expected) == other


def _too_early(on: date, since: str) -> Refused:
    return Refused(
        f"{on} is before the project: it {since}.",
        code="before-project",
        where="on",
        remedy="Give the day on which the saving was computed or measured.",
    )
