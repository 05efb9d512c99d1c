"""Stored answers last for a set time: a repeat within it is a repeat, one after it is a new command."""

from datetime import timedelta

import pytest

from shared import answers
from shared.clock import SteppedClock
from tests.integration.decider.conftest import BOB, NOON, PayIn, Tills

DAYS = 30


async def test_an_answer_is_given_again_until_its_time_is_over(tills: Tills) -> None:
    first = await tills.run(PayIn(5), "k1")
    kept = SteppedClock(NOON + timedelta(days=DAYS))
    assert await answers.forget_old(tills.engine, kept, DAYS) == 0
    assert await tills.run(PayIn(5), "k1") == first
    over = SteppedClock(NOON + timedelta(days=DAYS, seconds=1))
    assert await answers.forget_old(tills.engine, over, DAYS) == 1
    again = await tills.run(PayIn(5), "k1")
    assert (again.data, again.position) == ({"held": 10}, 2)
    # Of what was done nothing is forgotten.
    assert len(await tills.events()) == 2


async def test_many_are_forgotten_some_at_a_time(tills: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "AT_ONCE", 3)
    for number in range(7):
        await tills.run(PayIn(1), f"k{number}", actor=BOB)
    late = SteppedClock(NOON + timedelta(days=2))
    assert await answers.forget_old(tills.engine, late, 1) == 7
    assert await answers.forget_old(tills.engine, late, 1) == 0
