"""Setting, revising and decomposing targets (TR-7, X-24)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.assessment.common.records import members
from services.assessment.plans.decisions.plan import PLAN
from services.assessment.plans.facts.plan import Published
from services.assessment.plans.targets.decisions import Base, DecomposeTarget, ReviseTarget, SetTarget, Share
from services.assessment.plans.targets.facts import (
    TargetBase,
    TargetDecomposed,
    TargetFacts,
    TargetPart,
    revised_event,
    set_event,
)
from tests.kit.spec import given
from tests.unit.assessment.facts import CLERK, FUZHOU, GROWTH, QUANZHOU, published, sent, target

PINGTAN = target("TR-6j", "PT", "10", level="zone")


def decompose(*shares: tuple[str, str], target: str = "TR-6a", reason: str | None = None) -> DecomposeTarget:
    parts = tuple(Share(region=region, value=Decimal(value)) for region, value in shares)
    return DecomposeTarget(plan="p", target=target, parts=parts, reason=reason)


def part(region: str, name: str, value: str) -> TargetPart:
    return TargetPart(f"TR-6a:{region}", region, f"Investment 350100: {name}", Decimal(value))


DECOMPOSED = TargetDecomposed(
    plan="p",
    target="TR-6a",
    region="350100",
    parts=(part("350102", "鼓楼区", "200"), part("350181", "福清市", "300")),
    reason=None,
)


def test_a_further_target_is_set() -> None:
    given(PLAN, *published()).when(sent(PINGTAN, SetTarget), CLERK).then(set_event(PINGTAN, "decision"))


def test_setting_the_same_again_changes_nothing_and_another_under_its_id_is_refused() -> None:
    history = [*published(), set_event(PINGTAN, "decision")]
    given(PLAN, *history).when(sent(PINGTAN, SetTarget), CLERK).changes_nothing()
    other = replace(PINGTAN, value=Decimal(11))
    refusal = (
        given(PLAN, *history).when(sent(other, SetTarget), CLERK).rejects("set already", code="target-exists")
    )
    assert getattr(refusal, "status", None) == 409


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        (target("TR-9", "359999"), "region"),
        (target("TR-9", programme="QQ"), "programme"),
        (target("TR-9", parent="TR-8"), "parent"),
    ],
)
def test_a_target_that_does_not_fit_the_plan_is_refused_by_field(facts: TargetFacts, where: str) -> None:
    refusal = (
        given(PLAN, *published())
        .when(sent(facts, SetTarget), CLERK)
        .rejects("TR-9", code="inconsistent-target")
    )
    assert getattr(refusal, "where", None) == where


def test_a_revision_keeps_the_old_value_and_the_reason() -> None:
    command = ReviseTarget(plan="p", target="TR-6a", reason="two projects moved", value=Decimal(650))
    after = replace(FUZHOU, value=Decimal(650))
    event = revised_event(after, FUZHOU, "two projects moved", "decision")
    state = given(PLAN, *published()).when(command, CLERK).then(event)
    assert isinstance(state, Published)
    assert event.previous_value == Decimal(660)
    assert state.targets["TR-6a"].facts == after
    assert state.loaded["TR-6a"] == FUZHOU, "what the publication said is still known"


def test_the_base_year_may_be_revised_with_its_vintage() -> None:
    base = TargetBase(Decimal(2015), "CNY_1e8", "2012", "bulletin of 2013", "statistics")
    command = ReviseTarget(plan="p", target="TR-2", reason="published figure", base=Base(**members(base)))
    event = revised_event(replace(GROWTH, base=base), GROWTH, "published figure", "decision")
    assert event.value == event.previous_value == Decimal(30)
    given(PLAN, *published()).when(command, CLERK).then(event)


def test_revising_to_what_it_is_changes_nothing() -> None:
    same = ReviseTarget(plan="p", target="TR-6a", reason="x", value=Decimal("660.0"))
    given(PLAN, *published()).when(same, CLERK).changes_nothing()


def test_a_revision_that_revises_nothing_is_refused() -> None:
    given(PLAN, *published()).when(ReviseTarget(plan="p", target="TR-6a", reason="x"), CLERK).rejects(
        "Neither"
    )


def test_a_range_is_not_revised_past_its_end() -> None:
    ranged = target("TR-7", value="3", value_high=Decimal(5))
    history = [*published(), set_event(ranged, "decision")]
    command = ReviseTarget(plan="p", target="TR-7", reason="x", value=Decimal(5))
    given(PLAN, *history).when(command, CLERK).rejects("ends at 5", code="inconsistent-target")


def test_a_target_that_is_not_there_can_be_neither_revised_nor_decomposed() -> None:
    command = ReviseTarget(plan="p", target="TR-99", reason="x", value=Decimal(1))
    given(PLAN, *published()).when(command, CLERK).rejects("no target TR-99", code="no-such-target")
    given(PLAN, *published()).when(decompose(("350102", "1"), target="TR-99"), CLERK).rejects(
        "no target TR-99"
    )


def test_a_citys_target_is_decomposed_to_its_counties_without_having_to_add_up() -> None:
    command = decompose(("350181", "300"), ("350102", "200"))
    state = given(PLAN, *published()).when(command, CLERK).then(DECOMPOSED)
    assert isinstance(state, Published)
    parts = state.parts_of("TR-6a")
    assert [(facts.target, facts.value) for facts in parts] == [
        ("TR-6a:350102", Decimal(200)),
        ("TR-6a:350181", Decimal(300)),
    ]
    assert {facts.parent for facts in parts} == {"TR-6a"}
    assert {(facts.unit, facts.comparator, facts.level) for facts in parts} == {
        ("CNY_1e8", "at_least", "county")
    }
    assert state.targets["TR-6a"].facts.value == Decimal(660), "the target itself stays"


def test_the_same_breakdown_again_changes_nothing_another_needs_a_reason_and_replaces_it() -> None:
    history = [*published(), DECOMPOSED]
    given(PLAN, *history).when(decompose(("350102", "200.0"), ("350181", "300")), CLERK).changes_nothing()
    given(PLAN, *history).when(decompose(("350181", "500")), CLERK).rejects("already", code="reason-required")
    state = (
        given(PLAN, *history)
        .when(decompose(("350181", "500"), reason="one county only"), CLERK)
        .then(
            TargetDecomposed(
                plan="p",
                target="TR-6a",
                region="350100",
                parts=(part("350181", "福清市", "500"),),
                reason="one county only",
            )
        )
    )
    assert isinstance(state, Published)
    assert "TR-6a:350102" not in state.targets


def test_a_countys_part_can_be_revised() -> None:
    history = [*published(), DECOMPOSED]
    before = given(PLAN, *history).state
    assert isinstance(before, Published)
    facts = before.targets["TR-6a:350102"].facts
    command = ReviseTarget(plan="p", target="TR-6a:350102", reason="a late project", value=Decimal(210))
    after = replace(facts, value=Decimal(210))
    given(PLAN, *history).when(command, CLERK).then(revised_event(after, facts, "a late project", "decision"))


@pytest.mark.parametrize(
    ("region", "why"),
    [
        ("350502", "350502 鲤城区 is not a county of 350100"),
        ("350100", "350100 福州市 is not a county of 350100"),
        ("PT", "PT 平潭 is not a county of 350100"),
        ("350112", "350112 长乐区 is not valid in 2013"),
        ("359999", "359999 is not a region of the plan"),
    ],
)
def test_parts_are_counties_of_that_city_in_that_year(region: str, why: str) -> None:
    refusal = (
        given(PLAN, *published())
        .when(decompose((region, "1")), CLERK)
        .rejects(why, code="not-a-county-of-the-city")
    )
    assert "350102, 350181, 350182" in str(getattr(refusal, "remedy", ""))


def test_a_county_that_is_not_administered_carries_nothing() -> None:
    command = decompose(("350527", "1"), target="TR-6d")
    given(PLAN, *published()).when(command, CLERK).rejects("350527 金门县 is not administered")


def test_a_county_has_one_part() -> None:
    command = decompose(("350102", "1"), ("350102", "2"))
    given(PLAN, *published()).when(command, CLERK).rejects("350102", code="county-twice")


def test_only_a_citys_target_is_decomposed_and_only_if_it_has_a_value() -> None:
    given(PLAN, *published()).when(decompose(("350102", "1"), target="TR-1"), CLERK).rejects(
        "target of a province", code="not-a-city-target"
    )
    bare = replace(QUANZHOU, target="TR-6x", value=None, measure=None)
    history = [*published(), set_event(bare, "decision")]
    given(PLAN, *history).when(decompose(("350502", "1"), target="TR-6x"), CLERK).rejects(
        "no value", code="no-value"
    )
