"""Signed entries: their sum is what is counted, for any window and at any moment, however a project's facts change."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.progress.common.rules import Rules
from services.progress.measures.countings import Counting, Countings, shipped
from services.progress.measures.tally import Window
from services.progress.projection import project_events
from services.progress.projection.entries import Entry, changes, of_project
from services.progress.projection.spans import common, merged
from services.progress.projection.standing import Standing, fold, marks
from tests.kit.slow_counting import directly

FIRST = date(2013, 1, 1)
STAGES = ("started", "producing", "accepted", "tracking_ended", "contract_signed", "formally_ended")
TAGS = ("en_boiler", "en_motor", "tr_outstanding", "pm_industrial")
days = st.integers(0, 400).map(lambda number: FIRST + timedelta(days=number))
tags = st.lists(st.sampled_from(TAGS), unique=True)
investors = st.sampled_from([None, {"kind": "private"}, {"kind": "foreign"}])
amounts = st.integers(1, 9).map(Decimal)


@st.composite
def events(draw: st.DrawFn) -> list[project_events.ProjectEvent]:
    """A project's history, in which everything may be said late and in any order."""
    told: list[project_events.ProjectEvent] = [
        project_events.ProjectRegistered(
            "P-1", "350181", draw(amounts), draw(days), draw(days), tags=draw(tags), investor=draw(investors)
        )
    ]
    joined: list[tuple[str, date]] = []
    for _ in range(draw(st.integers(0, 8))):
        match draw(st.sampled_from(["step", "change", "join", "leave"])):
            case "step":
                told.append(
                    project_events.ProjectStageReached("P-1", draw(st.sampled_from(STAGES)), draw(days))
                )
            case "change":
                told.append(
                    project_events.ProjectChanged(
                        "P-1", draw(amounts), draw(days), tags=draw(tags), investor=draw(investors)
                    )
                )
            case "join":
                joined.append((draw(st.sampled_from(["provincial_key", "reserve_provincial"])), draw(days)))
                told.append(project_events.RegisterJoined("P-1", *joined[-1]))
            case "leave" if joined:
                register, since = joined.pop()
                last = since + timedelta(days=draw(st.integers(0, 200)))
                told.append(project_events.RegisterLeft("P-1", register, since, last))
    return told


def history(told: Iterable[project_events.ProjectEvent]) -> list[tuple[Standing, list[Entry]]]:
    """The standing after each event, with the rows that the event writes."""
    standing: Standing | None = None
    found, before = [], Counter[Entry]()
    for event in told:
        standing = fold(standing, event)
        after = of_project(standing, list(marks(standing, shipped().tags)), shipped())
        found.append((standing, list(changes(before, after))))
        before = after
    return found


def meets(entry: Entry, window: Window) -> bool:
    """What the statement asks of an entry."""
    return (
        entry.day <= window.last
        and entry.until >= window.first
        and entry.member_from <= window.held_last
        and entry.member_to >= window.held_first
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first, last = sorted((draw(days), draw(days)))
    held_first, held_last = sorted((draw(days), draw(days)))
    return Window(first, last, held_first, held_last, last)


@settings(max_examples=100, deadline=None)
@given(events(), windows())
def test_the_sum_of_the_signs_is_what_is_counted_at_every_moment(
    told: list[project_events.ProjectEvent], window: Window
) -> None:
    """As of any event, for any window: once if it counts, and not at all if it doesn't. Never below zero."""
    written: list[Entry] = []
    for standing, rows in history(told):
        written += rows
        for counting in shipped().all:
            if counting.by_thing:
                continue
            total = sum(e.sign for e in written if e.counting == counting.number and meets(e, window))
            assert total == bool(directly(counting, standing, window)), counting.definition


@settings(max_examples=100, deadline=None)
@given(events(), days)
def test_an_amount_is_the_one_of_the_day(told: list[project_events.ProjectEvent], day: date) -> None:
    """TR-15: the library's total on a day is made of the amounts that held on it."""
    [counting] = [each for each in shipped().all if each.sums and each.marks == ("project:listed",)]
    written: list[Entry] = []
    for standing, rows in history(told):
        written += rows
        window = Window(day, day, day, day, day)
        total = sum(
            (e.sign * (e.amount or 0) for e in written if e.counting == counting.number and meets(e, window)),
            Decimal(0),
        )
        state = next(s for s in reversed(standing.states) if s.since is None or s.since <= day)
        listed = directly(counting, standing, window)
        if total != 0 or listed:
            assert listed
            assert state.investment is not None
            assert total % state.investment == 0


def test_two_ways_to_ask_the_same_are_one_counting_and_numbers_are_stable() -> None:
    numbers = [each.number for each in shipped().all]
    assert len(numbers) == len(set(numbers))
    one = Counting(("project:started",), ({"tags": ["a"], "investor": {}},), points=True)
    other = Counting(("project:started",), ({"investor": {}, "tags": ["a"]},), points=True)
    assert one.number == other.number


def test_a_sum_over_a_span_in_which_amounts_may_change_is_no_rule() -> None:
    [rule] = [each for each in _rules().all() if each.rule == "tally TR-15"]
    wrong = type(rule)(**{**_fields(rule), "parameters": {**rule.parameters, "held": "during"}})
    with pytest.raises(ValueError, match="a sum needs a day"):
        Countings(Rules("x", [wrong]))


def test_spans_that_touch_are_one() -> None:
    def d(day: int) -> date:
        return date(2013, 1, day)

    assert merged([(d(5), d(7)), (d(1), d(4)), (d(9), d(9)), (d(3), d(2))]) == [(d(1), d(7)), (d(9), d(9))]
    assert common([(d(1), d(7))], [(d(3), d(4)), (d(6), d(9))]) == [(d(3), d(4)), (d(6), d(7))]


def _rules() -> Rules:
    from services.progress.common import rules

    return rules.load()


def _fields(rule: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__slots__}
