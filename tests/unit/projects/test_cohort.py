"""Cohorts of contract years: closed once, kept for ever; the start rate counts exits in (PM-2, PM-4, G-8)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.projects.cohorts.decisions import COHORT, CloseCohort, Contracts, NoteLateContract
from services.projects.cohorts.facts import Cohort, CohortClosed, CohortMember, LateContractFound
from services.projects.cohorts.rate import Standing, start_rate
from services.projects.common.investor import InvestorKind
from tests.kit.spec import given

ONE = CohortMember("P-1", "350181", date(2012, 6, 18), Decimal("120000000"))
TWO = CohortMember("P-2", "350181", date(2012, 9, 8), None)
CLOSE = CloseCohort(investor_kind=InvestorKind.PRIVATE, year=2012)
KNOWN = Contracts(today=date(2013, 1, 31), by="office", members=(TWO, ONE))
CLOSED = CohortClosed(
    cohort="private:2012",
    investor_kind=InvestorKind.PRIVATE,
    year=2012,
    members=(ONE, TWO),
    closed_on=date(2013, 1, 31),
    closed_by="office",
)


def test_a_year_that_is_over_is_closed_once_and_for_ever() -> None:
    given(COHORT).when(CLOSE, KNOWN).then(CLOSED)
    later = replace(KNOWN, members=(ONE,), today=date(2014, 1, 1))
    given(COHORT, CLOSED).when(CLOSE, later).changes_nothing()


def test_a_contract_that_comes_after_the_closing_is_told_once_and_is_no_member() -> None:
    late = CohortMember("P-3", "350181", date(2012, 11, 1), Decimal("5000000"))
    note, on = NoteLateContract(cohort="private:2012", contract=late), replace(KNOWN, today=date(2013, 4, 12))
    found = LateContractFound(
        cohort="private:2012",
        project="P-3",
        region="350181",
        contracted_on=date(2012, 11, 1),
        amount=Decimal("5000000"),
        on=on.today,
    )
    state = given(COHORT, CLOSED).when(note, on).then(found)
    assert isinstance(state, Cohort)
    assert state.closed == CLOSED
    given(COHORT, CLOSED, found).when(note, replace(on, today=date(2013, 4, 13))).changes_nothing()
    given(COHORT, CLOSED).when(replace(note, contract=ONE), on).changes_nothing()
    given(COHORT).when(note, on).changes_nothing()


def test_a_year_is_not_closed_before_its_end_nor_without_members() -> None:
    given(COHORT).when(CLOSE, replace(KNOWN, today=date(2012, 12, 31))).rejects(
        "is not over", code="future-year"
    )
    given(COHORT).when(CLOSE, replace(KNOWN, members=())).rejects("nothing to close", code="no-members")


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
