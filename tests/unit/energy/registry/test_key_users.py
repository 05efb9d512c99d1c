"""Key energy users (重点用能单位): the list of a year, its lines, its revisions (EN-14, G-2)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.energy.common.conversion import Basis
from services.energy.domain import key_users as domain
from services.energy.domain.key_users import (
    Candidate,
    Category,
    DesignateKeyUsers,
    KeyUser,
    KeyUserRule,
    KeyUsersDesignated,
)
from shared.decider import Decider
from tests.kit.spec import given

LIST: Decider[domain.State, domain.Command, domain.Event] = Decider(
    domain.NoList(), domain.decide, domain.evolve
)
RULE = KeyUserRule(Decimal(10000), Decimal(5000), date(2008, 4, 1), None, "节约能源法 art. 52")
MILL = Candidate("MILL", "350181", Decimal(12120))
DESIGNATE = DesignateKeyUsers(2013, Basis.EQUIVALENT, "闽经贸能源〔2013〕27号", (MILL,), RULE)
ON_LIST = KeyUser("MILL", "350181", Decimal(12120), Category.THRESHOLD, "")
DESIGNATED = KeyUsersDesignated(2013, Basis.EQUIVALENT, "闽经贸能源〔2013〕27号", 1, None, (ON_LIST,))


def only(candidate: Candidate) -> DesignateKeyUsers:
    return replace(DESIGNATE, candidates=(candidate,))


def test_the_list_of_a_year() -> None:
    given(LIST).when(DESIGNATE).then(DESIGNATED)


@pytest.mark.parametrize(
    ("tce", "category"),
    [
        ("10000", Category.THRESHOLD),
        ("9999.999", Category.DESIGNATED),
        ("5000", Category.DESIGNATED),
    ],
)
def test_the_lines_include_their_number(tce: str, category: Category) -> None:
    """以上 includes the number itself (plan data §3.2)."""
    user = Candidate("MILL", "350181", Decimal(tce), "省定")
    given(LIST).when(only(user)).then(
        replace(DESIGNATED, enterprises=(KeyUser("MILL", "350181", Decimal(tce), category, "省定"),))
    )


def test_below_both_lines_nobody_is_a_key_user() -> None:
    low = Candidate("MILL", "350181", Decimal("4999.99"), "省定")
    given(LIST).when(only(low)).rejects("less than the 5000 tce", code="below-key-user-lines")


def test_g2_the_same_firm_passes_by_one_basis_and_needs_a_designation_by_the_other() -> None:
    """G-2: 30 million kWh are 3687 tce by equal value and 12,120 tce by equivalent value."""
    given(LIST).when(only(replace(MILL, tce=Decimal(12120)))).then(DESIGNATED)
    equal = replace(only(replace(MILL, tce=Decimal(3687), reason="省定")), basis=Basis.EQUAL)
    given(LIST).when(equal).rejects("less than the 5000 tce")


def test_a_designation_says_by_whom() -> None:
    given(LIST).when(only(Candidate("MILL", "350181", Decimal(8200)))).rejects(
        "only by designation", code="designation-without-reason"
    )


def test_a_list_names_its_basis() -> None:
    given(LIST).when(replace(DESIGNATE, basis=Basis.BOTH)).rejects("counts by one basis")


def test_a_list_needs_the_rule_of_its_year() -> None:
    given(LIST).when(replace(DESIGNATE, rule=None)).rejects("No loaded plan says")


def test_a_line_that_names_nobody_refuses_the_whole_list() -> None:
    unknown = Candidate("GHOST", None, Decimal(20000))
    refusal = given(LIST).when(replace(DESIGNATE, candidates=(MILL, unknown))).rejects("isn't registered")
    assert getattr(refusal, "where", None) == "enterprises[GHOST]"


def test_nobody_stands_on_a_list_twice() -> None:
    given(LIST).when(replace(DESIGNATE, candidates=(MILL, MILL))).rejects("twice")


def test_the_same_list_again_changes_nothing_in_whatever_order() -> None:
    other = Candidate("AAA", "350181", Decimal(11000))
    twice = replace(DESIGNATE, candidates=(MILL, other))
    state = given(LIST).when(twice)
    given(LIST, *state.events).when(replace(twice, candidates=(other, MILL))).changes_nothing()


def test_a_revision_has_a_reason_and_replaces_the_list() -> None:
    other = only(Candidate("OTHER", "350181", Decimal(11000)))
    given(LIST, DESIGNATED).when(other).rejects("stands (revision 1)", code="revision-without-reason")
    given(LIST, DESIGNATED).when(replace(other, revision_reason="停产")).then(
        replace(
            DESIGNATED,
            revision=2,
            revision_reason="停产",
            enterprises=(KeyUser("OTHER", "350181", Decimal(11000), Category.THRESHOLD, ""),),
        )
    )


def test_an_enterprise_that_uses_less_stays_until_the_next_list() -> None:
    """Nothing but a list changes the list: there is no command that a measurement could send."""
    state = given(LIST, DESIGNATED).state
    assert state == domain.Listed(DESIGNATED)
