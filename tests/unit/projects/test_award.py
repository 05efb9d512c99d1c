"""Payment of awards out of a fund (TR-26): never more than was granted, never more than the fund has, and back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.projects.funds.awards.decisions import (
    CommitAward,
    FitAward,
    GrantedAward,
    PayAward,
    Paying,
    RecoverAward,
    ReserveAward,
)
from services.projects.funds.awards.facts import (
    AwardCommitted,
    AwardPaid,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)
from services.projects.funds.balance import Balance
from services.projects.funds.decisions import FUND
from services.projects.funds.facts import FundOpened
from services.projects.funds.terms import Aid, Terms
from tests.kit.spec import given
from tests.unit.projects.test_money import CLERK, OPENED, REQUEST, SEPARATION

TODAY, ON = date(2014, 3, 20), date(2014, 3, 18)
AMOUNT = Decimal(2_000_000)
TERMS = Terms(
    valid_from=date(2014, 1, 1),
    valid_to=None,
    aids=(Aid.AWARD,),
    bases=(),
    rate=None,
    cap=None,
    stages=(),
    programmes=(),
    source="TR-26",
)
POT = replace(
    OPENED,
    fund="TR-26",
    valid_from=date(2014, 1, 1),
    valid_to=date(2014, 12, 31),
    terms=(TERMS,),
    balance=Balance(Decimal(4_500_000)),
)
AWARD = GrantedAward(
    award="fujian-2013.2013.350100",
    plan="fujian-2013",
    year=2013,
    region="350100",
    edition=1,
    rank=1,
    amount=AMOUNT,
    granted_on=date(2014, 3, 17),
    evidence="通报1号",
    position=7,
    elsewhere=None,
    in_area=True,
)
_OF: dict[str, Any] = {
    "award": AWARD.award,
    "fund": "TR-26",
    "region": "350100",
    "on": ON,
    "decided_by": "处",
}


def _balance(reserved: int = 0, committed: int = 0, paid: int = 0) -> Balance:
    return Balance(POT.balance.appropriated, *map(Decimal, (reserved, committed, paid)))


RESERVED = AwardReserved(
    **_OF, plan="fujian-2013", year=2013, edition=1, granted=AMOUNT, amount=AMOUNT, evidence="1号",
    balance=_balance(2_000_000),
)  # fmt: skip
COMMITTED = AwardCommitted(
    **_OF, amount=AMOUNT, released=Decimal(0), evidence="2号", balance=_balance(0, 2_000_000)
)
PAID = AwardPaid(
    **{**_OF, "decided_by": "财政厅"}, amount=AMOUNT, evidence="凭证1", balance=_balance(0, 0, 2_000_000)
)


OFFICE = Paying(today=TODAY, by="处", award=AWARD, separation=SEPARATION)
TREASURY = replace(OFFICE, by="财政厅")
NAMED: dict[str, Any] = {"fund": "TR-26", "award": AWARD.award, "on": ON}
RESERVE = ReserveAward(**NAMED, evidence="1号")
COMMIT = CommitAward(**NAMED, evidence="2号")
PAY = PayAward(**NAMED, evidence="凭证1")
FIT = FitAward(fund="TR-26", award=AWARD.award)


def taken_away(amount: int, by: str = "处") -> Paying:
    """What another edition grants."""
    return replace(OFFICE, by=by, award=replace(AWARD, edition=2, amount=Decimal(amount)))


def when(fund: FundOpened, *before: Any) -> Any:
    return given(FUND, fund, *before)


def test_an_award_is_reserved_committed_and_paid() -> None:
    when(POT).when(RESERVE, OFFICE).then(RESERVED)
    when(POT, RESERVED).when(COMMIT, OFFICE).then(COMMITTED)
    when(POT, RESERVED, COMMITTED).when(PAY, TREASURY).then(PAID)


def test_a_paid_award_is_not_paid_again() -> None:
    paid = (POT, RESERVED, COMMITTED, PAID)
    when(*paid).when(RESERVE, OFFICE).rejects("Nothing is granted and not reserved yet")
    when(*paid).when(replace(PAY, evidence="凭证2"), TREASURY).rejects("Nothing is committed")
    half = replace(PAID, amount=AMOUNT / 2, balance=_balance(0, 1_000_000, 1_000_000))
    when(POT, RESERVED, COMMITTED, half).when(PAY, TREASURY).rejects("paid on 凭证1 already")


@pytest.mark.parametrize(
    ("fund", "command", "known", "why"),
    [
        (replace(POT, balance=Balance(Decimal(1_999_999))), RESERVE, OFFICE, "1999999 yuan left"),
        (POT, replace(RESERVE, amount=AMOUNT + 1), OFFICE, "2000000 yuan are granted"),
        (replace(POT, terms=(replace(TERMS, aids=(Aid.GRANT,)),)), RESERVE, OFFICE, "doesn't pay awards"),
        (POT, RESERVE, replace(OFFICE, award=replace(AWARD, in_area=False)), "doesn't award 350100"),
        (replace(POT, region="350100"), RESERVE, OFFICE, "paid from above"),
        (POT, RESERVE, replace(OFFICE, award=replace(AWARD, elsewhere="OTHER")), "paid out of fund OTHER"),
        (POT, replace(RESERVE, on=date(2014, 3, 16)), OFFICE, "granted on 2014-03-17"),
        (POT, replace(RESERVE, on=date(2014, 3, 21)), OFFICE, "has not come yet"),
        (replace(POT, valid_to=date(2014, 2, 1)), RESERVE, OFFICE, "may be drawn on from"),
        (POT, PAY, TREASURY, "holds nothing"),
    ],
)
def test_what_a_fund_does_not_do_for_an_award(
    fund: FundOpened, command: Any, known: Paying, why: str
) -> None:
    when(fund).when(command, known).rejects(why)


def test_what_an_edition_takes_away_before_it_is_paid_goes_back() -> None:
    less = taken_away(1_500_000, by="awards")
    given_back = AwardReleased(
        **{**_OF, "on": TODAY, "decided_by": "awards"},
        amount=Decimal(500_000),
        of_reserved=Decimal(500_000),
        reason="第2期通报改为1500000元",
        balance=_balance(1_500_000),
    )
    when(POT, RESERVED).when(FIT, less).then(given_back)
    when(POT, RESERVED, given_back).when(FIT, less).changes_nothing()
    when(POT).when(FIT, less).changes_nothing()
    of_committed = replace(given_back, of_reserved=Decimal(0), balance=_balance(0, 1_500_000))
    when(POT, RESERVED, COMMITTED).when(FIT, less).then(of_committed)


def test_not_a_yuan_goes_out_of_what_was_taken_away() -> None:
    nothing = taken_away(0, by="财政厅")
    when(POT, RESERVED, COMMITTED).when(PAY, nothing).rejects("grants 350100 0 yuan")
    when(POT, RESERVED).when(COMMIT, taken_away(1_500_000)).rejects("with this it would be 2000000")


def test_what_is_paid_is_recovered_by_people() -> None:
    paid = (POT, RESERVED, COMMITTED, PAID)
    when(*paid).when(FIT, taken_away(0, by="awards")).changes_nothing()
    back = RecoverAward(**NAMED, amount=Decimal(500_000), evidence="缴款1", reason="更正")
    recovered = AwardRecovered(
        **_OF, amount=Decimal(500_000), evidence="缴款1", reason="更正", balance=_balance(0, 0, 1_500_000)
    )
    when(*paid).when(back, taken_away(1_500_000)).then(recovered)


def test_a_project_does_not_ask_for_an_award() -> None:
    asked = replace(REQUEST, aid=Aid.AWARD)
    given(FUND, replace(OPENED, terms=(replace(OPENED.terms[0], aids=(Aid.AWARD,)),))).when(
        asked, CLERK
    ).rejects("an appraisal grants it")
