"""A promise with named parts: each is followed up for itself, and the whole is done when all of them are."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.projects.measures.decisions import (
    MEASURE,
    AddMeasureItem,
    CompleteMeasure,
    FollowUpMeasure,
    MeasureItemIn,
    OpenMeasure,
    ReopenMeasure,
)
from services.projects.measures.facts import (
    MeasureCompleted,
    MeasureFollowedUp,
    MeasureItem,
    MeasureItemAdded,
    MeasureItemCompleted,
    MeasureItemReopened,
    MeasureOpened,
)
from shared.command import Given
from tests.kit.spec import given

TODAY = date(2013, 5, 6)
CLERK = Given(today=TODAY, by="clerk")
MOTORS = MeasureItem(item="motors", name="闽东电机")
GARMENTS = MeasureItem(item="garments", name="泉州纺织服装", industries=("17", "18"))
NAMED: dict[str, Any] = {
    "measure": "DI-8",
    "kind": "zone",
    "name": "示范区",
    "region": "350000",
    "rows": ("DI-8",),
    "owner": "省经贸委",
    "due_on": date(2013, 12, 31),
    "source": "DI-8",
}
HERE: dict[str, Any] = {"measure": "DI-8", "region": "350000", "on": TODAY, "reported_by": "clerk"}


def asked(item: MeasureItem) -> MeasureItemIn:
    return MeasureItemIn(item=item.item, name=item.name, industries=item.industries)


OPEN = OpenMeasure(**NAMED, items=(asked(MOTORS), asked(GARMENTS)))
OPENED = MeasureOpened(**NAMED, opened_on=TODAY, items=(MOTORS, GARMENTS))
ONE_DONE = MeasureItemCompleted(**HERE, item="motors", evidence="1号", items_done=1, item_count=2)
TWO_DONE = MeasureItemCompleted(**HERE, item="garments", evidence="2号", items_done=2, item_count=2)
DONE = MeasureCompleted(**HERE, evidence="3号", late=False)


def complete(item: str | None, evidence: str = "1号") -> CompleteMeasure:
    return CompleteMeasure(measure="DI-8", evidence=evidence, item=item)


def test_it_is_opened_with_the_parts_that_the_plan_names() -> None:
    given(MEASURE).when(OPEN, CLERK).then(OPENED)
    given(MEASURE, OPENED).when(OPEN, CLERK).changes_nothing()
    twice = replace(OPEN, items=(asked(MOTORS), asked(MOTORS)))
    given(MEASURE).when(twice, CLERK).rejects("named twice", code="named-twice")


def test_a_fuller_plan_adds_what_was_not_known_and_takes_nothing_away() -> None:
    bare = replace(OPENED, items=())
    added = [MeasureItemAdded(**HERE, item=each, source="DI-8") for each in (MOTORS, GARMENTS)]
    given(MEASURE, bare).when(OPEN, CLERK).then(*added)
    given(MEASURE, OPENED).when(replace(OPEN, items=(asked(MOTORS),)), CLERK).changes_nothing()
    other = replace(OPEN, items=(asked(replace(MOTORS, name="别的")),))
    given(MEASURE, OPENED).when(other, CLERK).rejects("闽东电机", code="exists")


def test_the_list_is_open_so_a_part_may_be_added_until_it_is_done() -> None:
    shoes = MeasureItem(item="shoes", name="晋江鞋业")
    add = AddMeasureItem(measure="DI-8", item="shoes", name="晋江鞋业", source="77号")
    added = MeasureItemAdded(**HERE, item=shoes, source="77号")
    given(MEASURE, OPENED).when(add, CLERK).then(added)
    given(MEASURE, OPENED, added).when(add, CLERK).changes_nothing()
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE, DONE).when(add, CLERK).rejects(
        "was completed", code="completed"
    )
    given(MEASURE).when(add, CLERK).rejects("no measure", code="not-found")


def test_each_part_is_followed_up_and_done_for_itself() -> None:
    follow = FollowUpMeasure(measure="DI-8", text="调研", evidence="4号", item="motors")
    followed = MeasureFollowedUp(**HERE, text="调研", evidence="4号", item="motors")
    given(MEASURE, OPENED).when(follow, CLERK).then(followed)
    given(MEASURE, OPENED, followed).when(follow, CLERK).changes_nothing()
    given(MEASURE, OPENED).when(replace(follow, item="shoes"), CLERK).rejects("no item", code="not-found")
    given(MEASURE, OPENED).when(complete("motors"), CLERK).then(ONE_DONE)
    given(MEASURE, OPENED, ONE_DONE).when(complete("motors"), CLERK).changes_nothing()
    given(MEASURE, OPENED, ONE_DONE).when(complete("motors", "9号"), CLERK).rejects("1号", code="completed")
    given(MEASURE, OPENED, ONE_DONE).when(complete("garments", "2号"), CLERK).then(TWO_DONE)


def test_the_whole_is_done_when_every_part_is() -> None:
    whole = complete(None, "3号")
    given(MEASURE, OPENED, ONE_DONE).when(whole, CLERK).rejects("garments", code="items-open")
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE).when(whole, CLERK).then(DONE)


def test_a_part_is_reopened_while_the_whole_is_open() -> None:
    reopen = ReopenMeasure(measure="DI-8", reason="验收未通过", item="motors")
    reopened = MeasureItemReopened(**HERE, item="motors", reason="验收未通过", items_done=1, item_count=2)
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE).when(reopen, CLERK).then(reopened)
    given(MEASURE, OPENED).when(reopen, CLERK).rejects("is open", code="open")
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE, DONE).when(reopen, CLERK).rejects(
        "completed", code="completed"
    )
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE, reopened).when(complete(None), CLERK).rejects("motors")
