"""A diagnosis has findings, and each leads to a need, to a project, or nowhere for a reason (IN-14)."""

from dataclasses import replace
from datetime import date

from services.projects.domain.diagnosis import (
    DiagnosisHeld,
    FindingOutcome,
    FindingSettled,
    HoldDiagnosis,
    SettleFinding,
)
from services.projects.events import DIAGNOSIS
from tests.kit.spec import given

TODAY = date(2013, 5, 2)
HELD = DiagnosisHeld(
    "ZD-1",
    None,
    "示例机床厂",
    "350181",
    "3421",
    "海西研究院",
    ("主轴", "节拍"),
    "1号",
    date(2013, 4, 12),
    "clerk",
)
SETTLE = SettleFinding("ZD-1", 1, FindingOutcome.NEED, TODAY, "clerk", TODAY, "N-1")
SETTLED = FindingSettled("ZD-1", "350181", 1, FindingOutcome.NEED, TODAY, "clerk", 1, 2, "N-1")


def test_a_diagnosis_is_recorded_once() -> None:
    given(DIAGNOSIS).when(HoldDiagnosis(HELD, TODAY)).then(HELD)
    again = replace(HELD, on=TODAY, reported_by="other")
    given(DIAGNOSIS, HELD).when(HoldDiagnosis(again, TODAY)).changes_nothing()
    other = replace(HELD, findings=("主轴",))
    given(DIAGNOSIS, HELD).when(HoldDiagnosis(other, TODAY)).rejects("other content", code="exists")
    given(DIAGNOSIS).when(HoldDiagnosis(replace(HELD, on=date(2014, 1, 1)), TODAY)).rejects("has not come")


def test_a_finding_leads_somewhere_once() -> None:
    given(DIAGNOSIS, HELD).when(SETTLE).then(SETTLED)
    given(DIAGNOSIS, HELD, SETTLED).when(replace(SETTLE, on=date(2013, 4, 30))).changes_nothing()
    given(DIAGNOSIS, HELD, SETTLED).when(replace(SETTLE, reference="N-2")).rejects("N-1", code="settled")
    project = replace(SETTLE, finding=2, outcome=FindingOutcome.PROJECT, reference="P-1")
    given(DIAGNOSIS, HELD, SETTLED).when(project).then(
        replace(SETTLED, finding=2, outcome=FindingOutcome.PROJECT, reference="P-1", settled=2)
    )


def test_what_is_missing_or_out_of_place_is_named() -> None:
    given(DIAGNOSIS).when(SETTLE).rejects("no such diagnosis", code="not-found")
    given(DIAGNOSIS, HELD).when(replace(SETTLE, finding=3)).rejects("2 findings", code="not-found")
    given(DIAGNOSIS, HELD).when(replace(SETTLE, reference=None)).rejects("Which", code="no-reference")
    dismissed = replace(SETTLE, outcome=FindingOutcome.DISMISSED, reference=None)
    given(DIAGNOSIS, HELD).when(dismissed).rejects("Why", code="no-reason")
    early = replace(SETTLE, on=date(2013, 4, 1))
    given(DIAGNOSIS, HELD).when(early).rejects("before the diagnosis", code="before-diagnosis")
