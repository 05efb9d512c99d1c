"""When an amount is asked back: by the bounds of the rule, not by constants."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.projects.common import plausibility
from services.projects.common.plausibility import USUAL

WIDE = replace(
    USUAL, far_factor=Decimal(50), smallest=Decimal(1), smallest_project=Decimal(1), largest=Decimal(10**15)
)


def doubted(care: plausibility.AmountCare) -> list[bool]:
    """Of five amounts that are odd by the usual bounds."""
    return [
        plausibility.doubt_project(Decimal(99_999), care) is not None,
        plausibility.doubt_project(Decimal(10**12), care) is not None,
        plausibility.doubt_contract(Decimal(2_100), Decimal(100), care) is not None,
        plausibility.doubt_listing(Decimal(9_999), None, care) is not None,
        plausibility.doubt_subsidy("aid", Decimal(9_999), Decimal(10**6), care) is not None,
        plausibility.doubt_audited(Decimal(100), Decimal(2_100), care) is not None,
    ]


@pytest.mark.parametrize(("care", "asked_back"), [(USUAL, True), (WIDE, False)])
def test_the_rule_says_what_is_odd(care: plausibility.AmountCare, asked_back: bool) -> None:
    assert doubted(care) == [asked_back] * 6


def test_the_doubt_names_the_rules_bound() -> None:
    why = plausibility.doubt_project(Decimal(5), replace(USUAL, smallest_project=Decimal(10)))
    assert why is not None
    assert "less than 10 yuan" in why
