"""MonthlyReport (月报, TR-12): filed once, corrected with a reason, never guessed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.projects.common.plausibility import Usual
from services.projects.reports.decisions import (
    MONTHLY_REPORT,
    CorrectMonthlyReport,
    FileMonthlyReport,
    Known,
    ReportedProject,
    WithdrawMonthlyReport,
)
from services.projects.reports.facts import (
    Filed,
    MonthlyReportCorrected,
    MonthlyReportFiled,
    MonthlyReportWithdrawn,
    ReportLine,
)
from tests.kit.spec import given

YI = Decimal(100_000_000)
"""亿元 in yuan."""
ID: dict[str, Any] = {"region": "350100", "month": "2013-02"}
KNOWN = Known(
    today=date(2013, 3, 4),
    by="fuzhou-office",
    due_on=date(2013, 3, 5),
    project_regions={"P-1": "350181", "P-2": "350203"},
    covered=frozenset({"350100", "350181"}),
    usual=Usual(660 * YI, (("2013-01", 50 * YI),)),
)
SAID = ReportedProject(
    project="P-1", investment=Decimal(9_500_000), progress_percent=Decimal("12.5"), note="设备安装中"
)
LINE = ReportLine("P-1", Decimal(9_500_000), Decimal("12.5"), "设备安装中")
FILE = FileMonthlyReport(**ID, investment=48 * YI, projects=(SAID,))
FILED = MonthlyReportFiled(
    **ID,
    report="350100:2013-02",
    investment=48 * YI,
    projects=(LINE,),
    due_on=date(2013, 3, 5),
    reported_on=date(2013, 3, 4),
    late=False,
)
LATER = replace(KNOWN, today=date(2013, 3, 20))
CORRECT = CorrectMonthlyReport(**ID, investment=49 * YI, projects=(SAID,), reason="永泰县补报")
CORRECTED = MonthlyReportCorrected(
    **ID,
    report="350100:2013-02",
    investment=49 * YI,
    projects=(LINE,),
    previous_investment=48 * YI,
    reason="永泰县补报",
    reported_on=date(2013, 3, 20),
)


def test_a_report_is_filed() -> None:
    given(MONTHLY_REPORT).when(FILE, KNOWN).then(FILED)


def test_the_due_day_itself_is_in_time_and_the_day_after_is_late() -> None:
    known = replace(KNOWN, today=date(2013, 3, 6))
    for day, late in ((5, False), (6, True)):
        on = date(2013, 3, day)
        given(MONTHLY_REPORT).when(replace(FILE, reported_on=on), known).then(
            replace(FILED, reported_on=on, late=late)
        )


def test_the_same_report_again_changes_nothing_also_on_another_day() -> None:
    given(MONTHLY_REPORT, FILED).when(FILE, KNOWN).changes_nothing()
    given(MONTHLY_REPORT, FILED).when(replace(FILE, reported_on=date(2013, 3, 20)), LATER).changes_nothing()


def test_the_order_of_projects_is_no_difference() -> None:
    other = ReportLine("P-0", Decimal(1), Decimal(1))
    also = ReportedProject(project="P-0", investment=Decimal(1), progress_percent=Decimal(1))
    known = replace(KNOWN, project_regions={"P-0": "350181", "P-1": "350181"})
    both = replace(FILED, projects=(other, LINE))
    given(MONTHLY_REPORT, both).when(replace(FILE, projects=(SAID, also)), known).changes_nothing()


def test_another_report_of_the_month_is_rejected_with_the_remedy() -> None:
    refusal = given(MONTHLY_REPORT, FILED).when(replace(FILE, investment=49 * YI), KNOWN).rejects("already")
    assert "correct it" in refusal.remedy  # type: ignore[attr-defined]


def test_a_correction_keeps_the_figure_before_and_the_first_day() -> None:
    state = given(MONTHLY_REPORT, FILED).when(CORRECT, LATER).then(CORRECTED)
    assert state == Filed(
        **ID,
        investment=49 * YI,
        projects=(LINE,),
        due_on=date(2013, 3, 5),
        first_reported_on=date(2013, 3, 4),
        reported_on=date(2013, 3, 20),
        late=False,
        corrections=1,
    )
    given(MONTHLY_REPORT, FILED, CORRECTED).when(CORRECT, LATER).changes_nothing()


def test_a_closed_month_takes_neither_report_nor_correction_and_says_whom_to_ask() -> None:
    closed = replace(LATER, closed_since=date(2013, 3, 15))
    known: tuple[tuple[tuple[MonthlyReportFiled, ...], FileMonthlyReport | CorrectMonthlyReport], ...] = (
        ((), FILE),
        ((FILED,), CORRECT),
    )
    for history, command in known:
        refusal = (
            given(MONTHLY_REPORT, *history)
            .when(command, closed)
            .rejects("2013-02 is closed for 350100 since 2013-03-15", code="closed-month")
        )
        assert "Ask the province" in refusal.remedy  # type: ignore[attr-defined]
    given(MONTHLY_REPORT, FILED).when(FILE, closed).changes_nothing()


def test_nothing_filed_nothing_to_correct() -> None:
    given(MONTHLY_REPORT).when(CORRECT, LATER).rejects("nothing to correct", code="not-filed")


def test_a_correction_is_not_older_than_what_it_corrects() -> None:
    given(MONTHLY_REPORT, FILED).when(replace(CORRECT, reported_on=date(2013, 3, 3)), LATER).rejects(
        "can't be of"
    )


@pytest.mark.parametrize(
    ("change", "known", "why"),
    [
        ({}, {"today": date(2013, 2, 27)}, "is not over"),
        ({"month": "2013-03"}, {}, "is not over"),
        # What nobody owes isn't promised for the day on which it is over, and then refused for good.
        ({"month": "2014-01"}, {"due_on": None}, "has no monthly report of"),
        ({"reported_on": date(2013, 2, 27)}, {}, "can have been handed in between 2013-02-28"),
        ({"reported_on": date(2013, 3, 5)}, {}, "and today (2013-03-04)"),
        ({}, {"due_on": None}, "has no monthly report of 350100 for 2013-02"),
        ({"projects": (SAID, SAID)}, {}, "twice"),
        ({"projects": (replace(SAID, project="P-9"),)}, {}, "no project 'P-9'"),
        ({"projects": (replace(SAID, project="P-2"),)}, {}, "lies in 350203"),
        ({"projects": (replace(SAID, investment=48 * YI + 1),)}, {}, "add up to"),
    ],
)
def test_a_report_that_cannot_be_is_rejected(change: dict[str, Any], known: dict[str, Any], why: str) -> None:
    given(MONTHLY_REPORT).when(replace(FILE, **change), replace(KNOWN, **known)).rejects(why)


NEAR = (("2013-01", 50 * YI),)


@pytest.mark.parametrize(
    ("investment", "usual", "why"),
    [
        (Decimal(482_000), Usual(660 * YI, NEAR), r"482000.00 yuan (48.2 万元) is one 11,411th of a twelfth"),
        (482 * YI, Usual(660 * YI), "9 times a twelfth of the year's target, 5500000000.00 yuan (55 亿元)"),
        (482 * YI, Usual(None, NEAR), "10 times the amount of 2013-01, 5000000000.00 yuan (50 亿元)"),
        (Decimal(0), Usual(660 * YI, NEAR), "0 yuan says that nothing was invested"),
        (Decimal(0), Usual(), "0 yuan says that nothing was invested"),
        (Decimal(482_000), Usual(), "482000.00 yuan (48.2 万元) is less than 1000000.00 yuan (100 万元)"),
        # Far from the target and from a wrong neighbour.
        (482 * YI, Usual(660 * YI, (("2013-01", Decimal(482_000)),)), "9 times a twelfth"),
    ],
)
def test_an_amount_that_looks_like_another_unit_is_asked_back_once(
    investment: Decimal, usual: Usual, why: str
) -> None:
    report, known = replace(FILE, investment=investment, projects=()), replace(KNOWN, usual=usual)
    given(MONTHLY_REPORT).when(report, known).rejects(why, code="confirm-amount")
    given(MONTHLY_REPORT).when(replace(report, confirmed=True), known).then(
        replace(FILED, investment=investment, projects=(), confirmed=True)
    )
    changed = replace(CORRECT, investment=investment, projects=())
    given(MONTHLY_REPORT, FILED).when(changed, replace(LATER, usual=usual)).rejects(
        why, code="confirm-amount"
    )


@pytest.mark.parametrize(
    ("investment", "usual"),
    [
        (11 * YI, Usual(660 * YI)),
        (275 * YI, Usual(660 * YI)),
        # The right report beside a wrong one that was taken, and a city far ahead of its target.
        (48 * YI, Usual(660 * YI, (("2013-01", Decimal(482_000)),))),
        (400 * YI, Usual(660 * YI, (("2013-01", 390 * YI),))),
        (48 * YI, Usual(None, (("2013-01", Decimal(0)),))),
        (48 * YI, Usual()),
    ],
)
def test_an_amount_that_can_be_is_not_asked_about_and_not_marked(investment: Decimal, usual: Usual) -> None:
    report = replace(FILE, investment=investment, projects=(), confirmed=True)
    known = replace(KNOWN, usual=usual)
    given(MONTHLY_REPORT).when(report, known).then(replace(FILED, investment=investment, projects=()))


def test_what_a_correction_does_not_name_stays_and_is_not_asked_about_again() -> None:
    odd = replace(FILED, investment=Decimal(482_000), projects=(), confirmed=True)
    lines = replace(CORRECT, investment=None, projects=(replace(SAID, investment=Decimal(1)),))
    given(MONTHLY_REPORT, odd).when(lines, LATER).then(
        replace(
            CORRECTED,
            investment=Decimal(482_000),
            previous_investment=Decimal(482_000),
            projects=(replace(LINE, investment=Decimal(1)),),
        )
    )
    given(MONTHLY_REPORT, FILED).when(replace(CORRECT, projects=None), LATER).then(CORRECTED)


WITHDRAW = WithdrawMonthlyReport(**ID, reason="误报")
WITHDRAWN = MonthlyReportWithdrawn(
    **ID,
    report="350100:2013-02",
    previous_investment=48 * YI,
    reason="误报",
    withdrawn_on=date(2013, 3, 20),
)


def test_a_withdrawn_month_is_missing_until_it_is_filed_again() -> None:
    given(MONTHLY_REPORT, FILED).when(WITHDRAW, LATER).then(WITHDRAWN)
    given(MONTHLY_REPORT).when(WITHDRAW, LATER).rejects("nothing to correct or withdraw", code="not-filed")
    stood = given(MONTHLY_REPORT, FILED, WITHDRAWN)
    stood.when(WITHDRAW, LATER).changes_nothing()
    stood.when(CORRECT, LATER).rejects("has withdrawn its report", code="withdrawn")
    stood.when(FILE, LATER).then(replace(FILED, reported_on=date(2013, 3, 20), late=True))
    closed = replace(LATER, closed_since=date(2013, 3, 10))
    given(MONTHLY_REPORT, FILED).when(WITHDRAW, closed).rejects("is closed", code="closed-month")
