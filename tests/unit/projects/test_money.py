"""Fund (专项资金): what a project may get of it, and what the ledger never does (TR-19 to TR-21, X-11, G-7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from services.projects.common.plausibility import USUAL
from services.projects.common.refusal import Refused
from services.projects.funds.balance import Balance
from services.projects.funds.decisions import (
    FUND,
    ChangeAppropriation,
    ChangeFundTerms,
    OpenFund,
    TermsPart,
    decide,
)
from services.projects.funds.facts import Fund, FundAppropriationChanged, FundOpened
from services.projects.funds.separation import Separation, Step
from services.projects.funds.subsidies.decisions.commands import (
    Asking,
    AssessSubsidy,
    CloseSubsidy,
    CommitSubsidy,
    CriterionPart,
    Deciding,
    KnownProject,
    PaySubsidy,
    RecoverSubsidy,
    ReleaseSubsidy,
    RequestSubsidy,
    ReserveSubsidy,
)
from services.projects.funds.subsidies.facts import (
    CriterionMet,
    Outcome,
    Status,
    SubsidyAssessed,
    SubsidyClosed,
    SubsidyCommitted,
    SubsidyPaid,
    SubsidyRecovered,
    SubsidyReleased,
    SubsidyRequested,
    SubsidyReserved,
)
from services.projects.funds.terms import Aid, Base, Terms, entitlement
from shared.command import Given
from tests.kit.spec import given

TODAY = date(2013, 6, 30)
ON = date(2013, 4, 1)
LATER = date(2013, 5, 1)
YUAN_1E4 = Decimal(10_000)
TR_19 = Terms(
    valid_from=date(2013, 1, 1),
    valid_to=date(2013, 12, 31),
    aids=(Aid.INTEREST_SUBSIDY, Aid.GRANT),
    bases=(Base.BANK_LOAN, Base.EQUIPMENT),
    rate=Decimal("0.05"),
    cap=500 * YUAN_1E4,
    stages=("started", "partly_producing", "producing", "accepted"),
    programmes=("TR",),
    source="TR-19",
)
TR_20 = replace(
    TR_19,
    aids=(Aid.GRANT,),
    bases=(),
    rate=None,
    cap=None,
    stages=("planned",),
    criteria=("internationally_leading", "economic_benefit"),
)
PART = TermsPart(
    valid_from=TR_19.valid_from,
    valid_to=TR_19.valid_to,
    aids=TR_19.aids,
    bases=TR_19.bases,
    rate=TR_19.rate,
    cap=TR_19.cap,
    stages=TR_19.stages,
    programmes=TR_19.programmes,
    source=TR_19.source,
)
JANUARY = Given(today=date(2013, 1, 27), by="省财政厅")
TREASURER = Given(today=TODAY, by="省财政厅")
OPEN = OpenFund(
    fund="TR-19",
    name="省级企业技术改造专项资金",
    region="350000",
    purpose="贴息或补助",
    amount=Decimal(300_000_000),
    valid_from=date(2013, 1, 1),
    valid_to=date(2013, 12, 31),
    terms=(PART,),
    source="TR-19",
)
OPENED = FundOpened(
    fund="TR-19",
    name="省级企业技术改造专项资金",
    region="350000",
    purpose="贴息或补助",
    valid_from=date(2013, 1, 1),
    valid_to=date(2013, 12, 31),
    terms=(TR_19,),
    source="TR-19",
    opened_on=date(2013, 1, 27),
    balance=Balance(Decimal(300_000_000)),
)
PROJECT = KnownProject(
    project="P-1",
    region="350181",
    enterprise="E-1",
    stage="started",
    programmes=("TR",),
    total_investment=15_000 * YUAN_1E4,
    equipment_investment=12_000 * YUAN_1E4,
    bank_loan=None,
    in_area=True,
)
CLERK = Asking(today=TODAY, by="福清市经贸局", application="S-1", project=PROJECT, care=USUAL)
REQUEST = RequestSubsidy(
    application="S-1",
    fund="TR-19",
    project="P-1",
    aid=Aid.GRANT,
    base_kind=Base.EQUIPMENT,
    base=12_000 * YUAN_1E4,
    evidence="设备发票清单1号",
    on=ON,
)
REQUESTED = SubsidyRequested(
    application="S-1",
    fund="TR-19",
    project="P-1",
    region="350181",
    enterprise="E-1",
    aid=Aid.GRANT,
    base_kind=Base.EQUIPMENT,
    base=12_000 * YUAN_1E4,
    evidence="设备发票清单1号",
    criteria=(),
    entitlement=500 * YUAN_1E4,
    on=ON,
    requested_by="福清市经贸局",
    confirmed=False,
)
MILLION = Decimal(1_000_000)
SEPARATION = Separation(
    subsidy=(
        (Step.REQUEST, Step.ASSESS),
        (Step.REQUEST, Step.COMMIT),
        (Step.ASSESS, Step.PAY),
        (Step.COMMIT, Step.PAY),
    ),
    award=((Step.COMMIT, Step.PAY),),
    assessed_before_commitment=True,
)


OFFICE = Deciding(today=TODAY, by="省经贸委", stage="started", separation=SEPARATION, care=USUAL)
TREASURY = replace(OFFICE, by="省财政厅")
OF: dict[str, Any] = {"fund": "TR-19", "application": "S-1"}
OF_IT: dict[str, Any] = {**OF, "project": "P-1", "region": "350181"}


def balance(reserved: int = 0, committed: int = 0, paid: int = 0, appropriated: int = 300) -> Balance:
    """In millions of yuan."""
    return Balance(appropriated * MILLION, reserved * MILLION, committed * MILLION, paid * MILLION)


RESERVED = SubsidyReserved(
    **OF_IT, amount=5 * MILLION, on=ON, evidence="预留1号", decided_by="省经贸委", balance=balance(5)
)
ASSESSED = SubsidyAssessed(
    **OF_IT,
    base=12_000 * YUAN_1E4,
    previous_entitlement=5 * MILLION,
    entitlement=5 * MILLION,
    released=Decimal(0),
    on=ON,
    evidence="审计报告0号",
    reason="核定",
    decided_by="省经贸委",
    balance=balance(5),
)
COMMITTED = SubsidyCommitted(
    **OF_IT,
    amount=5 * MILLION,
    released=Decimal(0),
    on=ON,
    evidence="闽财企1号",
    decided_by="省经贸委",
    balance=balance(0, 5),
)
PAID = SubsidyPaid(
    **OF_IT, amount=5 * MILLION, on=LATER, evidence="凭证1", decided_by="省财政厅", balance=balance(0, 0, 5)
)


def millions(amount: int | None) -> Decimal | None:
    return None if amount is None else amount * MILLION


def reserve(amount: int | None = None, application: str = "S-1") -> ReserveSubsidy:
    return ReserveSubsidy(
        fund="TR-19", application=application, amount=millions(amount), on=ON, evidence="预留1号"
    )


def commit(amount: int | None = None, on: date = ON) -> CommitSubsidy:
    return CommitSubsidy(**OF, amount=millions(amount), on=on, evidence="闽财企1号")


def pay(amount: int | None = None, voucher: str = "凭证1") -> PaySubsidy:
    return PaySubsidy(**OF, amount=millions(amount), on=LATER, evidence=voucher)


def release(amount: int | None = None) -> ReleaseSubsidy:
    return ReleaseSubsidy(**OF, amount=millions(amount), on=LATER, reason="项目取消")


def recover(amount: int | None = None) -> RecoverSubsidy:
    return RecoverSubsidy(**OF, amount=millions(amount), on=LATER, evidence="退款1", reason="项目终止")


def assess(base: int, on: date | None = LATER) -> AssessSubsidy:
    """`base` in 万元."""
    return AssessSubsidy(**OF, base=base * YUAN_1E4, on=on, evidence="审计报告1号", reason="核减")


@pytest.mark.parametrize(
    ("base", "gives"),
    [(4_000, 200), (10_000, 500), (12_000, 500), (9_999, Decimal("499.95"))],
    ids=["below the cap", "the cap exactly", "G-7: above the cap", "just below"],
)
def test_five_percent_of_the_base_and_five_million_at_most(base: int, gives: Decimal) -> None:
    assert entitlement(TR_19, base * YUAN_1E4) == gives * YUAN_1E4


def test_the_amount_is_cut_to_the_fen_and_never_over_the_rate() -> None:
    assert entitlement(TR_19, Decimal("100000.19")) == Decimal("5000.00")


def test_a_fund_is_opened_once() -> None:
    given(FUND).when(OPEN, JANUARY).then(OPENED)
    given(FUND, OPENED).when(OPEN, TREASURER).changes_nothing()
    given(FUND, OPENED).when(replace(OPEN, amount=MILLION), JANUARY).rejects("already", code="exists")


def test_a_fund_with_two_terms_on_a_day_is_rejected() -> None:
    both = (PART, replace(PART, valid_from=date(2013, 6, 1)))
    given(FUND).when(replace(OPEN, terms=both), JANUARY).rejects(
        "Two terms hold on 2013-06-01", code="overlap"
    )


def test_a_project_asks_and_the_formula_says_how_much() -> None:
    given(FUND, OPENED).when(REQUEST, CLERK).then(REQUESTED)
    given(FUND, OPENED, REQUESTED, RESERVED).when(REQUEST, replace(CLERK, by="x")).changes_nothing()


def test_the_two_bases_are_alternatives_and_never_added() -> None:
    loan = replace(REQUEST, application="S-2", base_kind=Base.BANK_LOAN, base=8_000 * YUAN_1E4)
    given(FUND, OPENED, REQUESTED).when(loan, replace(CLERK, application="S-2")).rejects(
        "has asked this fund already", code="already-asked"
    )


@pytest.mark.parametrize(
    ("known", "why", "code"),
    [
        (replace(PROJECT, stage="planned"), "is planned", "stage"),
        (replace(PROJECT, stage="terminated"), "is terminated", "stage"),
        (replace(PROJECT, programmes=("PM",)), "for projects of TR", "other-programme"),
        (replace(PROJECT, in_area=False), "lies in 350181", "foreign-project"),
    ],
)
def test_a_project_that_the_fund_is_not_for_is_rejected(known: KnownProject, why: str, code: str) -> None:
    given(FUND, OPENED).when(REQUEST, replace(CLERK, project=known)).rejects(why, code=code)


def test_a_base_in_the_wrong_unit_is_asked_about_and_may_be_confirmed() -> None:
    in_1e4 = replace(REQUEST, base=Decimal(8_000))
    given(FUND, OPENED).when(in_1e4, CLERK).rejects("little for", code="confirm-amount")
    more = replace(REQUEST, base=13_000 * YUAN_1E4)
    given(FUND, OPENED).when(more, CLERK).rejects("more than the 120000000 yuan", code="confirm-amount")
    given(FUND, OPENED).when(replace(more, confirmed=True), CLERK).then(
        replace(REQUESTED, base=13_000 * YUAN_1E4, confirmed=True)
    )


def test_an_audit_in_the_wrong_unit_is_asked_about_and_may_be_confirmed() -> None:
    audit = replace(assess(200), on=TODAY)
    given(FUND, OPENED, REQUESTED).when(audit, OFFICE).rejects("less than a 20th", code="confirm-amount")
    confirmed = given(FUND, OPENED, REQUESTED).when(replace(audit, confirmed=True), OFFICE)
    assert [type(event).__name__ for event in confirmed.events] == ["SubsidyAssessed"]


def test_a_loan_is_measured_by_the_projects_loan_where_it_is_known() -> None:
    loan = replace(REQUEST, base_kind=Base.BANK_LOAN)
    given(FUND, OPENED).when(loan, CLERK).then(replace(REQUESTED, base_kind=Base.BANK_LOAN))
    small = replace(CLERK, project=replace(PROJECT, bank_loan=6_000 * YUAN_1E4))
    given(FUND, OPENED).when(loan, small).rejects("more than the 60000000 yuan", code="confirm-amount")


def test_a_fund_without_a_formula_decides_by_its_criteria() -> None:
    opened = replace(OPENED, terms=(TR_20,))
    asks = replace(
        REQUEST,
        base_kind=None,
        base=None,
        amount=2 * MILLION,
        criteria=(
            CriterionPart(criterion="internationally_leading", evidence="鉴定1号"),
            CriterionPart(criterion="economic_benefit", evidence="可研1号"),
        ),
    )
    clerk = replace(CLERK, project=replace(PROJECT, stage="planned"))
    given(FUND, opened).when(replace(asks, criteria=()), clerk).rejects("criteria are", code="criteria")
    given(FUND, opened).when(replace(asks, amount=None), clerk).rejects("case by case", code="amount-missing")
    asked = replace(
        REQUESTED,
        base_kind=None,
        base=None,
        entitlement=2 * MILLION,
        criteria=(
            CriterionMet(criterion="economic_benefit", evidence="可研1号"),
            CriterionMet(criterion="internationally_leading", evidence="鉴定1号"),
        ),
    )
    given(FUND, opened).when(asks, clerk).then(asked)
    given(FUND, opened, asked).when(asks, clerk).changes_nothing()


def test_a_saving_is_paid_by_the_ton_within_its_bounds() -> None:
    epc = replace(
        TR_19,
        bases=(Base.ENERGY_SAVING,),
        rate=Decimal(240),
        cap=None,
        base_from=Decimal(500),
        base_below=Decimal(10_000),
    )
    opened = replace(OPENED, terms=(epc,))
    saving = replace(REQUEST, base_kind=Base.ENERGY_SAVING, base=Decimal(4_000))
    state = given(FUND, opened).when(saving, CLERK).state
    assert isinstance(state, Fund)
    assert state.applications["S-1"].entitlement == Decimal(960_000)
    for outside in (Decimal("499.9"), Decimal(10_000)):
        given(FUND, opened).when(replace(saving, base=outside), CLERK).rejects(
            "from 500 to below 10000", code="base-out-of-range"
        )


def test_money_is_reserved_committed_and_paid() -> None:
    asked = (OPENED, REQUESTED)
    given(FUND, *asked).when(reserve(), OFFICE).then(RESERVED)
    given(FUND, *asked, RESERVED, ASSESSED).when(commit(), OFFICE).then(COMMITTED)
    state = given(FUND, *asked, RESERVED, COMMITTED).when(pay(), TREASURY).then(PAID)
    assert isinstance(state, Fund)
    assert state.applications["S-1"].status == Status.PAID


def test_what_is_not_committed_of_a_reservation_goes_back() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED, ASSESSED).when(commit(3), OFFICE).then(
        replace(COMMITTED, amount=3 * MILLION, released=2 * MILLION, balance=balance(0, 3))
    )


def test_more_than_the_entitlement_is_never_reserved() -> None:
    given(FUND, OPENED, REQUESTED).when(reserve(6), OFFICE).rejects(
        "5000000 yuan are entitled", code="amount"
    )
    given(FUND, OPENED, REQUESTED, RESERVED).when(reserve(), OFFICE).rejects(
        "Nothing is entitled", code="nothing-left"
    )


def test_the_pot_is_not_overdrawn() -> None:
    small = replace(OPENED, balance=balance(appropriated=4))
    given(FUND, small, REQUESTED).when(reserve(), OFFICE).rejects("has 4000000 yuan left", code="overdrawn")
    given(FUND, small, REQUESTED).when(reserve(4), OFFICE).then(
        replace(RESERVED, amount=4 * MILLION, balance=balance(4, appropriated=4))
    )


def test_sixty_projects_at_the_cap_empty_the_pot() -> None:
    """TR-19: 300 million yuan are 60 times 5 million; the 61st project finds nothing."""
    state = FUND.fold([OPENED])
    for n in range(60):
        asked = replace(REQUESTED, application=f"S-{n}", project=f"P-{n}")
        state = FUND.fold([asked], state)
        state = FUND.fold(decide(reserve(application=f"S-{n}"), state, OFFICE), state)
    assert isinstance(state, Fund)
    assert state.balance.available == 0
    last = FUND.fold([replace(REQUESTED, application="S-61", project="P-61")], state)
    with pytest.raises(Refused, match="yuan left"):
        decide(reserve(1, application="S-61"), last, OFFICE)


def test_a_voucher_pays_once() -> None:
    first = replace(PAID, amount=2 * MILLION, balance=balance(0, 3, 2))
    history = (OPENED, REQUESTED, RESERVED, COMMITTED, first)
    given(FUND, *history).when(pay(3), TREASURY).rejects("paid on 凭证1 already", code="voucher-used")
    given(FUND, *history).when(pay(voucher="凭证2"), TREASURY).then(
        replace(PAID, amount=3 * MILLION, evidence="凭证2", balance=balance(0, 0, 5))
    )


def test_a_terminated_project_gets_nothing_more() -> None:
    given(FUND, OPENED, REQUESTED).when(reserve(), replace(OFFICE, stage="formally_ended")).rejects(
        "is terminated"
    )
    given(FUND, OPENED, REQUESTED).when(reserve(), replace(OFFICE, stage="terminated")).rejects(
        "is terminated"
    )
    given(FUND, OPENED, REQUESTED, RESERVED, COMMITTED).when(
        pay(), replace(TREASURY, stage="terminated")
    ).rejects("is terminated")


def test_a_release_takes_what_is_reserved_first() -> None:
    part = replace(COMMITTED, amount=3 * MILLION, released=2 * MILLION, balance=balance(0, 3))
    again = replace(RESERVED, amount=2 * MILLION, balance=balance(2, 3))
    given(FUND, OPENED, REQUESTED, RESERVED, part, again).when(release(4), OFFICE).then(
        SubsidyReleased(
            **OF_IT,
            amount=4 * MILLION,
            of_reserved=2 * MILLION,
            on=LATER,
            reason="项目取消",
            decided_by="省经贸委",
            balance=balance(0, 1),
        )
    )


def test_a_smaller_audited_base_releases_what_is_reserved_above_it() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED).when(assess(8_000), OFFICE).then(
        SubsidyAssessed(
            **OF_IT,
            base=8_000 * YUAN_1E4,
            previous_entitlement=5 * MILLION,
            entitlement=4 * MILLION,
            released=MILLION,
            on=LATER,
            evidence="审计报告1号",
            reason="核减",
            decided_by="省经贸委",
            balance=balance(4),
        )
    )
    given(FUND, OPENED, REQUESTED, RESERVED, COMMITTED).when(assess(8_000), OFFICE).rejects(
        "committed or paid", code="over-entitlement"
    )


def test_money_that_came_back_is_available_again() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED, COMMITTED, PAID).when(recover(), TREASURY).then(
        SubsidyRecovered(
            **OF_IT,
            amount=5 * MILLION,
            on=LATER,
            evidence="退款1",
            reason="项目终止",
            decided_by="省财政厅",
            balance=balance(),
        )
    )


def test_an_application_is_closed_when_nothing_is_held_for_it() -> None:
    close = CloseSubsidy(**OF, outcome=Outcome.REJECTED, on=LATER, reason="不符合条件")
    given(FUND, OPENED, REQUESTED, RESERVED).when(close, OFFICE).rejects(
        "5000000 yuan are", code="money-held"
    )
    closed = SubsidyClosed(
        **OF_IT, outcome=Outcome.REJECTED, on=LATER, reason="不符合条件", decided_by="省经贸委"
    )
    given(FUND, OPENED, REQUESTED).when(close, OFFICE).then(closed)
    given(FUND, OPENED, REQUESTED, closed).when(reserve(), OFFICE).rejects("was rejected", code="closed")
    again = replace(REQUEST, application="S-2")
    given(FUND, OPENED, REQUESTED, closed).when(again, replace(CLERK, application="S-2")).then(
        replace(REQUESTED, application="S-2")
    )


def test_after_the_funds_year_nothing_is_committed_but_what_was_is_paid() -> None:
    ended = replace(OPENED, valid_to=date(2013, 4, 15))
    given(FUND, ended, REQUESTED, RESERVED).when(commit(on=LATER), OFFICE).rejects(
        "may be drawn on", code="fund-closed"
    )
    given(FUND, ended, REQUESTED, RESERVED, COMMITTED).when(pay(), TREASURY).then(PAID)


def test_a_cut_leaves_what_is_held() -> None:
    cut = ChangeAppropriation(fund="TR-19", amount=-298 * MILLION, on=ON, evidence="闽财预1号", reason="调减")
    given(FUND, OPENED, REQUESTED, RESERVED).when(cut, TREASURER).rejects(
        "only 295000000 can", code="overdrawn"
    )
    given(FUND, OPENED).when(cut, TREASURER).then(
        FundAppropriationChanged(
            fund="TR-19",
            region="350000",
            amount=-298 * MILLION,
            on=ON,
            evidence="闽财预1号",
            reason="调减",
            decided_by="省财政厅",
            balance=balance(appropriated=2),
        )
    )


def test_other_terms_leave_what_was_asked_on_the_old_ones() -> None:
    half = replace(PART, rate=Decimal("0.025"))
    change = ChangeFundTerms(fund="TR-19", terms=(half,), on=ON, evidence="闽经贸1号", reason="调整")
    state = given(FUND, OPENED, REQUESTED).when(change, TREASURER).state
    assert isinstance(state, Fund)
    assert state.applications["S-1"].entitlement == 5 * MILLION
    given(FUND, OPENED).when(replace(change, terms=(PART,)), TREASURER).changes_nothing()


def test_days_that_have_not_come_or_lie_before_the_last_decision_are_rejected() -> None:
    given(FUND, OPENED, REQUESTED).when(replace(reserve(), on=date(2013, 7, 1)), OFFICE).rejects(
        "not come yet"
    )
    given(FUND, OPENED, REQUESTED).when(replace(reserve(), on=date(2013, 3, 1)), OFFICE).rejects(
        "decided on last"
    )


def test_nothing_happens_to_a_fund_or_application_that_is_not_there() -> None:
    given(FUND).when(REQUEST, CLERK).rejects("there is no fund 'TR-19'", code="not-found")
    given(FUND, OPENED).when(reserve(), OFFICE).rejects("no application 'S-1'", code="not-found")


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "commit", "pay", "release", "recover", "assess"]),
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(1, 9)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@over(ENTRIES)
def test_whatever_is_decided_the_ledger_balances_after_every_entry(
    entries: list[tuple[str, int, int | None]],
) -> None:
    """X-11: appropriated = available + reserved + committed + paid, and each part is the sum of its applications."""
    applications = [replace(REQUESTED, application=f"S-{n}", project=f"P-{n}") for n in range(4)]
    state = FUND.fold([replace(OPENED, balance=balance(appropriated=12)), *applications])
    for count, (what, n, amount) in enumerate(entries):
        command: Any = {
            "reserve": reserve(amount),
            "commit": commit(amount),
            "pay": pay(amount, voucher=f"凭证{count}"),
            "release": release(amount),
            "recover": recover(amount),
            "assess": assess((amount or 4) * 2_000),
        }[what]
        by = TREASURY if what == "pay" else OFFICE
        try:
            state = FUND.fold(decide(replace(command, application=f"S-{n}", on=LATER), state, by), state)
        except Refused:
            continue
        assert isinstance(state, Fund)
        held = state.applications.values()
        assert state.balance.available >= 0
        assert min(min(each.reserved, each.committed, each.paid, each.room) for each in held) >= 0
        assert state.balance == Balance(
            12 * MILLION,
            sum((each.reserved for each in held), Decimal(0)),
            sum((each.committed for each in held), Decimal(0)),
            sum((each.paid for each in held), Decimal(0)),
        )
