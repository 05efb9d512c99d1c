"""One module rounds and writes: halves away from zero, no negative zero, a dash for what is missing."""

from datetime import date
from decimal import Decimal

import pytest

from services.portal import numbers
from services.portal.ask import bilingual


@pytest.mark.parametrize(
    ("value", "digits", "zh"),
    [
        ("1974.45", 1, "1,974.5"),
        ("1974.44", 1, "1,974.4"),
        ("-0.04", 1, "0.0"),
        ("-0.05", 1, "−0.1"),
        ("0.5", 0, "1"),
        ("2.5", 0, "3"),
        ("1234567.891", 2, "1,234,567.89"),
        (None, 1, "—"),
        ("", 1, "—"),
        ("NaN", 1, "—"),
        ("Infinity", 1, "—"),
        ("abc", 1, "—"),
        (True, 0, "—"),
        (0, 0, "0"),
    ],
)
def test_numbers(value: object, digits: int, zh: str) -> None:
    assert numbers.number(value, digits, "zh") == zh
    assert numbers.number(value, digits, "en") == zh


def test_a_lead_has_its_sign() -> None:
    assert numbers.points("6.18", "zh") == "+6.2"
    assert numbers.points("-12.34", "en") == "−12.3"
    assert numbers.points("0.04", "zh") == "0.0"
    assert numbers.percent("75.95", "zh") == "76.0%"


def test_amounts_with_units() -> None:
    assert numbers.amount("2600", "CNY_1e8", "zh") == "2,600.0 亿元"
    assert numbers.amount("0.508", "tce_per_CNY_1e4", "en") == "0.508 tce per 10,000 yuan"
    assert numbers.amount("50", "percent", "en") == "50.0%"
    assert numbers.amount("3", "furlong", "en") == "3.00 furlong"
    assert numbers.amount(None, "CNY_1e8", "zh") == "—"


def test_days_are_china_s() -> None:
    assert numbers.day("2013-09-30T16:30:00Z", "zh") == "2013年10月1日"
    assert numbers.day("2013-09-30", "en") == "30 September 2013"
    assert numbers.moment("2013-09-30T16:30:00Z", "en") == "1 October 2013, 00:30"
    assert numbers.month("2013-09", "zh") == "2013年9月"
    assert numbers.month("2013-13", "zh") == "2013-13"
    assert numbers.day(None, "zh") == "—"
    assert numbers.as_date("nonsense") is None
    assert numbers.as_date(date(2013, 1, 1)) == date(2013, 1, 1)


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("45.52", "4552000000.00"),
        ("１，０００．５", "100050000000.00"),
        (" 1 000 亿元", "100000000000.00"),
        ("0", "0.00"),
        ("0.00000000004", "0.00"),
    ],
)
def test_what_is_typed_in_1e8_becomes_yuan(typed: str, yuan: str) -> None:
    assert f"{numbers.yuan(typed):f}" == yuan


@pytest.mark.parametrize("typed", ["", "-1", "1e30", "NaN", "一百", "1/2", "1e999999"])
def test_what_is_no_amount_is_none(typed: str) -> None:
    assert numbers.yuan(typed) is None


def test_what_is_shown_in_a_field_can_be_sent_again() -> None:
    for value in (Decimal("45.52"), Decimal("1E+3"), Decimal("0.00000001"), Decimal("70.575648")):
        assert numbers.decimal(numbers.typed(value)) == value


def test_a_name_in_both_languages_is_read_in_one() -> None:
    assert bilingual("Growth (of it) (增长)", "zh") == "增长"
    assert bilingual("Growth (of it) (增长)", "en") == "Growth (of it)"
    assert bilingual("plain", "zh") == "plain"
