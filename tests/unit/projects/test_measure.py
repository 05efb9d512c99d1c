"""A promise with named parts: each is followed up for itself, and the whole is done when all of them are."""

from dataclasses import replace
from datetime import date

from services.projects.domain.measure import (
    MeasureCompleted,
    MeasureFollowedUp,
    MeasureItem,
    MeasureItemAdded,
    MeasureItemCompleted,
    MeasureItemReopened,
    MeasureOpened,
)
from services.projects.domain.measure_decisions import (
    AddMeasureItem,
    CompleteMeasure,
    FollowUpMeasure,
    OpenMeasure,
    ReopenMeasure,
)
from services.projects.events import MEASURE
from tests.kit.spec import given

TODAY = date(2013, 5, 6)
MOTORS, GARMENTS = MeasureItem("motors", "闽东电机"), MeasureItem("garments", "泉州纺织服装", ("17", "18"))
OPEN = OpenMeasure(
    measure="DI-8",
    kind="zone",
    name="示范区",
    region="350000",
    rows=("DI-8",),
    owner="省经贸委",
    due_on=date(2013, 12, 31),
    source="DI-8",
    today=TODAY,
    reported_by="clerk",
    items=(MOTORS, GARMENTS),
)
OPENED = MeasureOpened(
    "DI-8",
    "zone",
    "示范区",
    "350000",
    ("DI-8",),
    "省经贸委",
    date(2013, 12, 31),
    "DI-8",
    TODAY,
    items=(MOTORS, GARMENTS),
)
ONE_DONE = MeasureItemCompleted("DI-8", "350000", "motors", TODAY, "1号", "clerk", 1, 2)
TWO_DONE = MeasureItemCompleted("DI-8", "350000", "garments", TODAY, "2号", "clerk", 2, 2)
DONE = MeasureCompleted("DI-8", "350000", TODAY, "3号", "clerk", late=False)


def complete(item: str | None, evidence: str = "1号") -> CompleteMeasure:
    return CompleteMeasure("DI-8", TODAY, evidence, "clerk", TODAY, item)


def test_it_is_opened_with_the_parts_that_the_plan_names() -> None:
    given(MEASURE).when(OPEN).then(OPENED)
    given(MEASURE, OPENED).when(OPEN).changes_nothing()
    given(MEASURE).when(replace(OPEN, items=(MOTORS, MOTORS))).rejects("named twice", code="named-twice")


def test_a_fuller_plan_adds_what_was_not_known_and_takes_nothing_away() -> None:
    bare = replace(OPENED, items=())
    added = [MeasureItemAdded("DI-8", "350000", each, "DI-8", TODAY, "clerk") for each in (MOTORS, GARMENTS)]
    given(MEASURE, bare).when(OPEN).then(*added)
    given(MEASURE, OPENED).when(replace(OPEN, items=(MOTORS,))).changes_nothing()
    other = replace(MOTORS, name="别的")
    given(MEASURE, OPENED).when(replace(OPEN, items=(other,))).rejects("闽东电机", code="exists")


def test_the_list_is_open_so_a_part_may_be_added_until_it_is_done() -> None:
    shoes = MeasureItem("shoes", "晋江鞋业")
    add = AddMeasureItem("DI-8", shoes, "77号", TODAY, "clerk", TODAY)
    added = MeasureItemAdded("DI-8", "350000", shoes, "77号", TODAY, "clerk")
    given(MEASURE, OPENED).when(add).then(added)
    given(MEASURE, OPENED, added).when(add).changes_nothing()
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE, DONE).when(add).rejects("was completed", code="completed")
    given(MEASURE).when(add).rejects("no measure", code="not-found")


def test_each_part_is_followed_up_and_done_for_itself() -> None:
    follow = FollowUpMeasure("DI-8", TODAY, "调研", "4号", "clerk", TODAY, "motors")
    followed = MeasureFollowedUp("DI-8", "350000", TODAY, "调研", "4号", "clerk", "motors")
    given(MEASURE, OPENED).when(follow).then(followed)
    given(MEASURE, OPENED, followed).when(follow).changes_nothing()
    given(MEASURE, OPENED).when(replace(follow, item="shoes")).rejects("no item", code="not-found")
    given(MEASURE, OPENED).when(complete("motors")).then(ONE_DONE)
    given(MEASURE, OPENED, ONE_DONE).when(complete("motors")).changes_nothing()
    given(MEASURE, OPENED, ONE_DONE).when(complete("motors", "9号")).rejects("1号", code="completed")
    given(MEASURE, OPENED, ONE_DONE).when(complete("garments", "2号")).then(TWO_DONE)


def test_the_whole_is_done_when_every_part_is() -> None:
    given(MEASURE, OPENED, ONE_DONE).when(complete(None, "3号")).rejects("garments", code="items-open")
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE).when(complete(None, "3号")).then(DONE)


def test_a_part_is_reopened_while_the_whole_is_open() -> None:
    reopen = ReopenMeasure("DI-8", TODAY, "验收未通过", "clerk", TODAY, item="motors")
    reopened = MeasureItemReopened("DI-8", "350000", "motors", TODAY, "验收未通过", "clerk", 1, 2)
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE).when(reopen).then(reopened)
    given(MEASURE, OPENED).when(reopen).rejects("is open", code="open")
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE, DONE).when(reopen).rejects("completed", code="completed")
    given(MEASURE, OPENED, ONE_DONE, TWO_DONE, reopened).when(complete(None)).rejects("motors")
