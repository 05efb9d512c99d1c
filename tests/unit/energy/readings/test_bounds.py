"""The most that a meter of a carrier can pass: rows with source and days, chosen by the reading's time."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from services.energy.common.registers import MOST_HELD, Reason, Register
from services.energy.readings import bounds
from services.energy.readings.kernel import BEYOND, NONE, contributions
from services.energy.readings.memory import EARLIEST
from tests.unit.energy.readings.test_kernel import BASE, column, rules

HEAD = "carrier,unit,per_hour,valid_from,valid_to,source,confidence\n"
TWO = bounds.parse(
    HEAD + ",kWh,100,2000-01-01,2013-06-30,a,I\n,kWh,200,2013-07-01,,b,I\nsteam,kWh,5,2000-01-01,,c,I\n"
)
JULY = 1_372_608_000  # 2013-07-01 00:00 +08:00


def test_every_carrier_of_the_plan_has_a_bound_with_its_source() -> None:
    rows = csv.DictReader(Path("plans/common/coefficients.csv").read_text("utf-8").splitlines())
    for carrier, unit in {(row["carrier"], row["unit"]) for row in rows}:
        assert bounds.per_hour(bounds.loaded(), carrier, unit, EARLIEST), (carrier, unit)
    assert all(bound.source and bound.valid_from <= date(2000, 1, 1) for bound in bounds.loaded())


@pytest.mark.parametrize(
    ("carrier", "after", "most"),
    [("electricity", JULY - 1, 100), ("electricity", JULY, 200), ("steam", JULY, 5), ("steam", EARLIEST, 5)],
)
def test_the_row_in_force_is_chosen_by_day_and_carrier(carrier: str, after: int, most: int) -> None:
    assert bounds.per_hour(TWO, carrier, "kWh", after) == Decimal(most)


def test_a_unit_that_nobody_has_spoken_of_has_none() -> None:
    assert bounds.per_hour(TWO, "electricity", "GJ", JULY) is None


def test_the_days_on_which_another_row_begins() -> None:
    assert bounds.starts(TWO)[1:] == [JULY]


def test_a_row_without_source_is_refused() -> None:
    with pytest.raises(ValueError, match="source"):
        bounds.parse(HEAD + ",kWh,100,2000-01-01,,,I\n")


def test_a_reading_is_judged_by_the_bound_of_its_own_time() -> None:
    """An hour's 150 is too much under 100 and not under 200; what was counted before there were bounds stays."""
    rule = rules(Register(bound=200), is_register=False, slot=3600)
    eras = [(BASE, np.array([MOST_HELD])), (JULY, np.array([100]))]
    rule = type(rule)(
        **{name: getattr(rule, name) for name in type(rule).__slots__ if name != "bounds_before"},
        bounds_before=eras,
    )
    t = column(BASE, BASE + 3600, JULY, JULY + 3600, JULY + 7200)
    v = column(150, 150, 150, 150, 201)
    nothing = np.zeros(5, np.int64)
    parts = contributions(rule, nothing, np.zeros(5, np.bool_), t - 3600, nothing, t, v)
    assert parts.reason.tolist() == [NONE, BEYOND, BEYOND, NONE, BEYOND]
    assert Reason.BEYOND.value == "beyond"
