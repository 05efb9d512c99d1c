"""Industries (行业) by GB/T 4754, dated: what a code can mean that a spreadsheet may have cut."""

from datetime import date

import pytest

from services.projects.common import industries
from services.projects.common.checks import check_industry
from services.projects.common.refusal import Refused

IN_FORCE, BEFORE = date(2013, 6, 1), date(2011, 10, 31)


def test_the_list_is_the_standards() -> None:
    """96 divisions, 432 groups, 1,094 classes; each class lies in a group, each group in a division."""
    known = industries.on(IN_FORCE)
    assert [sum(len(code) == length for code in known) for length in (2, 3, 4)] == [96, 432, 1_094]
    assert all(code[:-1] in known for code in known if len(code) > 2)
    assert (known["0610"].name, known["0610"].section) == ("烟煤和无烟煤开采洗选", "B")
    assert not industries.on(BEFORE)


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("1751", ["1751"]),
        ("C1751", ["C1751"]),
        ("D1751", []),
        ("610", ["0610"]),
        ("175", ["175"]),
        ("131", ["131", "0131"]),
        ("13", ["13"]),
        ("9999", []),
        ("", []),
        ("C", []),
    ],
)
def test_a_code_means_itself_or_what_it_was_before_it_was_cut(code: str, meant: list[str]) -> None:
    assert industries.meant(code, industries.on(IN_FORCE)) == meant


@pytest.mark.parametrize(("code", "maybe"), [("610", "Is 0610 meant?"), ("9999", "")])
def test_every_door_refuses_what_is_no_industry(code: str, maybe: str) -> None:
    with pytest.raises(Refused) as caught:
        check_industry(code, IN_FORCE)
    assert (caught.value.code, caught.value.where) == ("unknown-industry", "industry")
    assert maybe in caught.value.detail
    assert caught.value.remedy
    check_industry("131", IN_FORCE)
    check_industry(code, BEFORE)
