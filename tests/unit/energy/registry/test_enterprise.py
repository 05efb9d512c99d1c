"""Enterprises: registration, moves, identifiers of the outside (X-25)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.energy.common.refusal import Refused
from services.energy.common.regions import Region
from services.energy.enterprises.decisions import (
    ENTERPRISE,
    AssignExternalId,
    ChangeEnterprise,
    ExternalIdIn,
    RegisterEnterprise,
    Registering,
)
from services.energy.enterprises.facts import (
    EnterpriseChanged,
    EnterpriseRegistered,
    ExternalId,
    ExternalIdAssigned,
    Registered,
)
from services.energy.enterprises.identifiers import (
    Scheme,
    check,
    credit_check_digit,
    organisation_check_digit,
)
from tests.kit.spec import given

FUQING = Region("350181", "福清市", "county", True, date(2010, 1, 1))
PROVINCE = Region("350000", "福建省", "province", True)
KINMEN = Region("350527", "金门县", "county", False)
FIRST = date(2013, 1, 1)
CLERK = Registering(today=FIRST, by="clerk", region=FUQING)
GIVEN = ExternalIdIn(scheme=Scheme.ORG_CODE, value="DEMO00024", valid_from=date(2001, 5, 1))
ORG = ExternalId(scheme=Scheme.ORG_CODE, value="DEMO00024", valid_from=date(2001, 5, 1))
REGISTER = RegisterEnterprise(
    enterprise="MILL", name="示例纸业", region="350181", industry="2221", external_ids=(GIVEN,)
)
REGISTERED = EnterpriseRegistered(
    enterprise="MILL",
    name="示例纸业",
    region="350181",
    industry="2221",
    external_ids=(ORG,),
    valid_from=FIRST,
)


def change(on: date, reason: str = "x", **changes: Any) -> ChangeEnterprise:
    return ChangeEnterprise(enterprise="MILL", valid_from=on, reason=reason, **changes)


def assign(scheme: Scheme, value: str, on: date) -> AssignExternalId:
    return AssignExternalId(enterprise="MILL", scheme=scheme, value=value, valid_from=on)


def test_an_enterprise_is_registered() -> None:
    given(ENTERPRISE).when(REGISTER, CLERK).then(REGISTERED)


def test_the_same_registration_again_changes_nothing() -> None:
    given(ENTERPRISE, REGISTERED).when(REGISTER, CLERK).changes_nothing()


def test_another_registration_under_its_id_is_refused() -> None:
    given(ENTERPRISE, REGISTERED).when(replace(REGISTER, name="别的"), CLERK).rejects(
        "registered already", code="taken"
    )


@pytest.mark.parametrize("industry", ["", "1", "00", "97", "C31", "31101", "3 1"])
def test_an_industry_is_a_code_of_gb_t_4754(industry: str) -> None:
    given(ENTERPRISE).when(replace(REGISTER, industry=industry), CLERK).rejects("GB/T 4754-2011")


@pytest.mark.parametrize("industry", ["31", "311", "3110", "06", "96"])
def test_divisions_groups_and_classes_are_industries(industry: str) -> None:
    given(ENTERPRISE).when(replace(REGISTER, industry=industry), CLERK).then(
        replace(REGISTERED, industry=industry)
    )


@pytest.mark.parametrize(
    ("region", "why"),
    [
        (None, "No loaded plan has a region"),
        (PROVINCE, "is a province"),
        (KINMEN, "isn't administered here"),
        (replace(FUQING, valid_to=date(2012, 12, 31)), "not on 2013-01-01"),
    ],
)
def test_an_enterprise_lies_in_a_region_that_can_hold_it(region: Region | None, why: str) -> None:
    given(ENTERPRISE).when(REGISTER, replace(CLERK, region=region)).rejects(why)


def test_a_region_holds_on_its_last_day() -> None:
    last = replace(FUQING, valid_to=FIRST)
    given(ENTERPRISE).when(REGISTER, replace(CLERK, region=last)).then(REGISTERED)


def test_two_codes_of_one_scheme_do_not_hold_at_once() -> None:
    second = replace(GIVEN, value="DEMO00016", valid_from=date(2012, 1, 1))
    assert organisation_check_digit("DEMO0001") == "6"
    both = replace(REGISTER, external_ids=(GIVEN, second))
    given(ENTERPRISE).when(both, CLERK).rejects("Two org_code hold at once")
    ended = replace(GIVEN, valid_to=date(2011, 12, 31))
    held = (
        replace(ORG, valid_to=date(2011, 12, 31)),
        replace(ORG, value="DEMO00016", valid_from=date(2012, 1, 1)),
    )
    given(ENTERPRISE).when(replace(REGISTER, external_ids=(ended, second)), CLERK).then(
        replace(REGISTERED, external_ids=held)
    )


def test_a_code_stands_for_one_enterprise_and_one_time() -> None:
    theirs = replace(CLERK, taken=frozenset({(Scheme.ORG_CODE, "DEMO00024")}))
    says = "org_code DEMO00024 belongs to another registration."
    given(ENTERPRISE).when(REGISTER, theirs).rejects(says, code="taken")
    again = (replace(GIVEN, valid_to=date(2005, 1, 1)), replace(GIVEN, valid_from=date(2010, 1, 1)))
    given(ENTERPRISE).when(replace(REGISTER, external_ids=again), CLERK).rejects(says, code="taken")
    taken = replace(CLERK, taken=frozenset({(Scheme.ORG_CODE, "DEMO00016")}))
    later = assign(Scheme.ORG_CODE, "demo0001-6", date(2013, 6, 1))
    given(ENTERPRISE, REGISTERED).when(later, taken).rejects("DEMO00016 belongs", code="taken")


def test_a_move_holds_from_its_day_on() -> None:
    xiamen = Region("350203", "思明区", "county", True)
    moved = EnterpriseChanged(
        enterprise="MILL",
        name="示例纸业",
        region="350203",
        industry="2221",
        valid_from=date(2013, 4, 1),
        previous_region="350181",
        reason="搬迁",
    )
    state = (
        given(ENTERPRISE, REGISTERED)
        .when(change(date(2013, 4, 1), "搬迁", region="350203"), replace(CLERK, region=xiamen))
        .then(moved)
    )
    assert isinstance(state, Registered)
    assert (state.region, state.valid_from) == ("350203", date(2013, 4, 1))
    assert state.sites == {FIRST: "350181", date(2013, 4, 1): "350203"}


def test_a_change_into_what_holds_already_changes_nothing() -> None:
    given(ENTERPRISE, REGISTERED).when(change(FIRST, name="示例纸业"), CLERK).changes_nothing()


def test_a_change_is_not_older_than_the_last_one() -> None:
    before = change(date(2012, 12, 31), name="早先")
    given(ENTERPRISE, REGISTERED).when(before, CLERK).rejects("would be older", code="change-before-last")


def test_nobody_is_changed_who_is_not_registered() -> None:
    given(ENTERPRISE).when(change(FIRST, name="y"), CLERK).rejects("There is no enterprise")


def test_from_october_2015_on_an_enterprise_takes_a_unified_code() -> None:
    """X-25: both are kept; the schemes are different registers of the same enterprise."""
    code = "91350100MA0000001P"
    given(ENTERPRISE, REGISTERED).when(assign(Scheme.USCC, code, date(2015, 9, 30)), CLERK).rejects(
        "exists from 2015-10-01", code="no-such-scheme-then"
    )
    state = (
        given(ENTERPRISE, REGISTERED)
        .when(assign(Scheme.USCC, code, date(2015, 10, 1)), CLERK)
        .then(
            ExternalIdAssigned(
                enterprise="MILL", scheme=Scheme.USCC, value=code, valid_from=date(2015, 10, 1)
            )
        )
    )
    assert isinstance(state, Registered)
    assert [one.value for one in state.external_ids] == ["DEMO00024", code]


def test_a_new_code_ends_the_one_of_its_scheme_the_day_before() -> None:
    state = (
        given(ENTERPRISE, REGISTERED)
        .when(assign(Scheme.ORG_CODE, "DEMO00016", date(2013, 6, 1)), CLERK)
        .then(
            ExternalIdAssigned(
                enterprise="MILL",
                scheme=Scheme.ORG_CODE,
                value="DEMO00016",
                valid_from=date(2013, 6, 1),
                replaces="DEMO00024",
            )
        )
    )
    assert isinstance(state, Registered)
    assert [one.valid_to for one in state.external_ids] == [date(2013, 5, 31), None]


def test_a_code_that_holds_already_is_not_assigned_twice() -> None:
    given(ENTERPRISE, REGISTERED).when(
        assign(Scheme.ORG_CODE, "demo0002-4", date(2013, 6, 1)), CLERK
    ).changes_nothing()


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        (Scheme.ORG_CODE, "DEMO00025", "wrong-check-digit"),
        (Scheme.ORG_CODE, "DEMO0002", "malformed-external-id"),
        (Scheme.ORG_CODE, "DEMO0002Y", "malformed-external-id"),
        (Scheme.USCC, "91350100MA00000019", "wrong-check-digit"),
        (Scheme.USCC, "91350100MA0000001I", "malformed-external-id"),
    ],
)
def test_a_code_with_a_wrong_character_is_refused(scheme: Scheme, value: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check(scheme, value, date(2016, 1, 1))
    assert refused.value.code == code


def test_check_digits_of_published_codes() -> None:
    """The examples that are commonly given for GB 11714 and GB 32100."""
    assert organisation_check_digit("D2143569") == "X"
    assert credit_check_digit("91350100M000100Y4") == "3"
