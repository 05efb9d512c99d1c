"""Fund (专项资金): what a project may get of it, and what the ledger never does (TR-19 to TR-21, X-11, G-7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from services.projects.domain.money import commands as do
from services.projects.domain.money.balance import Balance
from services.projects.domain.money.decisions import decide
from services.projects.domain.money.fund import (
    INITIAL,
    CriterionMet,
    Fund,
    FundAppropriationChanged,
    FundOpened,
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
    evolve,
)
from services.projects.domain.money.separation import Separation, Step
from services.projects.domain.money.terms import Aid, Base, Terms, entitlement
from services.projects.domain.refusal import Refused
from shared.decider import Decider
from tests.kit.spec import given

FUND = Decider(INITIAL, decide, evolve)
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
OPEN = do.OpenFund(
    fund="TR-19",
    name="省级企业技术改造专项资金",
    region="350000",
    purpose="贴息或补助",
    amount=Decimal(300_000_000),
    valid_from=date(2013, 1, 1),
    valid_to=date(2013, 12, 31),
    terms=(TR_19,),
    source="TR-19",
    today=date(2013, 1, 27),
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
PROJECT = do.KnownProject(
    "P-1", "350181", "E-1", "started", ("TR",), 15_000 * YUAN_1E4, 12_000 * YUAN_1E4, None, in_area=True
)
REQUEST = do.RequestSubsidy(
    application="S-1",
    fund="TR-19",
    project=PROJECT,
    aid=Aid.GRANT,
    base_kind=Base.EQUIPMENT,
    base=12_000 * YUAN_1E4,
    amount=None,
    evidence="设备发票清单1号",
    criteria=(),
    on=ON,
    requested_by="福清市经贸局",
    today=TODAY,
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


def balance(reserved: int = 0, committed: int = 0, paid: int = 0, appropriated: int = 300) -> Balance:
    """In millions of yuan."""
    return Balance(appropriated * MILLION, reserved * MILLION, committed * MILLION, paid * MILLION)


def of(application: str = "S-1") -> tuple[str, str, str, str]:
    return application, "TR-19", "P-1", "350181"


RESERVED = SubsidyReserved(*of(), 5 * MILLION, ON, "预留1号", "省经贸委", balance(5))
ASSESSED = SubsidyAssessed(
    *of(),
    12_000 * YUAN_1E4,
    5 * MILLION,
    5 * MILLION,
    Decimal(0),
    ON,
    "审计报告0号",
    "核定",
    "省经贸委",
    balance(5),
)
COMMITTED = SubsidyCommitted(*of(), 5 * MILLION, Decimal(0), ON, "闽财企1号", "省经贸委", balance(0, 5))
PAID = SubsidyPaid(*of(), 5 * MILLION, LATER, "凭证1", "省财政厅", balance(0, 0, 5))


def reserve(amount: int | None = None, stage: str = "started", application: str = "S-1") -> do.ReserveSubsidy:
    yuan = None if amount is None else amount * MILLION
    return do.ReserveSubsidy(
        "TR-19", application, yuan, ON, "预留1号", "省经贸委", stage, TODAY, separation=SEPARATION
    )


def commit(amount: int | None = None, on: date = ON) -> do.CommitSubsidy:
    yuan = None if amount is None else amount * MILLION
    return do.CommitSubsidy(
        "TR-19", "S-1", yuan, on, "闽财企1号", "省经贸委", "started", TODAY, separation=SEPARATION
    )


def pay(amount: int | None = None, voucher: str = "凭证1", stage: str = "started") -> do.PaySubsidy:
    yuan = None if amount is None else amount * MILLION
    return do.PaySubsidy(
        "TR-19", "S-1", yuan, LATER, voucher, "省财政厅", stage, TODAY, separation=SEPARATION
    )


def release(amount: int | None = None) -> do.ReleaseSubsidy:
    yuan = None if amount is None else amount * MILLION
    return do.ReleaseSubsidy("TR-19", "S-1", yuan, LATER, "项目取消", "省经贸委", TODAY)


def assess(base: int) -> do.AssessSubsidy:
    """`base` in 万元."""
    return do.AssessSubsidy(
        "TR-19", "S-1", base * YUAN_1E4, None, LATER, "审计报告1号", "核减", "省经贸委", TODAY,
        separation=SEPARATION,
    )  # fmt: skip


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
    given(FUND).when(OPEN).then(OPENED)
    given(FUND, OPENED).when(replace(OPEN, today=TODAY)).changes_nothing()
    given(FUND, OPENED).when(replace(OPEN, amount=MILLION)).rejects("already", code="exists")


def test_a_fund_with_two_terms_on_a_day_is_rejected() -> None:
    both = (TR_19, replace(TR_19, valid_from=date(2013, 6, 1)))
    given(FUND).when(replace(OPEN, terms=both)).rejects("Two terms hold on 2013-06-01", code="overlap")


def test_a_project_asks_and_the_formula_says_how_much() -> None:
    given(FUND, OPENED).when(REQUEST).then(REQUESTED)
    given(FUND, OPENED, REQUESTED, RESERVED).when(replace(REQUEST, requested_by="x")).changes_nothing()


def test_the_two_bases_are_alternatives_and_never_added() -> None:
    loan = replace(REQUEST, application="S-2", base_kind=Base.BANK_LOAN, base=8_000 * YUAN_1E4)
    given(FUND, OPENED, REQUESTED).when(loan).rejects("has asked this fund already", code="already-asked")


@pytest.mark.parametrize(
    ("known", "why", "code"),
    [
        (replace(PROJECT, stage="planned"), "is planned", "stage"),
        (replace(PROJECT, stage="terminated"), "is terminated", "stage"),
        (replace(PROJECT, programmes=("PM",)), "for projects of TR", "other-programme"),
        (replace(PROJECT, in_area=False), "lies in 350181", "foreign-project"),
    ],
)
def test_a_project_that_the_fund_is_not_for_is_rejected(known: do.KnownProject, why: str, code: str) -> None:
    given(FUND, OPENED).when(replace(REQUEST, project=known)).rejects(why, code=code)


def test_a_base_in_the_wrong_unit_is_asked_about_and_may_be_confirmed() -> None:
    in_1e4 = replace(REQUEST, base=Decimal(8_000))
    given(FUND, OPENED).when(in_1e4).rejects("little for", code="confirm-amount")
    more = replace(REQUEST, base=13_000 * YUAN_1E4)
    given(FUND, OPENED).when(more).rejects("more than the 120000000 yuan", code="confirm-amount")
    given(FUND, OPENED).when(replace(more, confirmed=True)).then(
        replace(REQUESTED, base=13_000 * YUAN_1E4, confirmed=True)
    )


def test_an_audit_in_the_wrong_unit_is_asked_about_and_may_be_confirmed() -> None:
    audit = do.AssessSubsidy(
        "TR-19", "S-1", Decimal(2_000_000), None, TODAY, "审计1号", "核减", "省经贸委", TODAY,
        separation=SEPARATION,
    )  # fmt: skip
    given(FUND, OPENED, REQUESTED).when(audit).rejects("less than a 20th", code="confirm-amount")
    confirmed = given(FUND, OPENED, REQUESTED).when(replace(audit, confirmed=True))
    assert [type(event).__name__ for event in confirmed.events] == ["SubsidyAssessed"]


def test_a_loan_is_measured_by_the_projects_loan_where_it_is_known() -> None:
    loan = replace(REQUEST, base_kind=Base.BANK_LOAN)
    given(FUND, OPENED).when(loan).then(replace(REQUESTED, base_kind=Base.BANK_LOAN))
    small = replace(loan, project=replace(PROJECT, bank_loan=6_000 * YUAN_1E4))
    given(FUND, OPENED).when(small).rejects("more than the 60000000 yuan", code="confirm-amount")


def test_a_fund_without_a_formula_decides_by_its_criteria() -> None:
    opened = replace(OPENED, terms=(TR_20,))
    asks = replace(
        REQUEST,
        project=replace(PROJECT, stage="planned"),
        base_kind=None,
        base=None,
        amount=2 * MILLION,
        criteria=(
            CriterionMet("internationally_leading", "鉴定1号"),
            CriterionMet("economic_benefit", "可研1号"),
        ),
    )
    given(FUND, opened).when(replace(asks, criteria=())).rejects("criteria are", code="criteria")
    given(FUND, opened).when(replace(asks, amount=None)).rejects("case by case", code="amount-missing")
    asked = replace(
        REQUESTED,
        base_kind=None,
        base=None,
        entitlement=2 * MILLION,
        criteria=(
            CriterionMet("economic_benefit", "可研1号"),
            CriterionMet("internationally_leading", "鉴定1号"),
        ),
    )
    given(FUND, opened).when(asks).then(asked)
    given(FUND, opened, asked).when(asks).changes_nothing()


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
    state = given(FUND, opened).when(saving).state
    assert isinstance(state, Fund)
    assert state.applications["S-1"].entitlement == Decimal(960_000)
    for outside in (Decimal("499.9"), Decimal(10_000)):
        given(FUND, opened).when(replace(saving, base=outside)).rejects(
            "from 500 to below 10000", code="base-out-of-range"
        )


def test_money_is_reserved_committed_and_paid() -> None:
    asked = (OPENED, REQUESTED)
    given(FUND, *asked).when(reserve()).then(RESERVED)
    given(FUND, *asked, RESERVED, ASSESSED).when(commit()).then(COMMITTED)
    state = given(FUND, *asked, RESERVED, COMMITTED).when(pay()).then(PAID)
    assert isinstance(state, Fund)
    assert state.applications["S-1"].status == Status.PAID


def test_what_is_not_committed_of_a_reservation_goes_back() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED, ASSESSED).when(commit(3)).then(
        replace(COMMITTED, amount=3 * MILLION, released=2 * MILLION, balance=balance(0, 3))
    )


def test_more_than_the_entitlement_is_never_reserved() -> None:
    given(FUND, OPENED, REQUESTED).when(reserve(6)).rejects("5000000 yuan are entitled", code="amount")
    given(FUND, OPENED, REQUESTED, RESERVED).when(reserve()).rejects(
        "Nothing is entitled", code="nothing-left"
    )


def test_the_pot_is_not_overdrawn() -> None:
    small = replace(OPENED, balance=balance(appropriated=4))
    given(FUND, small, REQUESTED).when(reserve()).rejects("has 4000000 yuan left", code="overdrawn")
    given(FUND, small, REQUESTED).when(reserve(4)).then(
        replace(RESERVED, amount=4 * MILLION, balance=balance(4, appropriated=4))
    )


def test_sixty_projects_at_the_cap_empty_the_pot() -> None:
    """TR-19: 300 million yuan are 60 times 5 million; the 61st project finds nothing."""
    state = FUND.fold([OPENED])
    for n in range(60):
        asked = replace(REQUESTED, application=f"S-{n}", project=f"P-{n}")
        state = FUND.fold([asked], state)
        state = FUND.fold(decide(reserve(application=f"S-{n}"), state), state)
    assert isinstance(state, Fund)
    assert state.balance.available == 0
    last = FUND.fold([replace(REQUESTED, application="S-61", project="P-61")], state)
    with pytest.raises(Refused, match="yuan left"):
        decide(reserve(1, application="S-61"), last)


def test_a_voucher_pays_once() -> None:
    first = replace(PAID, amount=2 * MILLION, balance=balance(0, 3, 2))
    history = (OPENED, REQUESTED, RESERVED, COMMITTED, first)
    given(FUND, *history).when(pay(3)).rejects("paid on 凭证1 already", code="voucher-used")
    given(FUND, *history).when(pay(voucher="凭证2")).then(
        replace(PAID, amount=3 * MILLION, evidence="凭证2", balance=balance(0, 0, 5))
    )


def test_a_terminated_project_gets_nothing_more() -> None:
    given(FUND, OPENED, REQUESTED).when(reserve(stage="formally_ended")).rejects("is terminated")
    given(FUND, OPENED, REQUESTED).when(reserve(stage="terminated")).rejects("is terminated")
    given(FUND, OPENED, REQUESTED, RESERVED, COMMITTED).when(pay(stage="terminated")).rejects("is terminated")


def test_a_release_takes_what_is_reserved_first() -> None:
    part = replace(COMMITTED, amount=3 * MILLION, released=2 * MILLION, balance=balance(0, 3))
    again = replace(RESERVED, amount=2 * MILLION, balance=balance(2, 3))
    given(FUND, OPENED, REQUESTED, RESERVED, part, again).when(release(4)).then(
        SubsidyReleased(*of(), 4 * MILLION, 2 * MILLION, LATER, "项目取消", "省经贸委", balance(0, 1))
    )


def test_a_smaller_audited_base_releases_what_is_reserved_above_it() -> None:
    given(FUND, OPENED, REQUESTED, RESERVED).when(assess(8_000)).then(
        SubsidyAssessed(
            *of(),
            8_000 * YUAN_1E4,
            5 * MILLION,
            4 * MILLION,
            MILLION,
            LATER,
            "审计报告1号",
            "核减",
            "省经贸委",
            balance(4),
        )
    )
    given(FUND, OPENED, REQUESTED, RESERVED, COMMITTED).when(assess(8_000)).rejects(
        "committed or paid", code="over-entitlement"
    )


def test_money_that_came_back_is_available_again() -> None:
    back = do.RecoverSubsidy("TR-19", "S-1", None, LATER, "退款1", "项目终止", "省财政厅", TODAY)
    given(FUND, OPENED, REQUESTED, RESERVED, COMMITTED, PAID).when(back).then(
        SubsidyRecovered(*of(), 5 * MILLION, LATER, "退款1", "项目终止", "省财政厅", balance())
    )


def test_an_application_is_closed_when_nothing_is_held_for_it() -> None:
    close = do.CloseSubsidy("TR-19", "S-1", Outcome.REJECTED, LATER, "不符合条件", "省经贸委", TODAY)
    given(FUND, OPENED, REQUESTED, RESERVED).when(close).rejects("5000000 yuan are", code="money-held")
    closed = SubsidyClosed(*of(), Outcome.REJECTED, LATER, "不符合条件", "省经贸委")
    given(FUND, OPENED, REQUESTED).when(close).then(closed)
    given(FUND, OPENED, REQUESTED, closed).when(reserve()).rejects("was rejected", code="closed")
    again = replace(REQUEST, application="S-2")
    given(FUND, OPENED, REQUESTED, closed).when(again).then(replace(REQUESTED, application="S-2"))


def test_after_the_funds_year_nothing_is_committed_but_what_was_is_paid() -> None:
    ended = replace(OPENED, valid_to=date(2013, 4, 15))
    given(FUND, ended, REQUESTED, RESERVED).when(commit(on=LATER)).rejects(
        "may be drawn on", code="fund-closed"
    )
    given(FUND, ended, REQUESTED, RESERVED, COMMITTED).when(pay()).then(PAID)


def test_a_cut_leaves_what_is_held() -> None:
    cut = do.ChangeAppropriation("TR-19", -298 * MILLION, ON, "闽财预1号", "调减", "省财政厅", TODAY)
    given(FUND, OPENED, REQUESTED, RESERVED).when(cut).rejects("only 295000000 can", code="overdrawn")
    given(FUND, OPENED).when(cut).then(
        FundAppropriationChanged(
            "TR-19", "350000", -298 * MILLION, ON, "闽财预1号", "调减", "省财政厅", balance(appropriated=2)
        )
    )


def test_other_terms_leave_what_was_asked_on_the_old_ones() -> None:
    half = replace(TR_19, rate=Decimal("0.025"))
    change = do.ChangeFundTerms("TR-19", (half,), ON, "闽经贸1号", "调整", "省经贸委", TODAY)
    state = given(FUND, OPENED, REQUESTED).when(change).state
    assert isinstance(state, Fund)
    assert state.applications["S-1"].entitlement == 5 * MILLION
    given(FUND, OPENED).when(replace(change, terms=(TR_19,))).changes_nothing()


def test_days_that_have_not_come_or_lie_before_the_last_decision_are_rejected() -> None:
    given(FUND, OPENED, REQUESTED).when(replace(reserve(), on=date(2013, 7, 1))).rejects("not come yet")
    given(FUND, OPENED, REQUESTED).when(replace(reserve(), on=date(2013, 3, 1))).rejects("decided on last")


def test_nothing_happens_to_a_fund_or_application_that_is_not_there() -> None:
    given(FUND).when(REQUEST).rejects("there is no fund 'TR-19'", code="not-found")
    given(FUND, OPENED).when(reserve()).rejects("no application 'S-1'", code="not-found")


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
            "recover": do.RecoverSubsidy(
                "TR-19", "S-1", None if amount is None else amount * MILLION, LATER, "退", "x", "y", TODAY
            ),
            "assess": assess((amount or 4) * 2_000),
        }[what]
        try:
            state = FUND.fold(decide(replace(command, application=f"S-{n}", on=LATER), state), state)
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
