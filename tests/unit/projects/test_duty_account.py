"""DutyAccount (报送台账): handed in, waived, reminded, missed, and what three missing months lead to."""

from datetime import date
from typing import Any, Literal

from services.projects.domain import duty_account
from services.projects.domain.duty import FollowUp
from services.projects.domain.duty_account import (
    CarryOut,
    DutyEntryWithdrawn,
    DutyMissed,
    DutyReceived,
    DutyReminded,
    DutyWaived,
    FollowUpOn,
    Key,
    Owed,
    Receive,
    Waive,
    Withdraw,
)
from services.projects.domain.duty_consequence import (
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
    Effect,
)
from shared.decider import Decider
from tests.kit.spec import given

ACCOUNT = Decider(duty_account.INITIAL, duty_account.decide, duty_account.evolve)
KEY = Key("fujian-2013", "TR-18", "350100")
WHOSE = ("fujian-2013", "TR-18", "350100")
RULE = FollowUp((5, 1), 3, "named_in_bulletin")
DUE = date(2013, 3, 31)
OWED = Owed("2013-Q1", DUE)
MONTHS = tuple(Owed(f"2013-{month:02d}", date(2013, month + 1, 5)) for month in range(1, 9))


def receive(
    on: date = date(2013, 3, 30), owed: Owed | None = OWED, evidence: str = "榕储〔2013〕3号"
) -> Receive:
    return Receive(KEY, "2013-Q1", owed, on, evidence, "Fuzhou", date(2013, 4, 10))


def received(on: date = date(2013, 3, 30), late: bool = False) -> DutyReceived:
    return DutyReceived(*WHOSE, "2013-Q1", DUE, on, late, "榕储〔2013〕3号", "Fuzhou")


def missed(month: int, on: date) -> DutyMissed:
    return DutyMissed(*WHOSE, f"2013-{month:02d}", date(2013, month + 1, 5), on)


def look(on: date, owed: tuple[Owed, ...] = (OWED,), rule: FollowUp = RULE) -> FollowUpOn:
    return FollowUpOn(KEY, owed, rule, on)


def test_handed_in_by_its_day_is_in_time_and_a_day_after_is_late() -> None:
    given(ACCOUNT).when(receive(DUE)).then(received(DUE))
    given(ACCOUNT).when(receive(date(2013, 4, 1))).then(received(date(2013, 4, 1), late=True))


def test_the_same_receipt_again_changes_nothing_and_another_is_refused() -> None:
    given(ACCOUNT, received()).when(receive()).changes_nothing()
    given(ACCOUNT, received()).when(receive(evidence="another")).rejects("handed TR-18 in")


def test_nothing_is_received_that_is_not_owed_or_from_the_future_or_carried_out_otherwise() -> None:
    given(ACCOUNT).when(receive(owed=None)).rejects("owes no TR-18")
    given(ACCOUNT).when(receive(date(2013, 4, 11))).rejects("today is 2013-04-10")
    carried = Receive(KEY, "2013-01", MONTHS[0], DUE, "x", "x", DUE, "monthly_report")
    given(ACCOUNT).when(carried).rejects("monthly_report")


def test_a_waiver_lets_off_until_it_is_withdrawn() -> None:
    waived = DutyWaived(*WHOSE, "2013-Q1", DUE, date(2013, 4, 2), "台风")
    command = Waive(KEY, "2013-Q1", OWED, "台风", date(2013, 4, 2))
    given(ACCOUNT).when(command).then(waived)
    given(ACCOUNT, waived).when(look(date(2013, 4, 3))).changes_nothing()
    back = DutyEntryWithdrawn(*WHOSE, "2013-Q1", "waived", date(2013, 4, 4), "误")
    given(ACCOUNT, waived).when(Withdraw(KEY, "2013-Q1", OWED, "误", date(2013, 4, 4))).then(back)
    given(ACCOUNT, waived, back).when(look(date(2013, 4, 5))).then(
        DutyMissed(*WHOSE, "2013-Q1", DUE, date(2013, 4, 5))
    )
    given(ACCOUNT, received()).when(command).rejects("nothing to waive")


def test_a_wrong_receipt_is_withdrawn_and_handed_in_again() -> None:
    back = DutyEntryWithdrawn(*WHOSE, "2013-Q1", "received", date(2013, 4, 4), "错号")
    given(ACCOUNT, received()).when(Withdraw(KEY, "2013-Q1", OWED, "错号", date(2013, 4, 4))).then(back)
    given(ACCOUNT, received(), back).when(receive()).then(received())
    given(ACCOUNT).when(Withdraw(KEY, "2013-Q1", OWED, "x", DUE)).rejects("nothing was handed in")


