"""The algebra of a fund's money: one for applications and for awards, and what never happens in it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.projects.common.refusal import Refused
from services.projects.funds import movement
from services.projects.funds.awards.facts import (
    AwardCommitted,
    AwardPaid,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)
from services.projects.funds.balance import Balance
from services.projects.funds.facts import movement_of
from services.projects.funds.movement import Movement, Purse, after
from services.projects.funds.separation import Step
from services.projects.funds.subsidies.facts import (
    SubsidyAssessed,
    SubsidyCommitted,
    SubsidyPaid,
    SubsidyRecovered,
    SubsidyReleased,
    SubsidyReserved,
)

ON = date(2013, 4, 1)
POT = Balance(Decimal("1000.00"))
FEN = st.decimals(min_value=0, max_value=700, places=2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "commit", "pay", "release", "recover"]),
        st.integers(0, 2),
        st.one_of(st.none(), FEN),
    ),
    max_size=60,
)


def entry(step: str, amount: Decimal | None, purse: Purse, balance: Balance) -> Movement:
    match step:
        case "reserve":
            return movement.reserve(amount, Decimal(600) - purse.taken, "entitled to", balance)
        case "commit":
            return movement.commit(amount, purse)
        case "pay":
            return movement.pay(amount, purse)
        case "release":
            return movement.release(amount, purse)
        case _:
            return movement.recover(amount, purse)


@over(STEPS)
def test_a_fund_is_the_sum_of_its_purses_and_no_part_is_ever_below_zero(
    steps: list[tuple[str, int, Decimal | None]],
) -> None:
    balance, purses = POT, [Purse(last_on=ON) for _ in range(3)]
    for step, which, amount in steps:
        try:
            made = entry(step, amount, purses[which], balance)
        except Refused:
            continue
        before = balance
        balance, purses[which] = after(balance, made), purses[which].moved(made, ON, "处")
        assert made.amount > 0
        assert balance.available == before.available + made.released
        assert balance.available >= 0
        for part in ("reserved", "committed", "paid"):
            assert getattr(balance, part) == sum(getattr(purse, part) for purse in purses)
            assert min(getattr(purse, part) for purse in purses) >= 0
    assert balance.appropriated == POT.appropriated


@over(st.lists(st.tuples(FEN, FEN), min_size=1, max_size=5))
def test_every_step_forth_has_a_step_back(amounts: list[tuple[Decimal, Decimal]]) -> None:
    for amount, rest in amounts:
        held = Purse(last_on=ON, reserved=amount + rest)
        there = held.moved(movement.committed(amount, rest), ON, "a").moved(movement.paid(amount), ON, "b")
        assert (there.reserved, there.committed, there.paid) == (0, 0, amount)
        assert there.moved(movement.recovered(amount), ON, "c").taken == 0
        assert held.moved(movement.released(amount + rest, amount + rest), ON, "c").taken == 0


@over(FEN, FEN)
def test_a_release_takes_what_is_reserved_before_what_is_committed(kept: Decimal, owed: Decimal) -> None:
    purse = Purse(last_on=ON, reserved=kept, committed=owed)
    for amount in {kept, owed, kept + owed} - {Decimal(0)}:
        left = purse.moved(movement.release(amount, purse), ON, "处")
        assert left.held == kept + owed - amount
        assert left.committed == owed or left.reserved == 0


@pytest.mark.parametrize("step", ["reserve", "commit", "pay", "release", "recover"])
def test_of_nothing_nothing_is_taken_and_of_something_not_more(step: str) -> None:
    empty = Purse(last_on=ON, reserved=Decimal(600) if step == "reserve" else Decimal(0))
    with pytest.raises(Refused, match="Nothing is"):
        entry(step, None, empty, POT)
    full = Purse(last_on=ON, reserved=Decimal(5), committed=Decimal(5), paid=Decimal(5))
    for amount in (Decimal(0), Decimal("600.01")):
        with pytest.raises(Refused, match="can't be taken"):
            entry(step, amount, full, POT)


def test_whoever_the_money_is_for_it_moves_alike() -> None:
    of: dict[str, Any] = {"fund": "F", "region": "350100", "on": ON, "decided_by": "处", "balance": POT}
    application: dict[str, Any] = {"application": "S-1", "project": "P-1", **of}
    award: dict[str, Any] = {"award": "A", **of}
    moves: dict[str, Any] = {"amount": Decimal(7)}
    granted: dict[str, Any] = {
        "plan": "p",
        "year": 2013,
        "edition": 1,
        "granted": Decimal(9),
        "evidence": "1号",
    }
    pairs: list[tuple[Any, Any]] = [
        (
            SubsidyReserved(**application, **moves, evidence="1号"),
            AwardReserved(**award, **moves, **granted),
        ),
        *(
            (one(**application, **moves, **more), other(**award, **moves, **more))
            for one, other, more in (
                (SubsidyCommitted, AwardCommitted, {"released": Decimal(2), "evidence": "2号"}),
                (SubsidyPaid, AwardPaid, {"evidence": "3号"}),
                (SubsidyReleased, AwardReleased, {"of_reserved": Decimal(3), "reason": "x"}),
                (SubsidyRecovered, AwardRecovered, {"evidence": "4号", "reason": "x"}),
            )
        ),
    ]
    for one, other in pairs:
        assert movement_of(one) == movement_of(other)
    audited: dict[str, Any] = {
        "base": None,
        "previous_entitlement": Decimal(9),
        "entitlement": Decimal(5),
        "evidence": "5号",
    }
    cut = SubsidyAssessed(**application, **audited, released=Decimal(4), reason="x")
    assert movement_of(cut) == Movement(amount=Decimal(4), reserved=Decimal(-4))


def test_who_committed_before_does_not_count_once_nothing_is_committed() -> None:
    purse = Purse(last_on=ON, reserved=Decimal(9))
    first = purse.moved(movement.committed(Decimal(4), Decimal(0)), ON, "a")
    both = first.moved(movement.committed(Decimal(5), Decimal(0)), ON, "b")
    assert both.people.of(Step.COMMIT) == {"a", "b"}
    back = first.moved(movement.released(Decimal(4), Decimal(0)), ON, "c")
    again = back.moved(movement.committed(Decimal(5), Decimal(0)), ON, "b")
    assert again.people.of(Step.COMMIT) == {"b"}
