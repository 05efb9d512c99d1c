"""Technology diagnosis (技术提升诊断): experts look at an enterprise, and each finding leads somewhere (IN-14).

A finding leads to a technology need of the meeting point, to a project, or is dismissed with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from services.projects.domain.checks import not_in_future
from services.projects.domain.refusal import Refused


class FindingOutcome(StrEnum):
    """Where a finding led: 技术需求, 项目, 不采纳."""

    NEED = "need"
    PROJECT = "project"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class DiagnosisHeld:
    """An enterprise was diagnosed by an institute; findings are numbered from 1. `industry`: GB/T 4754."""

    diagnosis: str
    enterprise: str | None
    enterprise_name: str
    region: str
    industry: str
    institute: str
    findings: tuple[str, ...]
    evidence: str
    on: date
    reported_by: str


@dataclass(frozen=True, slots=True)
class FindingSettled:
    """A finding led to a need or a project (`reference`), or nowhere. `settled` of `findings` are, with it."""

    diagnosis: str
    region: str
    finding: int
    outcome: FindingOutcome
    on: date
    reported_by: str
    settled: int
    findings: int
    reference: str | None = None
    reason: str = ""


DiagnosisEvent = DiagnosisHeld | FindingSettled


@dataclass(frozen=True, slots=True)
class NoDiagnosis:
    """No such diagnosis yet."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis, and where its findings led, by their number."""

    held: DiagnosisHeld
    settled: Mapping[int, FindingSettled] = field(default_factory=dict)


DiagnosisState = NoDiagnosis | Diagnosis
INITIAL: DiagnosisState = NoDiagnosis()


@dataclass(frozen=True, slots=True)
class HoldDiagnosis:
    """Record a diagnosis with its findings."""

    held: DiagnosisHeld
    today: date


@dataclass(frozen=True, slots=True)
class SettleFinding:
    """Say where a finding led."""

    diagnosis: str
    finding: int
    outcome: FindingOutcome
    on: date
    reported_by: str
    today: date
    reference: str | None = None
    reason: str = ""


DiagnosisCommand = HoldDiagnosis | SettleFinding


def decide(command: DiagnosisCommand, state: DiagnosisState) -> Sequence[DiagnosisEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (HoldDiagnosis(), NoDiagnosis()):
            not_in_future(command.held.on, command.today)
            return [command.held]
        case (HoldDiagnosis(), Diagnosis()):
            if replace(command.held, on=state.held.on, reported_by=state.held.reported_by) == state.held:
                return []
            raise Refused(
                f"There is a diagnosis {command.held.diagnosis!r} already, with other content.",
                code="exists",
                status=409,
                where="diagnosis",
                remedy="Use another id.",
            )
        case (SettleFinding(), Diagnosis()):
            return _settled(command, state)
        case _:
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no such diagnosis.",
                code="not-found",
                status=404,
                where="diagnosis",
                remedy="Record the diagnosis first, or check its id.",
            )


def evolve(state: DiagnosisState, event: DiagnosisEvent) -> DiagnosisState:
    """The state after a stored fact."""
    match event:
        case DiagnosisHeld():
            return Diagnosis(event)
        case FindingSettled():
            if not isinstance(state, Diagnosis):
                raise TypeError("a diagnosis's history starts with DiagnosisHeld")
            return replace(state, settled={**state.settled, event.finding: event})
        case _:
            assert_never(event)


def _settled(command: SettleFinding, state: Diagnosis) -> Sequence[FindingSettled]:
    count = len(state.held.findings)
    if not 1 <= command.finding <= count:
        raise Refused(f"The diagnosis has {count} findings.", code="not-found", status=404, where="finding")
    if command.outcome is FindingOutcome.DISMISSED and not command.reason:
        raise Refused(
            "Why is it dismissed?", code="no-reason", where="reason", remedy="Say it in a few words."
        )
    if command.outcome is not FindingOutcome.DISMISSED and not command.reference:
        raise Refused(
            f"Which {command.outcome} did it lead to?",
            code="no-reference",
            where="reference",
            remedy="Give its id.",
        )
    before = state.settled.get(command.finding)
    if before is not None:
        if (before.outcome, before.reference, before.reason) == (
            command.outcome,
            command.reference,
            command.reason,
        ):
            return []
        raise Refused(
            f"Finding {command.finding} led to {before.outcome} {before.reference or ''} on {before.on}.",
            code="settled",
            status=409,
            where="finding",
        )
    not_in_future(command.on, command.today)
    if command.on < state.held.on:
        raise Refused(
            f"{command.on} is before the diagnosis of {state.held.on}.", code="before-diagnosis", where="on"
        )
    return [
        FindingSettled(
            command.diagnosis,
            state.held.region,
            command.finding,
            command.outcome,
            command.on,
            command.reported_by,
            len(state.settled) + 1,
            count,
            command.reference,
            command.reason,
        )
    ]
