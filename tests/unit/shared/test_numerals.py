"""What is a number in a feed, a file or a request: Python's own constructors take more."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.assessment.common.values import Value
from services.energy.common.values import Quantity
from services.projects.common.models import Money
from shared import numerals

WRONG = ["1_000", "１２", "١٢", "1,5", "0x10", "", " ", "1e", "--1", "NaN", "twelve"]


@pytest.mark.parametrize("text", WRONG)
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        numerals.decimal(text)


@pytest.mark.parametrize("text", ["0", "-0.5", "+2.", ".5", "1e3", "1E-3", " 7 ", "9" * 60])
def test_a_number(text: str) -> None:
    assert numerals.decimal(text) == Decimal(text)


def test_a_number_that_nothing_holds() -> None:
    with pytest.raises(ValueError, match="beyond"):
        numerals.decimal("1e9999999999999999999999")


@pytest.mark.parametrize("text", WRONG)
@pytest.mark.parametrize("kind", [Money, Quantity, Value], ids=["money", "quantity", "value"])
def test_requests_of_every_service_refuse_it(kind: Any, text: str) -> None:
    """An amount of "1_000" counted as a thousand, in commands as much as in readings."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize("kind", [Money, Quantity, Value], ids=["money", "quantity", "value"])
def test_requests_take_numbers_and_their_text(kind: Any) -> None:
    assert {TypeAdapter(kind).validate_python(each) for each in (12.5, "12.5", Decimal("12.50"))} == {
        Decimal("12.5")
    }
