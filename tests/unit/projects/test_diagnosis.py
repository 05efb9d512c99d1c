"""A diagnosis has findings, and each leads to a need, to a project, or nowhere for a reason (IN-14)."""

from dataclasses import replace
from datetime import date

from services.projects.diagnoses.decisions import DIAGNOSIS, HoldDiagnosis, SettleFinding
from services.projects.diagnoses.facts import DiagnosisHeld, FindingOutcome, FindingSettled
from shared.command import Given
from tests.kit.spec import given

TODAY = date(2013, 5, 2)
CLERK = Given(today=TODAY, by="clerk")
HOLD = HoldDiagnosis(
    diagnosis="ZD-1",
    enterprise_name="示例机床厂",
    region="350181",
    industry="3421",
    institute="海西研究院",
    findings=("主轴", "节拍"),
    evidence="1号",
    on=date(2013, 4, 12),
)
HELD = DiagnosisHeld(
    diagnosis="ZD-1",
    enterprise=None,
    enterprise_name="示例机床厂",
    region="350181",
    industry="3421",
    institute="海西研究院",
    findings=("主轴", "节拍"),
    evidence="1号",
    on=date(2013, 4, 12),
    reported_by="clerk",
)
SETTLE = SettleFinding(diagnosis="ZD-1", finding=1, outcome=FindingOutcome.NEED, reference="N-1")
SETTLED = FindingSettled(
    diagnosis="ZD-1",
    region="350181",
    finding=1,
    outcome=FindingOutcome.NEED,
    on=TODAY,
    reported_by="clerk",
    settled=1,
    findings=2,
    reference="N-1",
)


def test_a_diagnosis_is_recorded_once() -> None:
    given(DIAGNOSIS).when(HOLD, CLERK).then(HELD)
    again = replace(HOLD, on=None, reported_by="other")
    given(DIAGNOSIS, HELD).when(again, CLERK).changes_nothing()
    other = replace(HOLD, findings=("主轴",))
    given(DIAGNOSIS, HELD).when(other, CLERK).rejects("other content", code="exists")
    given(DIAGNOSIS).when(replace(HOLD, on=date(2014, 1, 1)), CLERK).rejects("has not come")


def test_without_a_day_it_is_today_and_without_an_office_the_callers() -> None:
    other = replace(HOLD, on=None, reported_by="海西研究院办公室")
    given(DIAGNOSIS).when(other, CLERK).then(replace(HELD, on=TODAY, reported_by="海西研究院办公室"))


def test_a_finding_leads_somewhere_once() -> None:
    given(DIAGNOSIS, HELD).when(SETTLE, CLERK).then(SETTLED)
    given(DIAGNOSIS, HELD, SETTLED).when(replace(SETTLE, on=date(2013, 4, 30)), CLERK).changes_nothing()
    given(DIAGNOSIS, HELD, SETTLED).when(replace(SETTLE, reference="N-2"), CLERK).rejects(
        "N-1", code="settled"
    )
    project = replace(SETTLE, finding=2, outcome=FindingOutcome.PROJECT, reference="P-1")
    given(DIAGNOSIS, HELD, SETTLED).when(project, CLERK).then(
        replace(SETTLED, finding=2, outcome=FindingOutcome.PROJECT, reference="P-1", settled=2)
    )


def test_what_is_missing_or_out_of_place_is_named() -> None:
    given(DIAGNOSIS).when(SETTLE, CLERK).rejects("no such diagnosis", code="not-found")
    given(DIAGNOSIS, HELD).when(replace(SETTLE, finding=3), CLERK).rejects("2 findings", code="not-found")
    given(DIAGNOSIS, HELD).when(replace(SETTLE, reference=None), CLERK).rejects("Which", code="no-reference")
    dismissed = replace(SETTLE, outcome=FindingOutcome.DISMISSED, reference=None)
    given(DIAGNOSIS, HELD).when(dismissed, CLERK).rejects("Why", code="no-reason")
    early = replace(SETTLE, on=date(2013, 4, 1))
    given(DIAGNOSIS, HELD).when(early, CLERK).rejects("before the diagnosis", code="before-diagnosis")
