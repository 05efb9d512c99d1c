"""A load adds, replaces or is refused as a whole; what another plan goes by stays."""

from dataclasses import replace
from datetime import date

import pytest

from services.projects.domain import plan
from services.projects.domain.plan import (
    PlanEvent,
    Region,
    RegionRelation,
    RegionsLoaded,
    Register,
    RegistersLoaded,
    RulesLoaded,
    TagsLoaded,
)
from services.projects.domain.plan_loading import LoadPlan, decide
from services.projects.domain.rules import Rule
from services.projects.domain.tags import Tag
from shared.decider import Decider
from tests.kit.spec import given

DECIDER = Decider(plan.INITIAL, decide, plan.evolve)
FUJIAN, FUZHOU, XIAMEN = (
    Region("350000", "福建省", "province"),
    Region("350100", "福州市", "prefecture", "350000"),
    Region("350200", "厦门市", "prefecture", "350000"),
)
MAP = RegionsLoaded("fujian-2013", (FUJIAN, FUZHOU, XIAMEN))
ZHEJIANG = (Region("330000", "浙江省", "province"), Region("330100", "杭州市", "prefecture", "330000"))
RULE = Rule("pre_review", "PM-19", date(2013, 1, 27), {"opinion_days": 10}, "PM-19", "I")


def test_the_documents_own_example_turns_no_map_of_99_into_one_of_two() -> None:
    """Sent on a live system: a row with less in it is refused, and a part that lacks rows takes none away."""
    known = replace(FUZHOU, valid_from=date(2010, 1, 1))
    live = RegionsLoaded("fujian-2013", (FUJIAN, known, XIAMEN))
    given(DECIDER, live).when(LoadPlan("fujian-2013", (FUJIAN, FUZHOU))).rejects(
        "regions 350100", code="would-change"
    )
    given(DECIDER, MAP).when(LoadPlan("fujian-2013", (FUJIAN, FUZHOU))).changes_nothing()


def test_a_new_row_is_added() -> None:
    new = Region("350300", "莆田市", "prefecture", "350000")
    given(DECIDER, MAP).when(LoadPlan("fujian-2013", (new,))).then(
        RegionsLoaded("fujian-2013", (FUJIAN, FUZHOU, XIAMEN, new))
    )


def test_with_replace_a_part_is_what_is_sent_whatever_was_there_before() -> None:
    stray = RegionsLoaded("fujian-2013", (FUJIAN, FUZHOU, Region("359999", "x", "county", "350100")))
    given(DECIDER, stray).when(LoadPlan("fujian-2013", MAP.regions, replace=True)).then(MAP)


@pytest.mark.parametrize("regions", [ZHEJIANG, (FUJIAN, FUZHOU), (FUJIAN, FUZHOU, replace(XIAMEN, name="x"))])
def test_another_plan_drops_and_changes_no_region(regions: tuple[Region, ...]) -> None:
    load = LoadPlan("other", regions, replace=True, history=(MAP,))
    given(DECIDER).when(load).rejects(
        "another plan goes by: fujian-2013: regions 350", code="used-by-another-plan"
    )
    given(DECIDER).when(replace(load, over=frozenset({"fujian-2013"}))).then(RegionsLoaded("other", regions))


def test_a_plan_beside_it_may_name_the_same_map_and_go_on() -> None:
    more = (*MAP.regions, Region("350300", "莆田市", "prefecture", "350000"))
    given(DECIDER).when(LoadPlan("fujian-2014", more, history=(MAP,))).then(
        RegionsLoaded("fujian-2014", more)
    )


def test_a_map_that_an_earlier_release_let_another_plan_replace_comes_back() -> None:
    lost = RegionsLoaded("other", ZHEJIANG)
    load = LoadPlan("fujian-2013", MAP.regions, replace=True, history=(MAP, lost))
    given(DECIDER, MAP).when(load).rejects(
        "other: regions 330000, regions 330100", code="used-by-another-plan"
    )
    given(DECIDER, MAP).when(replace(load, over=frozenset({"other"}))).then(MAP)
    back: tuple[PlanEvent, ...] = (MAP, lost, MAP)
    given(DECIDER, MAP).when(replace(load, history=back)).changes_nothing()


def test_a_rule_of_plan_0_is_not_everybodys() -> None:
    mine, later = (
        RulesLoaded("fujian-2013", (RULE,)),
        replace(RULE, valid_from=date(2013, 6, 1), parameters={}),
    )
    given(DECIDER).when(LoadPlan("0", rules=(later,), history=(mine,))).rejects(
        "fujian-2013: rules pre_review (2013-01-27)", code="used-by-another-plan"
    )
    ended = RulesLoaded("fujian-2013", (replace(RULE, valid_to=date(2013, 5, 31)),))
    given(DECIDER).when(LoadPlan("0", rules=(later,), history=(ended,))).then(RulesLoaded("0", (later,)))


def test_a_register_or_tag_of_another_plan_keeps_its_meaning() -> None:
    register, tag = Register("key", "Key", "重点", "prefecture"), Tag("ei_led", "EI", "LED", "LED")
    history = (RegistersLoaded("fujian-2013", (register,)), TagsLoaded("fujian-2013", (tag,)))
    load = LoadPlan("0", registers=(replace(register, level="county"),), history=history)
    given(DECIDER).when(load).rejects("registers key", code="used-by-another-plan")
    load = LoadPlan("0", tags=(replace(tag, programme="IN"),), history=history)
    given(DECIDER).when(load).rejects("tags ei_led", code="used-by-another-plan")
    same = LoadPlan("fujian-2014", registers=(register,), tags=(tag,), history=history)
    given(DECIDER).when(same).then(
        RegistersLoaded("fujian-2014", (register,)), TagsLoaded("fujian-2014", (tag,))
    )


@pytest.mark.parametrize(
    ("load", "says"),
    [
        (LoadPlan("p", (FUJIAN, ZHEJIANG[0])), "one province has a plan here"),
        (LoadPlan("p", (FUZHOU,)), "names the region 350000"),
        (
            LoadPlan("p", (replace(FUJIAN, relations=(RegionRelation("part_of", "1"),)),)),
            "names the region 1",
        ),
        (LoadPlan("p", rules=(replace(RULE, valid_to=date(2012, 1, 1)),)), "before it begins"),
        (LoadPlan("p", tags=(Tag("led", "EI", "LED", "LED", (), "field"),)), "no field of EI"),
    ],
)
def test_a_load_is_judged_as_a_whole(load: LoadPlan, says: str) -> None:
    given(DECIDER).when(load).rejects(says, code="inconsistent-plan")
