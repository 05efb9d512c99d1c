"""Publishing a plan: whole or not at all, twice the same is once, and a change says why."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.assessment.common.refusal import Refused
from services.assessment.common.region import Region
from services.assessment.plans.decisions.plan import PLAN
from services.assessment.plans.facts.plan import (
    PlanHeader,
    PlanPublished,
    Programme,
    Published,
    RegionsDefined,
)
from services.assessment.plans.targets.decisions import ReviseTarget
from services.assessment.plans.targets.facts import revised_event, set_event
from tests.kit.spec import given
from tests.unit.assessment.facts import (
    CLERK,
    FUZHOU,
    HEADER,
    QUANZHOU,
    REGIONS,
    TARGETS,
    UNMEASURED,
    publish,
    published,
    target,
)


def test_a_plan_is_published_with_its_regions_and_every_target_measured_or_not() -> None:
    state = given(PLAN).when(publish(), CLERK).then(*published())
    assert isinstance(state, Published)
    assert state.header == HEADER
    assert state.regions == REGIONS
    assert {name: each.facts for name, each in state.targets.items()} == {
        each.target: each for each in TARGETS
    }
    assert [each.ordinal for each in state.targets.values()] == [1, 2, 3, 4, 5]
    assert state.targets["TR-4"].facts.measure is None


def test_the_same_plan_again_changes_nothing() -> None:
    given(PLAN, *published()).when(publish(), CLERK).changes_nothing()


def test_660_and_660_00_are_the_same_figure() -> None:
    same = tuple(
        replace(facts, value=facts.value and facts.value.quantize(Decimal("0.01"))) for facts in TARGETS
    )
    given(PLAN, *published()).when(publish(targets=same), CLERK).changes_nothing()


def test_a_changed_target_needs_a_reason_and_keeps_the_value_before() -> None:
    changed = replace(FUZHOU, value=Decimal(680))
    command = publish(targets=tuple(changed if facts is FUZHOU else facts for facts in TARGETS))
    given(PLAN, *published()).when(command, CLERK).rejects("TR-6a", code="reason-required")
    event = revised_event(changed, FUZHOU, "erratum", "publication")
    assert (event.previous_value, event.value) == (Decimal(660), Decimal(680))
    given(PLAN, *published()).when(replace(command, reason="erratum"), CLERK).then(event)


def test_a_further_target_needs_no_reason() -> None:
    further = target("TR-6b", "350500", "200")
    given(PLAN, *published()).when(publish(targets=(*TARGETS, further)), CLERK).then(
        set_event(further, "publication")
    )


def test_a_changed_header_and_changed_regions_are_facts_of_their_own() -> None:
    header = replace(HEADER, title="计划（修订）")
    regions = (*REGIONS, Region("350200", "厦门市", "prefecture", "350000"))
    command = publish(header=header, regions=regions)
    given(PLAN, *published()).when(command, CLERK).rejects("the plan's header, its regions")
    members = {name: getattr(header, name) for name in PlanHeader.__dataclass_fields__}
    given(PLAN, *published()).when(replace(command, reason="new edition"), CLERK).then(
        PlanPublished(**members, reason="new edition"),
        RegionsDefined(plan="p", regions=regions, reason="new edition"),
    )


def test_a_target_is_not_dropped_by_leaving_it_out() -> None:
    without = tuple(facts for facts in TARGETS if facts is not QUANZHOU)
    given(PLAN, *published()).when(publish(targets=without, reason="x"), CLERK).rejects(
        "TR-6d", code="target-missing"
    )


def test_publishing_the_same_after_a_decision_does_not_undo_the_decision() -> None:
    revised = revised_event(replace(FUZHOU, value=Decimal(700)), FUZHOU, "moved projects", "decision")
    state = given(PLAN, *published(), revised).when(publish(), CLERK).changes_nothing()
    assert isinstance(state, Published)
    assert state.targets["TR-6a"].facts.value == Decimal(700)


def test_a_new_figure_in_the_plan_replaces_a_decision_and_names_the_value_that_held() -> None:
    decided = replace(FUZHOU, value=Decimal(700))
    revised = revised_event(decided, FUZHOU, "moved projects", "decision")
    new = replace(FUZHOU, value=Decimal(650))
    command = publish(targets=tuple(new if f is FUZHOU else f for f in TARGETS), reason="second edition")
    event = revised_event(new, decided, "second edition", "publication")
    assert event.previous_value == Decimal(700)
    given(PLAN, *published(), revised).when(command, CLERK).then(event)


@pytest.mark.parametrize(
    ("changes", "where", "why"),
    [
        ({"targets": (FUZHOU, FUZHOU)}, "targets.1.target", "TR-6a is listed twice"),
        ({"targets": (target("TR-6a", "359900"),)}, "targets.0.region", "359900 is not a region"),
        ({"targets": (target("TR-6a", "350112"),)}, "targets.0.region", "350112 doesn't exist in 2013"),
        ({"targets": (target("TR-6a", parent="TR-9"),)}, "targets.0.parent", "no target TR-9"),
        ({"targets": (target("TR-6a", parent="TR-6a"),)}, "targets.0.parent", "no target TR-6a"),
        ({"targets": (target("XX-1", programme="XX"),)}, "targets.0.programme", "no programme XX"),
        ({"targets": (target("TR-6a", value=None),)}, "targets.0.value", "it needs a value"),
        (
            {"targets": (target("TR-6a", value_high=Decimal(600)),)},
            "targets.0.value_high",
            "above its beginning",
        ),
        ({"regions": (*REGIONS, REGIONS[0])}, "regions.10.code", "350000 is listed twice"),
        ({"regions": REGIONS[1:]}, "regions.0.parent", "350000, which isn't listed"),
        (
            {"regions": (*REGIONS, Region("350103", "台江区", "county", "350000"))},
            "regions.10.parent",
            "a county can't lie under a province",
        ),
        ({"regions": (), "targets": ()}, "regions", "there is none"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused_as_a_whole(
    changes: dict[str, Any], where: str, why: str
) -> None:
    refusal = given(PLAN).when(publish(**changes), CLERK).refusal
    assert isinstance(refusal, Refused)
    assert refusal.code == "inconsistent-plan"
    assert any(fault["where"] == where and why in fault["why"] for fault in refusal.faults), refusal.faults


def test_all_faults_are_named_at_once() -> None:
    header = replace(HEADER, programmes=(Programme("TR", "a"), Programme("TR", "b")))
    refusal = (
        given(PLAN)
        .when(publish(header=header, targets=(target("TR-6a", "1"), target("TR-6b", "2"))), CLERK)
        .refusal
    )
    assert isinstance(refusal, Refused)
    assert [fault["where"] for fault in refusal.faults] == [
        "programmes",
        "targets.0.region",
        "targets.1.region",
    ]
    assert refusal.extra["errors"] == list(refusal.faults)


def test_nothing_is_decided_on_a_plan_that_is_not_there() -> None:
    command = ReviseTarget(plan="p", target="TR-6a", reason="x", value=Decimal(1))
    given(PLAN).when(command, CLERK).rejects("isn't published", code="no-such-plan")


def test_a_target_without_value_and_measure_is_kept() -> None:
    bare = replace(UNMEASURED, target="EN-1", value=None)
    state = (
        given(PLAN)
        .when(publish(targets=(bare,)), CLERK)
        .then(*published()[:2], set_event(bare, "publication"))
    )
    assert isinstance(state, Published)
    assert state.targets["EN-1"].facts.value is None
