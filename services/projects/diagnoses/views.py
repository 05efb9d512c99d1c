"""Diagnoses as answers, and as rows of their list."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from services.projects.common.models import Answer, Name
from services.projects.common.tables import metadata
from services.projects.diagnoses.decisions import DiagnosisCommand
from services.projects.diagnoses.facts import Diagnosis, DiagnosisState, FindingOutcome
from shared.feature import Done
from shared.kept import Kept, only
from shared.table_of import table_of


class DiagnosisSummary(Answer):
    """A diagnosis as a list shows it."""

    diagnosis: str
    enterprise: str | None
    enterprise_name: str
    region: str
    region_name: Name = None
    industry: str
    institute: str
    held_on: date
    findings: int
    needs: int = Field(description="findings that led to a technology need")
    projects: int = Field(description="findings that led to a project")
    dismissed: int


class FindingView(Answer):
    """A finding and where it led."""

    finding: int
    text: str
    outcome: FindingOutcome | None = Field(description="null: nowhere yet")
    reference: str | None
    reason: str
    on: date | None


class DiagnosisView(DiagnosisSummary):
    """A diagnosis with its findings."""

    evidence: str
    items: list[FindingView]


TABLE = table_of("diagnosis", metadata, DiagnosisSummary, key=("diagnosis",))


def row(state: Diagnosis) -> Mapping[str, Any]:
    """A diagnosis as it stands in the list."""
    held = state.held
    led = Counter(each.outcome for each in state.settled.values())
    return {
        "diagnosis": held.diagnosis,
        "enterprise": held.enterprise,
        "enterprise_name": held.enterprise_name,
        "region": held.region,
        "industry": held.industry,
        "institute": held.institute,
        "held_on": held.on,
        "findings": len(held.findings),
        "needs": led[FindingOutcome.NEED],
        "projects": led[FindingOutcome.PROJECT],
        "dismissed": led[FindingOutcome.DISMISSED],
    }


KEPT: Kept[DiagnosisState, Diagnosis] = Kept(TABLE, only(Diagnosis), row)


def view(state: DiagnosisState) -> DiagnosisView:
    """A diagnosis and the outcome of each finding. Raises TypeError if there is no such diagnosis."""
    if not isinstance(state, Diagnosis):
        raise TypeError("not a diagnosis")
    items = [_finding(state, number, text) for number, text in enumerate(state.held.findings, 1)]
    return DiagnosisView(**row(state), evidence=state.held.evidence, items=items)


def answer(done: Done[DiagnosisState, DiagnosisCommand]) -> DiagnosisView:
    """The answer to every command on a diagnosis."""
    return view(done.state)


def _finding(state: Diagnosis, number: int, text: str) -> FindingView:
    settled = state.settled.get(number)
    return FindingView(
        finding=number,
        text=text,
        outcome=settled.outcome if settled else None,
        reference=settled.reference if settled else None,
        reason=settled.reason if settled else "",
        on=settled.on if settled else None,
    )
