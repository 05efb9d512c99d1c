"""No one person takes the whole way of money out of a fund: 不相容职务相互分离, by a dated rule."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from services.projects.domain.money.award_commands import CommitAward, PayAward
from services.projects.domain.money.commands import ReleaseSubsidy
from services.projects.domain.money.decisions import decide
from services.projects.domain.money.fund import SubsidyAssessed, SubsidyCommitted, SubsidyReleased
from services.projects.domain.money.separation import Separation, Step
from services.projects.domain.refusal import Refused
from tests.kit.spec import given
from tests.unit.projects import test_award as award
from tests.unit.projects import test_money as money
from tests.unit.projects.test_money import (
    ASSESSED,
    COMMITTED,
    FUND,
    LATER,
    MILLION,
    OPENED,
    REQUESTED,
    RESERVED,
    TODAY,
    assess,
    balance,
    commit,
    of,
    pay,
    reserve,
)

CLERK = REQUESTED.requested_by
OFFICE = COMMITTED.decided_by


def test_who_asks_does_not_assess_and_does_not_commit() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED).when(replace(assess(10_000), decided_by=CLERK)).rejects(
        "You requested it: another person assesses it", code="same-person"
    )
    given(FUND, OPENED, REQUESTED, RESERVED, ASSESSED).when(replace(commit(), decided_by=CLERK)).rejects(
        "another person commits the money", code="same-person"
    )


def test_who_commits_or_assesses_does_not_pay() -> None:
    done = (OPENED, REQUESTED, RESERVED, replace(ASSESSED, decided_by="核定人"), COMMITTED)
    for person in (OFFICE, "核定人"):
        given(FUND, *done).when(replace(pay(), decided_by=person)).rejects(
            "another person pays it", code="same-person"
        )


def test_an_office_of_two_can_do_all_of_it() -> None:
    """One requests and pays, the other assesses and commits."""
    first, second = CLERK, "second"
    state = FUND.fold([OPENED, REQUESTED])
    for command in (
        replace(reserve(), decided_by=second),
        replace(assess(12_000), decided_by=second, on=money.ON),
        replace(commit(), decided_by=second),
        replace(pay(), decided_by=first),
    ):
        state = FUND.fold(decide(command, state), state)
    assert state.balance.paid == 5 * MILLION  # type: ignore[union-attr]


def test_an_audit_that_confirms_what_was_asked_is_a_fact_and_without_one_nothing_is_committed() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED).when(commit()).rejects("was not audited", code="not-assessed")
    confirms = replace(assess(12_000), on=money.ON)
    given(FUND, OPENED, REQUESTED, RESERVED).when(confirms).then(
        SubsidyAssessed(
            *of(),
            confirms.base,
            5 * MILLION,
            5 * MILLION,
            Decimal(0),
            money.ON,
            confirms.evidence,
            confirms.reason,
            confirms.decided_by,
            balance(5),
        )
    )
    given(FUND, OPENED, REQUESTED, RESERVED, ASSESSED).when(confirms).changes_nothing()


def test_of_two_who_commit_a_part_neither_pays() -> None:
    one = replace(COMMITTED, amount=2 * MILLION, released=3 * MILLION, balance=balance(0, 2))
    more = replace(RESERVED, amount=3 * MILLION, balance=balance(3, 2))
    two = replace(COMMITTED, amount=3 * MILLION, decided_by="other", balance=balance(0, 5))
    history = (OPENED, REQUESTED, RESERVED, replace(ASSESSED, decided_by="核定人"), one, more, two)
    for person in (OFFICE, "other"):
        given(FUND, *history).when(replace(pay(1), decided_by=person)).rejects(
            "You committed the money", code="same-person"
        )


def test_who_committed_what_was_released_again_may_pay_what_another_committed() -> None:
    back = SubsidyReleased(*of(), 5 * MILLION, Decimal(0), LATER, "重新下达", OFFICE, balance())
    again = (replace(RESERVED, on=LATER), replace(COMMITTED, on=LATER, decided_by="other"))
    assert isinstance(again[1], SubsidyCommitted)
    assessed = replace(ASSESSED, decided_by="other")
    history = (OPENED, REQUESTED, RESERVED, assessed, COMMITTED, back, *again)
    given(FUND, *history).when(replace(pay(), decided_by=OFFICE)).then(replace(money.PAID, decided_by=OFFICE))


def test_an_award_is_paid_by_another_than_who_committed_it() -> None:
    def do(kind: type[CommitAward] | type[PayAward]) -> CommitAward | PayAward:
        separation = money.SEPARATION
        return kind("TR-26", award.AWARD, None, award.ON, "1号", "处", award.TODAY, separation=separation)

    given(FUND, award.POT, award.RESERVED).when(do(CommitAward)).then(
        replace(award.COMMITTED, evidence="1号")
    )
    given(FUND, award.POT, award.RESERVED, award.COMMITTED).when(do(PayAward)).rejects(
        "You committed the money", code="same-person"
    )


def test_a_plan_may_say_otherwise() -> None:
    none = Separation(subsidy=(), award=(), assessed_before_commitment=False)
    given(FUND, OPENED, REQUESTED, RESERVED).when(replace(commit(), separation=none)).then(COMMITTED)
    strict = replace(none, subsidy=((Step.RESERVE, Step.COMMIT),))
    given(FUND, OPENED, REQUESTED, RESERVED).when(replace(commit(), separation=strict)).rejects(
        "You reserved the money", code="same-person"
    )


@settings(max_examples=80, deadline=None)
@over(
    st.lists(
        st.tuples(
            st.sampled_from(["reserve", "assess", "commit", "pay", "release"]),
            st.sampled_from([CLERK, "two", "three"]),
            st.integers(1, 5),
        ),
        max_size=30,
    )
)
def test_whatever_is_done_nobody_pays_what_they_committed(steps: list[tuple[str, str, int]]) -> None:
    state = FUND.fold([OPENED, REQUESTED])
    committers: set[str] = set()
    held = Decimal(0)
    for number, (what, person, amount) in enumerate(steps):
        command: Any = {
            "reserve": reserve(amount),
            "assess": assess(amount * 2_000),
            "commit": commit(amount),
            "pay": pay(amount, voucher=f"凭证{number}"),
            "release": ReleaseSubsidy("TR-19", "S-1", amount * MILLION, LATER, "退", person, TODAY),
        }[what]
        try:
            made = decide(replace(command, decided_by=person, on=LATER), state)
        except Refused:
            continue
        if what == "commit":
            committers = {*committers, person} if held else {person}
            assert person != CLERK
        if what == "pay":
            assert person not in committers
        state = FUND.fold(made, state)
        held = state.applications["S-1"].committed  # type: ignore[union-attr]
