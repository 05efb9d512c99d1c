"""A plan's reference data are added or replaced; what another plan goes by stays."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.energy.plan.facts import (
    CoefficientsLoaded,
    EnergyRulesLoaded,
    PlanRegion,
    RegionsLoaded,
)
from services.energy.plan.loading import LoadPlan
from tests.kit.spec import given
from tests.unit.energy.registry.test_reference import FUJIAN, FUZHOU, LOAD, LOADED, PLAN, POWER, RULE, SILENCE

NOTHING = LoadPlan("fujian-2013", None, None, None, None)
OTHER = replace(NOTHING, plan="zhejiang-2013", replace=True, history=LOADED)
ZHEJIANG = PlanRegion("330000", "浙江省", "province", None, True, None, None)


def test_a_part_of_the_map_takes_none_away() -> None:
    given(PLAN, *LOADED).when(replace(NOTHING, regions=(FUJIAN, FUZHOU))).changes_nothing()
    given(PLAN, *LOADED).when(replace(NOTHING, regions=(FUJIAN,), replace=True)).then(
        RegionsLoaded("fujian-2013", (FUJIAN,))
    )


def test_a_second_province_replaces_neither_regions_nor_key_users_nor_coefficients() -> None:
    cases = (
        ({"regions": (ZHEJIANG,)}, "fujian-2013: regions 350000, 350100, PT"),
        (
            {"coefficients": (replace(POWER, kgce=Decimal("0.2"), edition="own"),)},
            "coefficients electricity equal",
        ),
        ({"key_user_rules": (replace(RULE, threshold_tce=Decimal(5000)),)}, "key_user_rules 2008-04-01"),
        ({"monitoring_rules": (replace(SILENCE, silent_after_hours=Decimal(9)),)}, "monitoring_rules 2013"),
    )
    for change, says in cases:
        load = replace(OTHER, **change)
        given(PLAN).when(load).rejects(says, code="used-by-another-plan")
        assert given(PLAN).when(replace(load, over=frozenset({"fujian-2013"}))).events


def test_the_same_of_two_plans_holds_for_both() -> None:
    load = replace(OTHER, coefficients=(POWER,), key_user_rules=(RULE,))
    given(PLAN).when(load).then(
        CoefficientsLoaded("zhejiang-2013", (POWER,)), EnergyRulesLoaded("zhejiang-2013", (RULE,), ())
    )


def test_what_another_plan_displaced_comes_back_with_the_folder() -> None:
    lost = (*LOADED, RegionsLoaded("other", (ZHEJIANG,)))
    load = replace(LOAD, replace=True, history=lost, over=frozenset({"other"}))
    given(PLAN, *LOADED).when(load).then(LOADED[0])


def test_two_provinces_have_no_plan_together() -> None:
    given(PLAN).when(replace(NOTHING, regions=(FUJIAN, ZHEJIANG))).rejects("one province has a plan here")


def test_days_that_do_not_meet_are_no_dispute() -> None:
    later = replace(RULE, threshold_tce=Decimal(5000), valid_from=date(2014, 1, 1))
    ended = EnergyRulesLoaded("fujian-2013", (replace(RULE, valid_to=date(2013, 12, 31)),), ())
    load = replace(OTHER, key_user_rules=(later,), history=(ended,))
    given(PLAN).when(load).then(EnergyRulesLoaded("zhejiang-2013", (later,), ()))
