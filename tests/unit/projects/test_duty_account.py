"""DutyAccount (报送台账): handed in, waived, reminded, missed, and what three missing months lead to."""

from datetime import date
from typing import Any, Literal

from services.projects.common.duty import FollowUp
from services.projects.duties.decisions import (
    DUTY_ACCOUNT,
    CarryOut,
    FollowUpOn,
    HandInDuty,
    Key,
    OnOccasion,
    Owed,
    WaiveDuty,
    WithdrawDutyEntry,
)
from services.projects.duties.facts import (
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
    DutyEntryWithdrawn,
    DutyMissed,
    DutyReceived,
    DutyReminded,
    DutyWaived,
)
from shared.command import Given
from tests.kit.spec import given

KEY = Key("fujian-2013", "TR-18", "350100")
WHOSE: dict[str, Any] = {"plan": "fujian-2013", "duty": "TR-18", "region": "350100"}
RULE = FollowUp((5, 1), 3, "named_in_bulletin")
DUE = date(2013, 3, 31)
OWED = Owed("2013-Q1", DUE)
MONTHS = tuple(Owed(f"2013-{month:02d}", date(2013, month + 1, 5)) for month in range(1, 9))
Q1: dict[str, Any] = {"duty": "TR-18", "region": "350100", "period": "2013-Q1"}
WAIVE = WaiveDuty(**Q1, reason="台风")


def known(
    on: date = date(2013, 4, 10), owed: Owed | None = OWED, carried_by: str | None = None
) -> OnOccasion:
    return OnOccasion(today=on, by="Fuzhou", plan="fujian-2013", owed=owed, carried_by=carried_by)


def day(on: date) -> Given:
    return Given(today=on, by="projects")


def receive(on: date = date(2013, 3, 30), evidence: str = "榕储〔2013〕3号") -> HandInDuty:
    return HandInDuty(**Q1, received_on=on, evidence=evidence)


def withdraw(reason: str) -> WithdrawDutyEntry:
    return WithdrawDutyEntry(**Q1, reason=reason)


def received(on: date = date(2013, 3, 30), late: bool = False) -> DutyReceived:
    return DutyReceived(
        **WHOSE,
        period="2013-Q1",
        due_on=DUE,
        received_on=on,
        late=late,
        evidence="榕储〔2013〕3号",
        reported_by="Fuzhou",
    )


def missed(month: int, on: date) -> DutyMissed:
    return DutyMissed(**WHOSE, period=f"2013-{month:02d}", due_on=date(2013, month + 1, 5), on=on)


def waived(on: date, owed: Owed = OWED) -> DutyWaived:
    return DutyWaived(**WHOSE, period=owed.period, due_on=owed.due_on, on=on, reason="台风")


def back(what: Literal["received", "waived"], reason: str) -> DutyEntryWithdrawn:
    return DutyEntryWithdrawn(**WHOSE, period="2013-Q1", what=what, on=date(2013, 4, 4), reason=reason)


def drawn(first: int, on: date) -> DutyConsequenceDrawn:
    run = tuple(f"2013-{month:02d}" for month in range(first, first + 3))
    return DutyConsequenceDrawn(**WHOSE, periods=run, consequence="named_in_bulletin", on=on)


def look(owed: tuple[Owed, ...] = (OWED,), rule: FollowUp = RULE) -> FollowUpOn:
    return FollowUpOn(KEY, owed, rule)


def test_handed_in_by_its_day_is_in_time_and_a_day_after_is_late() -> None:
    given(DUTY_ACCOUNT).when(receive(DUE), known()).then(received(DUE))
    late = date(2013, 4, 1)
    given(DUTY_ACCOUNT).when(receive(late), known()).then(received(late, late=True))


def test_the_same_receipt_again_changes_nothing_and_another_is_refused() -> None:
    given(DUTY_ACCOUNT, received()).when(receive(), known()).changes_nothing()
    given(DUTY_ACCOUNT, received()).when(receive(evidence="another"), known()).rejects("handed TR-18 in")


def test_nothing_is_received_that_is_not_owed_or_from_the_future_or_carried_out_otherwise() -> None:
    given(DUTY_ACCOUNT).when(receive(), known(owed=None)).rejects("owes no TR-18")
    given(DUTY_ACCOUNT).when(receive(date(2013, 4, 11)), known()).rejects("today is 2013-04-10")
    given(DUTY_ACCOUNT).when(receive(), known(carried_by="monthly_report")).rejects("monthly_report")


def test_a_waiver_lets_off_until_it_is_withdrawn() -> None:
    on = date(2013, 4, 2)
    given(DUTY_ACCOUNT).when(WAIVE, known(on)).then(waived(on))
    given(DUTY_ACCOUNT, waived(on)).when(look(), day(date(2013, 4, 3))).changes_nothing()
    again = back("waived", "误")
    given(DUTY_ACCOUNT, waived(on)).when(withdraw("误"), known(date(2013, 4, 4))).then(again)
    given(DUTY_ACCOUNT, waived(on), again).when(look(), day(date(2013, 4, 5))).then(
        DutyMissed(**WHOSE, period="2013-Q1", due_on=DUE, on=date(2013, 4, 5))
    )
    given(DUTY_ACCOUNT, received()).when(WAIVE, known(on)).rejects("nothing to waive")