def test_each_step_reminds_once_and_a_clock_that_jumps_reminds_of_the_nearest() -> None:
    five = DutyReminded(*WHOSE, "2013-Q1", DUE, 5, date(2013, 3, 26))
    one = DutyReminded(*WHOSE, "2013-Q1", DUE, 1, date(2013, 3, 30))
    given(ACCOUNT).when(look(date(2013, 3, 25))).changes_nothing()
    given(ACCOUNT).when(look(date(2013, 3, 26))).then(five)
    given(ACCOUNT, five).when(look(date(2013, 3, 28))).changes_nothing()
    given(ACCOUNT, five).when(look(date(2013, 3, 30))).then(one)
    given(ACCOUNT, one).when(look(DUE)).changes_nothing()
    given(ACCOUNT).when(look(date(2013, 3, 30))).then(one)
    given(ACCOUNT, received()).when(look(date(2013, 3, 30))).changes_nothing()


def test_three_months_missing_in_a_row_lead_to_the_consequence_once() -> None:
    on = date(2013, 4, 6)
    history: list[Any] = [missed(month, date(2013, month + 1, 6)) for month in (1, 2)]
    drawn = DutyConsequenceDrawn(*WHOSE, ("2013-01", "2013-02", "2013-03"), "named_in_bulletin", on)
    given(ACCOUNT, *history).when(look(on, MONTHS[:3])).then(missed(3, on), drawn)
    history += [missed(3, on), drawn]
    given(ACCOUNT, *history).when(look(date(2013, 4, 7), MONTHS[:3])).changes_nothing()
    for month in (4, 5):
        history.append(missed(month, date(2013, month + 1, 6)))
    later = date(2013, 7, 6)
    given(ACCOUNT, *history).when(look(later, MONTHS[:6])).then(
        missed(6, later),
        DutyConsequenceDrawn(*WHOSE, ("2013-04", "2013-05", "2013-06"), "named_in_bulletin", later),
    )


def test_a_consequence_is_carried_out_once_and_lifted_when_a_month_comes_after_all_or_is_waived() -> None:
    on = date(2013, 4, 6)
    run: tuple[str, str, Literal["named_in_bulletin"]] = ("2013-01", "2013-03", "named_in_bulletin")
    history = [missed(month, on) for month in (1, 2, 3)]
    drawn = DutyConsequenceDrawn(*WHOSE, ("2013-01", "2013-02", "2013-03"), "named_in_bulletin", on)
    carry = CarryOut(KEY, "2013-03", Effect("〔2013〕第3期", "2013-03"), date(2013, 4, 16))
    carried = DutyConsequenceCarriedOut(*WHOSE, *run, date(2013, 4, 16), "〔2013〕第3期", "2013-03")
    given(ACCOUNT, *history, drawn).when(carry).then(carried)
    given(ACCOUNT, *history, drawn, carried).when(carry).changes_nothing()

    came = (MONTHS[0], Owed("2013-02", date(2013, 3, 5), date(2013, 4, 18)), MONTHS[2])
    later = date(2013, 4, 20)
    lifted = DutyConsequenceLifted(*WHOSE, *run, later, "2013-02 handed in")
    for before in ([drawn], [drawn, carried]):
        given(ACCOUNT, *history, *before).when(look(later, came)).then(lifted)
    given(ACCOUNT, *history, drawn, lifted).when(look(later, came)).changes_nothing()
    given(ACCOUNT, *history, drawn, lifted).when(carry).changes_nothing()

    waived = DutyWaived(*WHOSE, "2013-01", date(2013, 2, 5), later, "台风")
    given(ACCOUNT, *history, drawn, waived).when(look(later, MONTHS[:3])).then(
        DutyConsequenceLifted(*WHOSE, *run, later, "2013-01 waived")
    )


def test_a_month_that_came_at_last_breaks_the_row() -> None:
    on = date(2013, 4, 6)
    owed = (MONTHS[0], Owed("2013-02", date(2013, 3, 5), date(2013, 3, 20)), MONTHS[2])
    history: list[Any] = [missed(month, date(2013, month + 1, 6)) for month in (1, 2)]
    given(ACCOUNT, *history).when(look(on, owed)).then(missed(3, on))


def test_a_rule_without_a_consequence_has_none() -> None:
    on = date(2013, 4, 6)
    given(ACCOUNT).when(look(on, MONTHS[:3], FollowUp((5,)))).then(*(missed(m, on) for m in (1, 2, 3)))
