"""Technology diagnoses as answers."""

from collections import Counter

from services.projects.domain.diagnosis import Diagnosis, DiagnosisState, FindingOutcome
from services.projects.models.diagnoses import DiagnosisView, FindingView


def diagnosis_view(state: DiagnosisState) -> DiagnosisView:
    """A diagnosis with where its findings led. Raises TypeError for one that isn't."""
    if not isinstance(state, Diagnosis):
        raise TypeError("not a diagnosis")
    held = state.held
    led = Counter(each.outcome for each in state.settled.values())
    return DiagnosisView(
        diagnosis=held.diagnosis,
        enterprise=held.enterprise,
        enterprise_name=held.enterprise_name,
        region=held.region,
        industry=held.industry,
        institute=held.institute,
        held_on=held.on,
        findings=len(held.findings),
        needs=led[FindingOutcome.NEED],
        projects=led[FindingOutcome.PROJECT],
        dismissed=led[FindingOutcome.DISMISSED],
        evidence=held.evidence,
        items=[_finding(state, number, text) for number, text in enumerate(held.findings, 1)],
    )


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