def test_a_wrong_receipt_is_withdrawn_and_handed_in_again() -> None:
    again = back("received", "错号")
    given(DUTY_ACCOUNT, received()).when(withdraw("错号"), known(date(2013, 4, 4))).then(again)
    given(DUTY_ACCOUNT, received(), again).when(receive(), known()).then(received())
    given(DUTY_ACCOUNT).when(withdraw("x"), known(DUE)).rejects("nothing was handed in")


def test_each_step_reminds_once_and_a_clock_that_jumps_reminds_of_the_nearest() -> None:
    five = DutyReminded(**WHOSE, period="2013-Q1", due_on=DUE, days_before=5, on=date(2013, 3, 26))
    one = DutyReminded(**WHOSE, period="2013-Q1", due_on=DUE, days_before=1, on=date(2013, 3, 30))
    given(DUTY_ACCOUNT).when(look(), day(date(2013, 3, 25))).changes_nothing()
    given(DUTY_ACCOUNT).when(look(), day(date(2013, 3, 26))).then(five)
    given(DUTY_ACCOUNT, five).when(look(), day(date(2013, 3, 28))).changes_nothing()
    given(DUTY_ACCOUNT, five).when(look(), day(date(2013, 3, 30))).then(one)
    given(DUTY_ACCOUNT, one).when(look(), day(DUE)).changes_nothing()
    given(DUTY_ACCOUNT).when(look(), day(date(2013, 3, 30))).then(one)
    given(DUTY_ACCOUNT, received()).when(look(), day(date(2013, 3, 30))).changes_nothing()


def test_three_months_missing_in_a_row_lead_to_the_consequence_once() -> None:
    on = date(2013, 4, 6)
    history: list[Any] = [missed(month, date(2013, month + 1, 6)) for month in (1, 2)]
    given(DUTY_ACCOUNT, *history).when(look(MONTHS[:3]), day(on)).then(missed(3, on), drawn(1, on))
    history += [missed(3, on), drawn(1, on)]
    given(DUTY_ACCOUNT, *history).when(look(MONTHS[:3]), day(date(2013, 4, 7))).changes_nothing()
    for month in (4, 5):
        history.append(missed(month, date(2013, month + 1, 6)))
    later = date(2013, 7, 6)
    found = given(DUTY_ACCOUNT, *history).when(look(MONTHS[:6]), day(later))
    found.then(missed(6, later), drawn(4, later))


def test_a_consequence_is_carried_out_once_and_lifted_when_a_month_comes_after_all_or_is_waived() -> None:
    on = date(2013, 4, 6)
    run: dict[str, Any] = {
        "first_period": "2013-01",
        "last_period": "2013-03",
        "consequence": "named_in_bulletin",
    }
    history: list[Any] = [*(missed(month, on) for month in (1, 2, 3)), drawn(1, on)]
    carry, went_out = CarryOut(KEY, "2013-03", "〔2013〕第3期", "2013-03"), date(2013, 4, 16)
    carried = DutyConsequenceCarriedOut(
        **WHOSE, **run, on=went_out, evidence="〔2013〕第3期", document_period="2013-03"
    )
    given(DUTY_ACCOUNT, *history).when(carry, day(went_out)).then(carried)
    given(DUTY_ACCOUNT, *history, carried).when(carry, day(went_out)).changes_nothing()

    came = (MONTHS[0], Owed("2013-02", date(2013, 3, 5), date(2013, 4, 18)), MONTHS[2])
    later = date(2013, 4, 20)
    lifted = DutyConsequenceLifted(**WHOSE, **run, on=later, reason="2013-02 handed in")
    for before in (history, [*history, carried]):
        given(DUTY_ACCOUNT, *before).when(look(came), day(later)).then(lifted)
    given(DUTY_ACCOUNT, *history, lifted).when(look(came), day(later)).changes_nothing()
    given(DUTY_ACCOUNT, *history, lifted).when(carry, day(went_out)).changes_nothing()

    let_off = waived(later, MONTHS[0])
    given(DUTY_ACCOUNT, *history, let_off).when(look(MONTHS[:3]), day(later)).then(
        DutyConsequenceLifted(**WHOSE, **run, on=later, reason="2013-01 waived")
    )


def test_a_month_that_came_at_last_breaks_the_row() -> None:
    on = date(2013, 4, 6)
    owed = (MONTHS[0], Owed("2013-02", date(2013, 3, 5), date(2013, 3, 20)), MONTHS[2])
    history: list[Any] = [missed(month, date(2013, month + 1, 6)) for month in (1, 2)]
    given(DUTY_ACCOUNT, *history).when(look(owed), day(on)).then(missed(3, on))


def test_a_rule_without_a_consequence_has_none() -> None:
    on = date(2013, 4, 6)
    found = given(DUTY_ACCOUNT).when(look(MONTHS[:3], FollowUp((5,))), day(on))
    found.then(*(missed(month, on) for month in (1, 2, 3)))
