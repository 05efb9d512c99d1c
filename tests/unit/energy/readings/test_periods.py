"""A reading finds its series among the several of its meter."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.energy.readings.memory import FOREVER
from services.energy.readings.periods import Periods

BASE = 1_356_969_600


def plainly(periods: list[tuple[int, int, int]], t: int, otherwise: int) -> int:
    """One meter's (place, valid_from, valid_to), looked at one after the other."""
    for place, begin, end in periods:
        if begin < t <= end:
            return place
    return next((place for place, begin, _ in periods if begin == t), otherwise)


@st.composite
def meters(draw: st.DrawFn) -> dict[tuple[str, int], list[tuple[int, int, int]]]:
    """Some meters, each with several series that don't overlap; gaps between them, and an open end or none."""
    found, place = {}, 0
    for meter in range(draw(st.integers(1, 4))):
        cuts = sorted(draw(st.lists(st.integers(0, 20), min_size=3, max_size=7, unique=True)))
        rows: list[tuple[int, int, int]] = []
        for begin, end in itertools.pairwise(cuts):
            if draw(st.booleans()) or not rows:
                rows.append((place, BASE + begin, BASE + end))
                place += 1
        if draw(st.booleans()):
            rows[-1] = (*rows[-1][:2], FOREVER)
        found[f"m{meter}", meter % 2] = rows
    return found


@given(
    meters(),
    st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 25)), min_size=1, max_size=50),
    st.randoms(),
)
def test_the_series_of_a_time(meters, readings, rng) -> None:
    size = sum(map(len, meters.values()))
    valid_from, valid_to = np.zeros(size, np.int64), np.zeros(size, np.int64)
    several = {}
    for meter, rows in meters.items():
        for place, begin, end in rows:
            valid_from[place], valid_to[place] = begin, end
        several[meter] = rng.sample([place for place, _, _ in rows], len(rows))
    periods = Periods.made(several, valid_from, valid_to)
    names = list(meters)
    chosen = [(names[n % len(names)], BASE + t) for n, t in readings]
    number = np.array([periods.of[name] for name, _ in chosen])
    found = periods.at(number, np.array([t for _, t in chosen]), np.full(len(chosen), -7))
    assert found.tolist() == [plainly(meters[name], t, -7) for name, t in chosen]


def test_no_meter_has_several() -> None:
    assert Periods.made({}, np.zeros(0, np.int64), np.zeros(0, np.int64)).of == {}
