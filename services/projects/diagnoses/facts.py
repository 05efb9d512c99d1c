"""What is known of a diagnosis: what was found, and where each finding led."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never


class FindingOutcome(StrEnum):
    """Where a finding led: 技术需求, 项目, 不采纳."""

    NEED = "need"
    PROJECT = "project"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


def stream(diagnosis: str) -> str:
    """The stream of one diagnosis."""
    return f"diagnosis:{diagnosis}"


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
