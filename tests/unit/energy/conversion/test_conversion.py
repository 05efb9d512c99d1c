"""Standard coal: the golden vectors of the plan file, and that the past stays where it was."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.energy.common.conversion import (
    Basis,
    Coefficient,
    coefficient_on,
    comprehensive_energy,
    standard_coal,
)

RECORDED = datetime(2013, 1, 1, tzinfo=UTC)
EDITION = "GB/T 2589-2008"


def coefficient(value: str, carrier: str = "electricity", basis: Basis = Basis.EQUAL, **more) -> Coefficient:
    fields = {
        "id": 1,
        "edition": EDITION,
        "valid_from": date(2008, 6, 1),
        "valid_to": date(2021, 3, 31),
        "recorded_at": RECORDED,
        **more,
    }
    return Coefficient(carrier=carrier, basis=basis, value=Decimal(value), **fields)


RAW_COAL = coefficient("0.7143", "raw_coal", Basis.BOTH)
NATURAL_GAS = coefficient("1.2143", "natural_gas_gasfield", Basis.BOTH)
EQUAL = coefficient("0.1229")
EQUIVALENT = coefficient("0.404", basis=Basis.EQUIVALENT)


@pytest.mark.parametrize(("electricity", "tce"), [(EQUAL, "958.63"), (EQUIVALENT, "1239.73")])
def test_g1_three_carriers_by_either_basis(electricity: Coefficient, tce: str) -> None:
    parts = [
        (Decimal(1_000_000), RAW_COAL),
        (Decimal(1_000_000), electricity),
        (Decimal(100_000), NATURAL_GAS),
    ]
    assert comprehensive_energy(parts) == Decimal(tce)


def test_g2_the_basis_flips_the_key_user_threshold() -> None:
    used = Decimal(30_000_000)
    assert standard_coal(used, EQUAL) == Decimal(3687) < 10_000
    assert standard_coal(used, EQUIVALENT) == Decimal(12120) >= 10_000


def test_g1_depends_on_the_kilogram_not_on_the_kilojoule() -> None:
    # 20 908 / 29 307 would be 0.7134: the printed value is used.
    assert standard_coal(Decimal(1000), RAW_COAL) == Decimal("0.7143")


@given(st.lists(st.integers(-(10**15), 10**15), max_size=8), st.decimals(0, 10, places=6))
def test_standard_coal_is_linear_to_the_last_digit(amounts: list[int], value: Decimal) -> None:
    some = coefficient(str(value))
    parts = [standard_coal(Decimal(amount).scaleb(-6), some) for amount in amounts]
    assert standard_coal(Decimal(sum(amounts)).scaleb(-6), some) == sum(parts, Decimal(0))


@pytest.mark.parametrize("value", ["-0.1", "0.1234567"])
def test_a_coefficient_is_not_negative_and_has_six_decimals(value: str) -> None:
    with pytest.raises(ValueError):
        coefficient(value)


def test_a_coefficient_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError):
        coefficient("1", valid_from=date(2013, 1, 2), valid_to=date(2013, 1, 1))


class TestWhichCoefficientHolds:
    day = date(2013, 6, 30)

    def test_none_where_none_is_known(self) -> None:
        assert coefficient_on([EQUAL], Basis.EQUIVALENT, self.day) is None
        assert coefficient_on([EQUAL], Basis.EQUAL, date(2008, 5, 31)) is None

    def test_first_and_last_day_belong_to_it(self) -> None:
        assert coefficient_on([EQUAL], Basis.EQUAL, date(2008, 6, 1)) is EQUAL
        assert coefficient_on([EQUAL], Basis.EQUAL, date(2021, 3, 31)) is EQUAL
        assert coefficient_on([EQUAL], Basis.EQUAL, date(2021, 4, 1)) is None

    @pytest.mark.parametrize("basis", [Basis.EQUAL, Basis.EQUIVALENT])
    def test_one_for_both_stands_for_either(self, basis: Basis) -> None:
        assert coefficient_on([RAW_COAL], basis, self.day) is RAW_COAL

    def test_a_basis_of_its_own_comes_before_one_for_both(self) -> None:
        both = coefficient("9", basis=Basis.BOTH, id=2, recorded_at=datetime(2014, 1, 1, tzinfo=UTC))
        assert coefficient_on([both, EQUAL], Basis.EQUAL, self.day) is EQUAL

    def test_the_enterprises_own_measured_value_comes_first(self) -> None:
        own = coefficient("0.7", enterprise="steel-1")
        assert coefficient_on([own, EQUAL], Basis.EQUAL, self.day, "steel-1") is own
        assert coefficient_on([own, EQUAL], Basis.EQUAL, self.day, "steel-2") is EQUAL

    def test_of_two_the_one_recorded_last(self) -> None:
        later = coefficient("0.13", id=2, recorded_at=datetime(2013, 2, 1, tzinfo=UTC))
        assert coefficient_on([later, EQUAL], Basis.EQUAL, self.day) is later
