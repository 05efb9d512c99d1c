"""The kernel on columns does what the rules say one interval at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.energy.common.registers import (
    HOUR,
    LONGEST_GAP,
    MOST_HELD,
    PARKED,
    Difference,
    Reason,
    Register,
    Verdict,
    interval_quantity,
    pieces,
    register_difference,
    up_to,
)
from services.energy.common.scale import EXTREME
from services.energy.readings.kernel import REASONS, Rules, contributions

BASE = 1_356_969_600  # 2013-01-01 00:00 +08:00


def rules(register: Register, *, is_register: bool = True, slot: int = 900) -> Rules:
    def one(value: int) -> np.ndarray:
        return np.array([value], np.int64)

    return Rules(
        register=np.array([is_register]),
        slot=one(slot),
        factor=one(register.factor),
        unit=one(10**6),
        modulus=one(register.modulus or 0),
        capacity=one(register.capacity or 0),
        bound=one(register.bound),
        resolution=one(register.resolution),
        cut=np.array([True]),
    )


def slot(t: int) -> int:
    return (t + 8 * HOUR - 1) // 900


def column(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


registers = st.builds(
    Register,
    factor=st.one_of(st.integers(1, 10_000), st.integers(1, 10**12)),
    modulus=st.sampled_from([None, 10**6, 10**9, 10**18]),
    capacity=st.one_of(st.none(), st.integers(1, 10**9), st.integers(1, MOST_HELD)),
    resolution=st.sampled_from([0, 10, 1000]),
    bound=st.one_of(st.just(MOST_HELD), st.integers(1, 10**12)),
)
values = st.one_of(
    st.integers(0, 10**6 - 1), st.sampled_from([0, 10**6 - 1, EXTREME - 1]), st.integers(0, EXTREME - 1)
)
lengths = st.one_of(st.integers(1, 3 * HOUR), st.integers(1, 2 * LONGEST_GAP), st.just(LONGEST_GAP))
verdicts = st.sampled_from([None, None, Verdict.SO, Verdict.ROLLOVER])


@settings(max_examples=400)
@given(registers, st.integers(0, 10**5), lengths, values, values, verdicts)
def test_registers(register: Register, offset: int, length: int, was: int, now: int, verdict) -> None:
    start, end = BASE + offset, BASE + offset + length
    told = {(0, start, end): verdict} if verdict else {}
    parts = contributions(
        rules(register),
        column(0),
        np.array([False]),
        column(start),
        column(was),
        column(end),
        column(now),
        told,
    )
    expected = register_difference(register, start, was, end, now, verdict)
    apart = int(parts.change[0]) * register.factor - int(parts.energy[0])
    assert (int(parts.energy[0]), apart, REASONS[parts.reason[0]]) == (
        expected.energy,
        expected.apart,
        expected.reason,
    )
    assert bool(parts.present[0]) is (expected.reason not in PARKED and slot(end) != slot(start))
    by_hour = dict(zip(parts.spill_hour.tolist(), parts.spill_e.tolist(), strict=True))
    by_hour[int(parts.hour[0])] = int(parts.e[0])
    cut = dict(pieces(expected.energy, start, end))
    assert {h: e for h, e in by_hour.items() if e} == {h: e for h, e in cut.items() if e}


@given(registers, values, verdicts)
def test_interval_quantities(register: Register, value: int, verdict) -> None:
    told = {(0, BASE, BASE + 900): verdict} if verdict else {}
    parts = contributions(
        rules(register, is_register=False),
        column(0),
        np.array([True]),
        column(0),
        column(0),
        column(BASE + 900),
        column(value),
        told,
    )
    expected = interval_quantity(register, 900, value, verdict)
    apart = int(parts.change[0]) * register.factor - int(parts.energy[0])
    assert (int(parts.energy[0]), apart, REASONS[parts.reason[0]]) == (
        expected.energy,
        expected.apart,
        expected.reason,
    )
    assert bool(parts.present[0]) is (expected.reason not in PARKED)


@given(st.integers(0, 10**15), st.integers(0, 10**6), st.integers(1, LONGEST_GAP))
def test_pieces_add_up_to_the_energy(energy: int, offset: int, length: int) -> None:
    start = BASE + offset
    cut = list(pieces(energy, start, start + length))
    assert sum(part for _, part in cut) == energy
    assert all(part >= 0 for _, part in cut)
    assert [hour for hour, _ in cut] == list(range(start // HOUR, (start + length - 1) // HOUR + 1))


def test_an_interval_cut_at_the_hour_boundary_gives_each_hour_its_share() -> None:
    # 04:45 to 05:45, 60 kWh: a quarter of an hour lies in hour 4, three quarters in hour 5.
    start = BASE + 4 * HOUR + 45 * 60
    assert [part for _, part in pieces(60_000, start, start + HOUR)] == [15_000, 45_000]


def test_the_first_seconds_of_an_interval_round_down() -> None:
    assert [up_to(10, 3, seconds) for seconds in range(4)] == [0, 3, 6, 10]


class TestRegisterThatFell:
    register = Register(modulus=100_000_000, capacity=1_000_000)

    @pytest.mark.parametrize("now", [0, 5_000])
    def test_rolls_over_also_onto_exactly_zero(self, now: int) -> None:
        found = register_difference(self.register, 0, 99_900_000, 900, now)
        assert found == Difference(100_000 + now, -100_000_000, Reason.ROLLOVER)

    def test_does_not_roll_over_if_the_capacity_speaks_against_it(self) -> None:
        assert register_difference(self.register, 0, 50_000_000, 900, 0) == Difference(
            0, -50_000_000, Reason.BACKWARDS
        )

    def test_does_not_roll_over_if_the_capacity_is_not_known(self) -> None:
        found = register_difference(Register(modulus=100_000_000), 0, 99_900_000, 900, 0)
        assert found.reason is Reason.BACKWARDS

    def test_rolls_over_if_a_person_says_so(self) -> None:
        found = register_difference(Register(modulus=100_000_000), 0, 50_000_000, 900, 0, Verdict.ROLLOVER)
        assert found == Difference(50_000_000, -100_000_000, Reason.ROLLOVER)
