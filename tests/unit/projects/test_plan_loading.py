"""A load adds, replaces or is refused as a whole; what another plan goes by stays."""

from dataclasses import replace
from datetime import date

import pytest

from services.projects.common.rules import Rule
from services.projects.common.tags import Tag
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.plan.decisions.loading import PLAN, Beside
from services.projects.plan.facts import (
    PlanEvent,
    Region,
    RegionRelation,
    RegionsLoaded,
    Register,
    RegistersLoaded,
    RulesLoaded,
    TagsLoaded,
)
from tests.kit.spec import given
from tests.unit.projects.test_plan import ALONE, load

FUJIAN, FUZHOU, XIAMEN = (
    Region("350000", "福建省", "province"),
    Region("350100", "福州市", "prefecture", "350000"),
    Region("350200", "厦门市", "prefecture", "350000"),
)
MAP = RegionsLoaded(plan="fujian-2013", regions=(FUJIAN, FUZHOU, XIAMEN))
ZHEJIANG = (Region("330000", "浙江省", "province"), Region("330100", "杭州市", "prefecture", "330000"))
RULE = Rule("pre_review", "PM-19", date(2013, 1, 27), {"opinion_days": 10}, "PM-19", "I")


def beside(*history: PlanEvent) -> Beside:
    """What every plan has loaded before."""
    return replace(ALONE, history=history)


def test_the_documents_own_example_turns_no_map_of_99_into_one_of_two() -> None:
    """Sent on a live system: a row with less in it is refused, and a part that lacks rows takes none away."""
    known = replace(FUZHOU, valid_from=date(2010, 1, 1))
    live = RegionsLoaded(plan="fujian-2013", regions=(FUJIAN, known, XIAMEN))
    two = load("fujian-2013", regions=(FUJIAN, FUZHOU))
    given(PLAN, live).when(two, ALONE).rejects("regions 350100", code="would-change")
    given(PLAN, MAP).when(two, ALONE).changes_nothing()


def test_a_new_row_is_added() -> None:
    new = Region("350300", "莆田市", "prefecture", "350000")
    given(PLAN, MAP).when(load("fujian-2013", regions=(new,)), ALONE).then(
        RegionsLoaded(plan="fujian-2013", regions=(FUJIAN, FUZHOU, XIAMEN, new))
    )


def test_with_replace_a_part_is_what_is_sent_whatever_was_there_before() -> None:
    more = (FUJIAN, FUZHOU, Region("359999", "x", "county", "350100"))
    stray = RegionsLoaded(plan="fujian-2013", regions=more)
    whole = load("fujian-2013", regions=MAP.regions, replace=True)
    given(PLAN, stray).when(whole, ALONE).then(MAP)


@pytest.mark.parametrize("regions", [ZHEJIANG, (FUJIAN, FUZHOU), (FUJIAN, FUZHOU, replace(XIAMEN, name="x"))])
def test_another_plan_drops_and_changes_no_region(regions: tuple[Region, ...]) -> None:
    other = load("other", regions=regions, replace=True)
    given(PLAN).when(other, beside(MAP)).rejects(
        "another plan goes by: fujian-2013: regions 350", code="used-by-another-plan"
    )
    given(PLAN).when(replace(other, over=("fujian-2013",)), beside(MAP)).then(
        RegionsLoaded(plan="other", regions=regions)
    )


def test_a_plan_beside_it_may_name_the_same_map_and_go_on() -> None:
    more = (*MAP.regions, Region("350300", "莆田市", "prefecture", "350000"))
    given(PLAN).when(load("fujian-2014", regions=more), beside(MAP)).then(
        RegionsLoaded(plan="fujian-2014", regions=more)
    )


def test_a_map_that_an_earlier_release_let_another_plan_replace_comes_back() -> None:
    lost = RegionsLoaded(plan="other", regions=ZHEJIANG)
    mine = load("fujian-2013", regions=MAP.regions, replace=True)
    given(PLAN, MAP).when(mine, beside(MAP, lost)).rejects(
        "other: regions 330000, regions 330100", code="used-by-another-plan"
    )
    given(PLAN, MAP).when(replace(mine, over=("other",)), beside(MAP, lost)).then(MAP)
    given(PLAN, MAP).when(mine, beside(MAP, lost, MAP)).changes_nothing()


def test_a_rule_of_plan_0_is_not_everybodys() -> None:
    mine = RulesLoaded(plan="fujian-2013", rules=(RULE,))
    later = replace(RULE, valid_from=date(2013, 6, 1), parameters={})
    zero = load("0", rules=(later,))
    given(PLAN).when(zero, beside(mine)).rejects(
        "fujian-2013: rules pre_review (2013-01-27)", code="used-by-another-plan"
    )
    ended = RulesLoaded(plan="fujian-2013", rules=(replace(RULE, valid_to=date(2013, 5, 31)),))
    given(PLAN).when(zero, beside(ended)).then(RulesLoaded(plan="0", rules=(later,)))


def test_a_register_or_tag_of_another_plan_keeps_its_meaning() -> None:
    register, tag = Register("key", "Key", "重点", "prefecture"), Tag("ei_led", "EI", "LED", "LED")
    known = beside(
        RegistersLoaded(plan="fujian-2013", registers=(register,)),
        TagsLoaded(plan="fujian-2013", tags=(tag,)),
    )
    lower = load("0", registers=(replace(register, level="county"),))
    given(PLAN).when(lower, known).rejects("registers key", code="used-by-another-plan")
    elsewhere = load("0", tags=(replace(tag, programme="IN"),))
    given(PLAN).when(elsewhere, known).rejects("tags ei_led", code="used-by-another-plan")
    same = load("fujian-2014", registers=(register,), tags=(tag,))
    given(PLAN).when(same, known).then(
        RegistersLoaded(plan="fujian-2014", registers=(register,)),
        TagsLoaded(plan="fujian-2014", tags=(tag,)),
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (load("p", regions=(FUJIAN, ZHEJIANG[0])), "one province has a plan here"),
        (load("p", regions=(FUZHOU,)), "names the region 350000"),
        (
            load("p", regions=(replace(FUJIAN, relations=(RegionRelation("part_of", "1"),)),)),
            "names the region 1",
        ),
        (load("p", rules=(replace(RULE, valid_to=date(2012, 1, 1)),)), "before it begins"),
        (load("p", tags=(Tag("led", "EI", "LED", "LED", (), "field"),)), "no field of EI"),
    ],
)
def test_a_load_is_judged_as_a_whole(asked: LoadPlan, says: str) -> None:
    given(PLAN).when(asked, ALONE).rejects(says, code="inconsistent-plan")
