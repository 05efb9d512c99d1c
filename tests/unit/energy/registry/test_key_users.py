"""Key energy users (重点用能单位): the list of a year, its lines, its revisions (EN-14, G-2)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.energy.common.conversion import Basis
from services.energy.key_users.decisions import KEY_USERS, DesignateKeyUsers, KeyUserIn, Listing
from services.energy.key_users.facts import Category, KeyUser, KeyUsersDesignated, Listed
from services.energy.plan.facts import KeyUserRule
from tests.kit.spec import given

RULE = KeyUserRule(
    threshold_tce=Decimal(10000),
    designated_from_tce=Decimal(5000),
    valid_from=date(2008, 4, 1),
    valid_to=None,
    source="节约能源法 art. 52",
)
KNOWN = Listing(
    today=date(2013, 1, 15),
    by="province",
    rule=RULE,
    regions={"MILL": "350181", "OTHER": "350181", "AAA": "350181"},
)
MILL = KeyUserIn(enterprise="MILL", tce=Decimal(12120))
DESIGNATE = DesignateKeyUsers(
    year=2013, basis="equivalent", source="闽经贸能源〔2013〕27号", enterprises=(MILL,)
)
ON_LIST = KeyUser(
    enterprise="MILL", region="350181", tce=Decimal(12120), category=Category.THRESHOLD, reason=""
)
DESIGNATED = KeyUsersDesignated(
    year=2013,
    basis=Basis.EQUIVALENT,
    source="闽经贸能源〔2013〕27号",
    revision=1,
    revision_reason=None,
    enterprises=(ON_LIST,),
)


def only(line: KeyUserIn) -> DesignateKeyUsers:
    return replace(DESIGNATE, enterprises=(line,))


def test_the_list_of_a_year() -> None:
    given(KEY_USERS).when(DESIGNATE, KNOWN).then(DESIGNATED)


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
    user = replace(MILL, tce=Decimal(tce), reason="省定")
    given(KEY_USERS).when(only(user), KNOWN).then(
        replace(
            DESIGNATED,
            enterprises=(replace(ON_LIST, tce=Decimal(tce), category=category, reason="省定"),),
        )
    )


def test_below_both_lines_nobody_is_a_key_user() -> None:
    low = replace(MILL, tce=Decimal("4999.99"), reason="省定")
    given(KEY_USERS).when(only(low), KNOWN).rejects("less than the 5000 tce", code="below-key-user-lines")


def test_g2_the_same_firm_passes_by_one_basis_and_needs_a_designation_by_the_other() -> None:
    """G-2: 30 million kWh are 3687 tce by equal value and 12,120 tce by equivalent value."""
    given(KEY_USERS).when(only(replace(MILL, tce=Decimal(12120))), KNOWN).then(DESIGNATED)
    equal = replace(only(replace(MILL, tce=Decimal(3687), reason="省定")), basis="equal")
    given(KEY_USERS).when(equal, KNOWN).rejects("less than the 5000 tce")


def test_a_designation_says_by_whom() -> None:
    given(KEY_USERS).when(only(replace(MILL, tce=Decimal(8200))), KNOWN).rejects(
        "only by designation", code="designation-without-reason"
    )


def test_a_list_needs_the_rule_of_its_year() -> None:
    given(KEY_USERS).when(DESIGNATE, replace(KNOWN, rule=None)).rejects("No loaded plan says")


def test_a_line_that_names_nobody_refuses_the_whole_list() -> None:
    unknown = KeyUserIn(enterprise="GHOST", tce=Decimal(20000))
    refusal = (
        given(KEY_USERS)
        .when(replace(DESIGNATE, enterprises=(MILL, unknown)), KNOWN)
        .rejects("isn't registered")
    )
    assert getattr(refusal, "where", None) == "enterprises[GHOST]"


def test_nobody_stands_on_a_list_twice() -> None:
    given(KEY_USERS).when(replace(DESIGNATE, enterprises=(MILL, MILL)), KNOWN).rejects("twice")


def test_the_same_list_again_changes_nothing_in_whatever_order() -> None:
    other = KeyUserIn(enterprise="AAA", tce=Decimal(11000))
    twice = replace(DESIGNATE, enterprises=(MILL, other))
    state = given(KEY_USERS).when(twice, KNOWN)
    given(KEY_USERS, *state.events).when(replace(twice, enterprises=(other, MILL)), KNOWN).changes_nothing()


def test_a_revision_has_a_reason_and_replaces_the_list() -> None:
    other = only(KeyUserIn(enterprise="OTHER", tce=Decimal(11000)))
    given(KEY_USERS, DESIGNATED).when(other, KNOWN).rejects(
        "stands (revision 1)", code="revision-without-reason"
    )
    given(KEY_USERS, DESIGNATED).when(replace(other, revision_reason="停产"), KNOWN).then(
        replace(
            DESIGNATED,
            revision=2,
            revision_reason="停产",
            enterprises=(replace(ON_LIST, enterprise="OTHER", tce=Decimal(11000)),),
        )
    )


def test_an_enterprise_that_uses_less_stays_until_the_next_list() -> None:
    """Nothing but a list changes the list: there is no command that a measurement could send."""
    state = given(KEY_USERS, DESIGNATED).state
    assert state == Listed(DESIGNATED)
