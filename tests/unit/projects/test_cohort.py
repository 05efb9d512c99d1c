"""Cohorts of contract years: closed once, kept for ever; the start rate counts exits in (PM-2, PM-4, G-8)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.projects.domain.cohort import (
    CloseCohort,
    ClosedCohort,
    CohortClosed,
    CohortMember,
    LateContractFound,
    NoteLateContract,
    Standing,
    start_rate,
)
from services.projects.domain.investor import InvestorKind
from services.projects.events import COHORT
from tests.kit.spec import given

ONE = CohortMember("P-1", "350181", date(2012, 6, 18), Decimal("120000000"))
TWO = CohortMember("P-2", "350181", date(2012, 9, 8), None)
CLOSE = CloseCohort(InvestorKind.PRIVATE, 2012, (TWO, ONE), "office", date(2013, 1, 31))
CLOSED = CohortClosed("private:2012", InvestorKind.PRIVATE, 2012, (ONE, TWO), date(2013, 1, 31), "office")


def test_a_year_that_is_over_is_closed_once_and_for_ever() -> None:
    given(COHORT).when(CLOSE).then(CLOSED)
    given(COHORT, CLOSED).when(replace(CLOSE, members=(ONE,), today=date(2014, 1, 1))).changes_nothing()


def test_a_contract_that_comes_after_the_closing_is_told_once_and_is_no_member() -> None:
    late = CohortMember("P-3", "350181", date(2012, 11, 1), Decimal("5000000"))
    note = NoteLateContract("private:2012", late, date(2013, 4, 12))
    found = LateContractFound(
        "private:2012", "P-3", "350181", date(2012, 11, 1), Decimal("5000000"), date(2013, 4, 12)
    )
    state = given(COHORT, CLOSED).when(note).then(found)
    assert isinstance(state, ClosedCohort)
    assert state.closed == CLOSED
    given(COHORT, CLOSED, found).when(replace(note, today=date(2013, 4, 13))).changes_nothing()
    given(COHORT, CLOSED).when(replace(note, contract=ONE)).changes_nothing()
    given(COHORT).when(note).changes_nothing()


def test_a_year_is_not_closed_before_its_end_nor_without_members() -> None:
    given(COHORT).when(replace(CLOSE, today=date(2012, 12, 31))).rejects("is not over", code="future-year")
    given(COHORT).when(replace(CLOSE, members=())).rejects("nothing to close", code="no-members")


def test_g8_exits_stay_in_the_start_rate() -> None:
    live = [Standing(started=True)] * 1639 + [Standing(started=False)] * (2744 - 1639)
    exits = [Standing(started=True, exited=True)] * 243
    rate = start_rate([*live, *exits])
    assert (rate.members, rate.counted, rate.started, rate.exits) == (2987, 2987, 1882, 243)
    assert rate.percent == Decimal("63.01")  # 63.0 %
    assert start_rate(live).percent == Decimal("59.73")  # what the projects still followed would say


def test_the_formally_ended_leave_the_denominator_and_nobody_else() -> None:
    standing = [Standing(True), Standing(False), Standing(False, formally_ended=True)]
    rate = start_rate(standing)
    assert (rate.members, rate.counted, rate.formally_ended, rate.percent) == (3, 2, 1, Decimal("50.00"))
    assert start_rate([Standing(False, formally_ended=True)]).percent is None
