"""No one person takes the whole way of money out of a fund: 不相容职务相互分离, by a dated rule."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from services.projects.common.refusal import Refused
from services.projects.funds.decisions import FUND, decide
from services.projects.funds.separation import Separation, Step
from services.projects.funds.subsidies.decisions.commands import Deciding
from services.projects.funds.subsidies.facts import SubsidyAssessed, SubsidyCommitted, SubsidyReleased
from tests.kit.spec import given
from tests.unit.projects import test_award as award
from tests.unit.projects import test_money as money
from tests.unit.projects.test_money import (
    ASSESSED,
    COMMITTED,
    LATER,
    MILLION,
    OF_IT,
    OFFICE,
    OPENED,
    REQUESTED,
    RESERVED,
    assess,
    balance,
    commit,
    pay,
    release,
    reserve,
)

CLERK = REQUESTED.requested_by


def by(person: str) -> Deciding:
    return replace(OFFICE, by=person)


def test_who_asks_does_not_assess_and_does_not_commit() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED).when(assess(10_000), by(CLERK)).rejects(
        "You requested it: another person assesses it", code="same-person"
    )
    given(FUND, OPENED, REQUESTED, RESERVED, ASSESSED).when(commit(), by(CLERK)).rejects(
        "another person commits the money", code="same-person"
    )


def test_who_commits_or_assesses_does_not_pay() -> None:
    done = (OPENED, REQUESTED, RESERVED, replace(ASSESSED, decided_by="核定人"), COMMITTED)
    for person in (OFFICE.by, "核定人"):
        given(FUND, *done).when(pay(), by(person)).rejects("another person pays it", code="same-person")


def test_an_office_of_two_can_do_all_of_it() -> None:
    """One requests and pays, the other assesses and commits."""
    first, second = CLERK, "second"
    state = FUND.fold([OPENED, REQUESTED])
    steps: tuple[tuple[Any, str], ...] = (
        (reserve(), second),
        (assess(12_000, on=money.ON), second),
        (commit(), second),
        (pay(), first),
    )
    for command, person in steps:
        state = FUND.fold(decide(command, state, by(person)), state)
    assert state.balance.paid == 5 * MILLION  # type: ignore[union-attr]


def test_an_audit_that_confirms_what_was_asked_is_a_fact_and_without_one_nothing_is_committed() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED).when(commit(), OFFICE).rejects(
        "was not audited", code="not-assessed"
    )
    confirms = assess(12_000, on=money.ON)
    given(FUND, OPENED, REQUESTED, RESERVED).when(confirms, OFFICE).then(
        SubsidyAssessed(
            **OF_IT,
            base=confirms.base,
            previous_entitlement=5 * MILLION,
            entitlement=5 * MILLION,
            released=Decimal(0),
            on=money.ON,
            evidence=confirms.evidence,
            reason=confirms.reason,
            decided_by=OFFICE.by,
            balance=balance(5),
        )
    )
    given(FUND, OPENED, REQUESTED, RESERVED, ASSESSED).when(confirms, OFFICE).changes_nothing()


def test_of_two_who_commit_a_part_neither_pays() -> None:
    one = replace(COMMITTED, amount=2 * MILLION, released=3 * MILLION, balance=balance(0, 2))
    more = replace(RESERVED, amount=3 * MILLION, balance=balance(3, 2))
    two = replace(COMMITTED, amount=3 * MILLION, decided_by="other", balance=balance(0, 5))
    history = (OPENED, REQUESTED, RESERVED, replace(ASSESSED, decided_by="核定人"), one, more, two)
    for person in (OFFICE.by, "other"):
        given(FUND, *history).when(pay(1), by(person)).rejects("You committed the money", code="same-person")


def test_who_committed_what_was_released_again_may_pay_what_another_committed() -> None:
    back = SubsidyReleased(
        **OF_IT,
        amount=5 * MILLION,
        of_reserved=Decimal(0),
        on=LATER,
        reason="重新下达",
        decided_by=OFFICE.by,
        balance=balance(),
    )
    again = (replace(RESERVED, on=LATER), replace(COMMITTED, on=LATER, decided_by="other"))
    assert isinstance(again[1], SubsidyCommitted)
    assessed = replace(ASSESSED, decided_by="other")
    history = (OPENED, REQUESTED, RESERVED, assessed, COMMITTED, back, *again)
    given(FUND, *history).when(pay(), OFFICE).then(replace(money.PAID, decided_by=OFFICE.by))


def test_an_award_is_paid_by_another_than_who_committed_it() -> None:
    given(FUND, award.POT, award.RESERVED).when(award.COMMIT, award.OFFICE).then(award.COMMITTED)
    given(FUND, award.POT, award.RESERVED, award.COMMITTED).when(award.PAY, award.OFFICE).rejects(
        "You committed the money", code="same-person"
    )


def test_a_plan_may_say_otherwise() -> None:
    none = Separation(subsidy=(), award=(), assessed_before_commitment=False)
    given(FUND, OPENED, REQUESTED, RESERVED).when(commit(), replace(OFFICE, separation=none)).then(COMMITTED)
    strict = replace(none, subsidy=((Step.RESERVE, Step.COMMIT),))
    given(FUND, OPENED, REQUESTED, RESERVED).when(commit(), replace(OFFICE, separation=strict)).rejects(
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
            "release": release(amount),
        }[what]
        try:
            made = decide(replace(command, on=LATER), state, by(person))
        except Refused:
            continue
        if what == "commit":
            committers = {*committers, person} if held else {person}
            assert person != CLERK
        if what == "pay":
            assert person not in committers
        state = FUND.fold(made, state)
        held = state.applications["S-1"].committed  # type: ignore[union-attr]
