"""A plan's reference data are added or replaced; what another plan goes by stays."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.energy.plan.facts import CoefficientsLoaded, EnergyRulesLoaded, PlanEvent, RegionsLoaded
from services.energy.plan.views import regions, rules
from tests.kit.spec import given
from tests.unit.energy.registry.test_reference import (
    CLERK,
    FUJIAN,
    FUZHOU,
    LOADED,
    PARTS,
    PLAN,
    POWER,
    RULE,
    SILENCE,
    load,
    region,
)

KNOWN = replace(CLERK, history=LOADED)
OTHER = "zhejiang-2013"
ZHEJIANG = region("330000", "浙江省", "province", None)


def rules_of(plan: str, *rules: Any) -> EnergyRulesLoaded:
    return EnergyRulesLoaded(plan=plan, key_user_rules=rules, monitoring_rules=())


def test_a_part_of_the_map_takes_none_away() -> None:
    given(PLAN, *LOADED).when(load(regions=(FUJIAN, FUZHOU)), CLERK).changes_nothing()
    given(PLAN, *LOADED).when(load(regions=(FUJIAN,), whole=True), CLERK).then(
        RegionsLoaded(plan="fujian-2013", regions=(FUJIAN,))
    )


def test_a_second_province_replaces_neither_regions_nor_key_users_nor_coefficients() -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"regions": (ZHEJIANG,)}, "fujian-2013: regions 350000, 350100, PT"),
        (
            {"coefficients": (replace(POWER, kgce=Decimal("0.2"), edition="own"),)},
            "coefficients electricity equal",
        ),
        ({"key_user_rules": (replace(RULE, threshold_tce=Decimal(5000)),)}, "key_user_rules 2008-04-01"),
        ({"monitoring_rules": (replace(SILENCE, silent_after_hours=Decimal(9)),)}, "monitoring_rules 2013"),
    )
    for change, says in cases:
        given(PLAN).when(load(OTHER, whole=True, **change), KNOWN).rejects(says, code="used-by-another-plan")
        over = load(OTHER, whole=True, over=("fujian-2013",), **change)
        assert given(PLAN).when(over, KNOWN).events


def test_the_same_of_two_plans_holds_for_both() -> None:
    both = load(OTHER, whole=True, coefficients=(POWER,), key_user_rules=(RULE,))
    given(PLAN).when(both, KNOWN).then(
        CoefficientsLoaded(plan=OTHER, coefficients=(POWER,)), rules_of(OTHER, RULE)
    )


def test_what_another_plan_displaced_comes_back_with_the_folder() -> None:
    lost = (*LOADED, RegionsLoaded(plan="other", regions=(ZHEJIANG,)))
    again = load(**PARTS, whole=True, over=("other",))
    given(PLAN, *LOADED).when(again, replace(CLERK, history=lost)).then(LOADED[0])


def test_two_provinces_have_no_plan_together() -> None:
    given(PLAN).when(load(regions=(FUJIAN, ZHEJIANG)), CLERK).rejects("one province has a plan here")


def test_days_that_do_not_meet_are_no_dispute() -> None:
    later = replace(RULE, threshold_tce=Decimal(5000), valid_from=date(2014, 1, 1))
    ended = replace(RULE, valid_to=date(2013, 12, 31))
    known = replace(CLERK, history=(rules_of("fujian-2013", ended),))
    given(PLAN).when(load(OTHER, whole=True, key_user_rules=(later,)), known).then(rules_of(OTHER, later))


def in_force(*history: PlanEvent) -> list[tuple[Any, ...]]:
    return [(row["plan"], row["content"]["threshold_tce"]) for row in rules(history)]


def test_the_map_in_force_is_the_newest_of_any_plan() -> None:
    newer = RegionsLoaded(plan="other", regions=(ZHEJIANG,))
    assert [row["code"] for row in regions((*LOADED, newer))] == ["330000"]
    assert [row["code"] for row in regions((newer, *LOADED))] == ["350000", "350100", "PT"]


def test_a_rule_is_in_force_until_another_displaces_it_or_its_own_plan_drops_it() -> None:
    stricter = replace(RULE, threshold_tce=Decimal(5000))
    assert in_force(rules_of("a", RULE), rules_of("b", stricter)) == [("b", "5000")]
    assert in_force(rules_of("b", stricter), rules_of("a", RULE)) == [("a", "10000")]
    assert in_force(rules_of("a", RULE), rules_of("a")) == []


def test_a_rule_of_two_plans_is_in_force_as_long_as_one_of_them_has_it() -> None:
    both = (rules_of("a", RULE), rules_of("b", RULE))
    assert in_force(*both) == [("b", "10000")]
    assert in_force(*both, rules_of("b")) == [("a", "10000")]
