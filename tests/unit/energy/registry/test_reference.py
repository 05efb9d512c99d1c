"""Reference data, single coefficients and restatements."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.energy.coefficients.decisions import COEFFICIENTS, PublishCoefficient
from services.energy.coefficients.facts import CoefficientPublished
from services.energy.coefficients.restatements.decisions import RESTATEMENTS, Recounted, Restate
from services.energy.coefficients.restatements.facts import CoefficientsRestated
from services.energy.plan.decisions import (
    PLAN,
    CoefficientIn,
    KeyUserRuleIn,
    Loading,
    LoadPlan,
    MonitoringRuleIn,
    RegionIn,
    RelationIn,
)
from services.energy.plan.facts import (
    CoefficientsLoaded,
    EnergyRulesLoaded,
    KeyUserRule,
    MonitoringRule,
    PlanCoefficient,
    PlanEvent,
    PlanRegion,
    RegionRelation,
    RegionsLoaded,
)
from shared.command import Given
from tests.kit.spec import given

FIRST = date(2008, 6, 1)
CLERK = Loading(today=date(2013, 1, 15), by="clerk")


def region(code: str, name: str, level: str, parent: str | None, *relations: RegionRelation) -> PlanRegion:
    return PlanRegion(
        code=code,
        name=name,
        level=level,
        parent=parent,
        administered=True,
        valid_from=None,
        valid_to=None,
        relations=relations,
    )


FUJIAN = region("350000", "福建省", "province", None)
FUZHOU = region("350100", "福州市", "prefecture", "350000")
PINGTAN = region("PT", "平潭", "zone", "350000", RegionRelation(kind="part_of", to="350100"))
POWER = PlanCoefficient(
    edition="GB/T 2589-2008",
    carrier="electricity",
    name="电力",
    basis="equal",
    unit="kWh",
    kgce=Decimal("0.1229"),
    valid_from=FIRST,
    valid_to=None,
    provisional=False,
    source="GB/T 2589",
)
RULE = KeyUserRule(
    threshold_tce=Decimal(10000),
    designated_from_tce=Decimal(5000),
    valid_from=date(2008, 4, 1),
    valid_to=None,
    source="art. 52",
)
SILENCE = MonitoringRule(
    silent_after_hours=Decimal(2), valid_from=date(2013, 1, 1), valid_to=None, source="read"
)
PARTS: dict[str, Any] = {
    "regions": (FUJIAN, FUZHOU, PINGTAN),
    "coefficients": (POWER,),
    "key_user_rules": (RULE,),
    "monitoring_rules": (SILENCE,),
}
LOADED: tuple[PlanEvent, ...] = (
    RegionsLoaded(plan="fujian-2013", regions=PARTS["regions"]),
    CoefficientsLoaded(plan="fujian-2013", coefficients=(POWER,)),
    EnergyRulesLoaded(plan="fujian-2013", key_user_rules=(RULE,), monitoring_rules=(SILENCE,)),
)
_ASKED: dict[type, Any] = {
    PlanRegion: RegionIn,
    RegionRelation: RelationIn,
    PlanCoefficient: CoefficientIn,
    KeyUserRule: KeyUserRuleIn,
    MonitoringRule: MonitoringRuleIn,
}


def asked(row: Any) -> Any:
    """A row as the request has it, with the same fields."""
    known = {each.name: getattr(row, each.name) for each in fields(row)}
    if isinstance(row, PlanRegion):
        known["relations"] = tuple(map(asked, row.relations))
    return _ASKED[type(row)](**known)


def load(
    plan: str = "fujian-2013", *, whole: bool = False, over: tuple[str, ...] = (), **parts: Any
) -> LoadPlan:
    """The parts of a plan, given as what is to be loaded."""
    rows = {name: tuple(map(asked, given)) for name, given in parts.items()}
    return LoadPlan(plan=plan, replace=whole, over=over, **rows)


def test_a_plan_is_loaded_part_by_part() -> None:
    given(PLAN).when(load(**PARTS), CLERK).then(*LOADED)


def test_the_same_plan_again_changes_nothing() -> None:
    given(PLAN, *LOADED).when(load(**PARTS), CLERK).changes_nothing()


def test_a_part_that_is_left_out_stays() -> None:
    given(PLAN, *LOADED).when(load(), CLERK).changes_nothing()


def test_only_the_part_that_differs_is_loaded() -> None:
    edited = replace(POWER, kgce=Decimal("0.123"))
    given(PLAN, *LOADED).when(load(**{**PARTS, "coefficients": (edited,)}), CLERK).rejects(
        "coefficients electricity equal", code="would-change"
    )
    given(PLAN, *LOADED).when(load(**{**PARTS, "coefficients": (edited,)}, whole=True), CLERK).then(
        CoefficientsLoaded(plan="fujian-2013", coefficients=(edited,))
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"regions": (FUJIAN, FUJIAN)}, "Listed twice: 350000"),
        ({"regions": (FUZHOU,)}, "which isn't in the list"),
        ({"regions": (FUJIAN, PINGTAN)}, "which isn't in the list"),
        ({"coefficients": (replace(POWER, unit="lb"),)}, "per 'lb'"),
        ({"coefficients": (POWER, replace(POWER, unit="MJ"))}, "per kWh and per MJ"),
        ({"coefficients": (replace(POWER, kgce=Decimal("-1")),)}, "isn't negative"),
        ({"coefficients": (replace(POWER, kgce=Decimal("0.1234567")),)}, "at most 6 decimals"),
        ({"coefficients": (replace(POWER, valid_to=date(2008, 5, 31)),)}, "before 2008-06-01"),
        (
            {"key_user_rules": (RULE, replace(RULE, valid_from=date(2012, 1, 1)))},
            "Two rules hold on 2012-01-01",
        ),
        ({"key_user_rules": (replace(RULE, designated_from_tce=Decimal(10001)),)}, "must not be more"),
        ({"monitoring_rules": (replace(SILENCE, silent_after_hours=Decimal(0)),)}, "more than 0 hours"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(change: dict[str, object], why: str) -> None:
    given(PLAN).when(load(**{**PARTS, **change}), CLERK).rejects(why)


def test_a_rule_may_follow_another_the_day_after() -> None:
    ended = replace(RULE, valid_to=date(2011, 12, 31))
    following = replace(RULE, valid_from=date(2012, 1, 1), threshold_tce=Decimal(12000))
    state = given(PLAN).when(load(**{**PARTS, "key_user_rules": (ended, following)}), CLERK).state
    assert state.key_user_rules == (ended, following)


OWN: dict[str, Any] = {
    "carrier": "raw_coal",
    "basis": "both",
    "kgce": Decimal("0.6512"),
    "edition": "own",
    "valid_from": date(2013, 2, 1),
    "valid_to": None,
    "provisional": False,
    "enterprise": "MILL",
    "source": "lab",
}
OWN_PUBLISHED = CoefficientPublished(**OWN)
ANYBODY = Given(today=date(2013, 2, 1), by="clerk")


def test_an_enterprise_reports_its_own_calorific_value() -> None:
    given(COEFFICIENTS).when(PublishCoefficient(**OWN), ANYBODY).then(OWN_PUBLISHED)
    given(COEFFICIENTS, OWN_PUBLISHED).when(PublishCoefficient(**OWN), ANYBODY).changes_nothing()


def test_a_coefficient_has_exact_decimals_and_a_span_that_ends_after_it_begins() -> None:
    own = PublishCoefficient(**OWN)
    given(COEFFICIENTS).when(replace(own, kgce=Decimal("0.0000001")), ANYBODY).rejects("at most 6 decimals")
    given(COEFFICIENTS).when(replace(own, valid_to=date(2013, 1, 31)), ANYBODY).rejects("before 2013-02-01")


RESTATE = Restate(carrier="electricity", first=date(2013, 1, 1), last=date(2013, 1, 31), reason="终值")
MOVED = Recounted(today=date(2013, 2, 1), by="clerk", enterprise_days=31)


def test_a_restatement_says_how_many_days_it_moved() -> None:
    given(RESTATEMENTS).when(RESTATE, MOVED).then(
        CoefficientsRestated(
            carrier="electricity",
            first=date(2013, 1, 1),
            last=date(2013, 1, 31),
            enterprise=None,
            reason="终值",
            enterprise_days=31,
        )
    )


def test_a_restatement_that_moves_nothing_changes_nothing() -> None:
    given(RESTATEMENTS).when(RESTATE, replace(MOVED, enterprise_days=0)).changes_nothing()


def test_a_restatement_is_of_a_span() -> None:
    reversed_span = replace(RESTATE, last=date(2012, 12, 31))
    given(RESTATEMENTS).when(reversed_span, MOVED).rejects("before 2013-01-01")
