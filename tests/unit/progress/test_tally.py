"""Targets that count: what a project counts for as it stands, and what a rule makes of the counts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.progress.measures.facts import Counted, Tally
from services.progress.measures.figure import Light, Status
from services.progress.measures.tally import Window, wanted
from services.progress.projection import project_events
from services.progress.projection.standing import Standing, differences, fold, marks
from shared.consumer import Poison
from tests.unit.progress.builders import RULES, World, plan_targets

D = date.fromisoformat


def registered(**changes: Any) -> project_events.ProjectRegistered:
    data: dict[str, Any] = {
        "project": "P-1",
        "region": "350181",
        "total_investment": Decimal(50_000_000),
        "registered_on": D("2013-02-01"),
        "planned_on": D("2012-10-01"),
        "registers": [project_events.Membership("provincial_key", D("2013-02-01"))],
    }
    return project_events.ProjectRegistered(**{**data, **changes})


def after(*events: project_events.ProjectEvent) -> Standing:
    standing = fold(None, events[0])
    for event in events[1:]:
        standing = fold(standing, event)
    return standing


def spans(standing: Standing) -> dict[str, tuple[str, str | None]]:
    return {
        mark.measure: (str(mark.day), str(mark.until) if mark.until else None) for mark in marks(standing)
    }


def reached(stage: str, on: str) -> project_events.ProjectStageReached:
    return project_events.ProjectStageReached("P-1", stage, D(on))


def test_a_registered_project_is_known_and_listed_and_counts_for_nothing_else():
    assert spans(after(registered())) == {
        "project:planned": ("2012-10-01", None),
        "project:known": ("2013-02-01", None),
        "project:tracked": ("2013-02-01", None),
        "project:listed": ("2013-02-01", None),
    }


def test_a_built_project_waits_until_it_is_accepted():
    standing = after(registered(), reached("started", "2013-03-01"), reached("producing", "2013-05-01"))
    assert spans(standing)["project:underway"] == ("2013-03-01", None)
    assert spans(standing)["project:built"] == ("2013-05-01", None)
    standing = fold(standing, reached("accepted", "2013-09-30"))
    assert spans(standing)["project:built"] == ("2013-05-01", "2013-09-30")
    assert spans(standing)["project:underway"] == ("2013-03-01", "2013-09-30")
    assert spans(standing)["project:producing"] == ("2013-05-01", None)


def test_a_step_taken_out_takes_its_marks_away():
    before = after(registered(), reached("filed", "2013-02-10"), reached("started", "2013-03-01"))
    without = fold(before, project_events.ProjectStageCorrected("P-1", 3))
    said = [(mark.measure, holds) for mark, holds in differences(list(marks(before)), list(marks(without)))]
    assert ("project:started", False) in said
    assert ("project:underway", False) in said
    assert ("project:known", True) in said  # its detail says what was reached


def test_a_project_leaves_a_register_and_stays_in_the_others():
    standing = after(
        registered(),
        project_events.RegisterJoined("P-1", "reserve_provincial", D("2013-03-01")),
        project_events.RegisterLeft("P-1", "provincial_key", D("2013-02-01"), D("2013-06-30")),
    )
    listed = {mark.detail["register"]: mark.until for mark in marks(standing) if "register" in mark.detail}
    assert listed == {"provincial_key": D("2013-06-30"), "reserve_provincial": None}
    assert all(mark.detail["registers"] == ["reserve_provincial"] for mark in marks(standing))


def test_a_contract_counts_in_its_cohort_until_the_project_is_formally_ended():
    """X-8, G-8: an exit after production stays in; a terminated one too, until it is formally ended."""
    signed = project_events.ProjectStageReached(
        "P-1", "contract_signed", D("2012-06-18"), Decimal(70_000_000)
    )
    standing = after(registered(), signed, reached("terminated", "2013-03-01"))
    (mark,) = [mark for mark in marks(standing) if mark.measure == "project:in_cohort"]
    assert (mark.day, mark.amount) == (D("2012-06-18"), 70_000_000)
    ended = fold(standing, reached("formally_ended", "2013-08-01"))
    (mark,) = [mark for mark in marks(ended) if mark.measure == "project:in_cohort"]
    assert mark.member_until == D("2013-07-31")
    assert "project:contract_signed" in spans(ended)


def test_an_event_that_says_nothing_new_of_a_mark_writes_none():
    standing = list(marks(after(registered())))
    assert list(differences(standing, standing)) == []


def test_an_event_of_an_unregistered_project_stops_the_line():
    with pytest.raises(Poison, match="never registered"):
        fold(None, reached("started", "2013-03-01"))


# --- rules -------------------------------------------------------------------------------------------------


def test_every_target_that_counts_has_a_rule_and_every_rule_a_target():
    counting = {target.target for target in plan_targets().values() if target.measure == "tally"}
    assert counting
    assert {
        target for target in counting if wanted(plan_targets()[target], RULES, D("2013-06-30")) is None
    } == set()
    assert {
        rule.rule.removeprefix("tally ") for rule in RULES.all() if rule.rule.startswith("tally ")
    } == counting


def test_a_span_ends_today_or_with_its_period():
    target = plan_targets()["TR-11"]
    assert (asked := wanted(target, RULES, D("2013-02-15"))) is not None
    assert asked.window == Window(
        *map(D, ("2013-01-01", "2013-02-15", "2013-01-01", "2013-02-15", "2013-02-15"))
    )
    assert (asked := wanted(target, RULES, D("2013-08-15"))) is not None
    assert (asked.window.last, asked.window.held_last) == (D("2013-03-31"), D("2013-03-31"))


def test_a_closed_cohort_is_of_its_own_years():
    """X-8: contracts of 2011 and 2012, whatever happens later."""
    asked = wanted(plan_targets()["PM-2"], RULES, D("2013-08-15"))
    assert asked is not None
    assert (asked.window.first, asked.window.last) == (D("2011-01-01"), D("2012-12-31"))
    assert (asked.window.held_first, asked.window.held_last) == (D("2013-08-15"), D("2013-08-15"))
    assert asked.window.by == D("2013-08-15")
    assert asked.counting.reached == ("started", "partly_producing", "producing")


# --- figures -----------------------------------------------------------------------------------------------


def counted(things: int, region: str = "350181", **changes: Any) -> Counted:
    data: dict[str, Any] = {
        "amount": Decimal(0), "reached": 0, "fresh_at": None, "simulated": False,
    }  # fmt: skip
    return Counted(region, things, **{**data, **changes})


def figure(target: str, day: str, *regions: Counted):
    return World().tallied(target, Tally(bool(regions), regions)).at(day)[target]


def test_nothing_reported_is_no_value_and_none_in_the_period_is_zero():
    assert figure("TR-5", "2013-06-30").status is Status.NO_DATA
    assert figure("TR-5", "2013-06-30").value is None
    zero = figure("TR-5", "2013-06-30", counted(0))
    assert (zero.status, zero.value) == (Status.MEASURED, 0)


@pytest.mark.parametrize(
    ("things", "day", "met", "light"),
    [
        (149, "2013-06-30", None, Light.GREY),  # the year goes on
        (150, "2013-06-30", True, Light.GREEN),  # 150项 includes the number
        (149, "2013-12-31", None, Light.GREY),
        (149, "2014-01-01", False, Light.YELLOW),
        (142, "2014-01-01", False, Light.RED),
        (150, "2014-01-01", True, Light.GREEN),
    ],
)
def test_a_flow_is_missed_only_when_its_period_is_over(things, day, met, light):
    found = figure("TR-5", day, counted(100, "350181"), counted(things - 100, "350203"))
    assert (found.value, found.met, found.light) == (things, met, light)


def test_the_union_is_the_figure_and_both_parts_are_shown():
    """X-12: 开工投产."""
    parts = {"project:started": 70, "project:producing": 45}
    world = World().tallied("TR-11", Tally(True, [counted(100)]))
    for mark, things in parts.items():
        world.tallied(f"TR-11 {mark}", Tally(True, [counted(things)]))
    found = world.at("2013-03-31")["TR-11"]
    assert (found.value, found.met) == (100, True)
    assert found.counts == parts


def test_amounts_are_shown_in_the_unit_of_the_target():
    found = figure("PM-3", "2013-06-30", counted(40, amount=Decimal("150000000000")))
    assert (found.value, found.unit, found.completion, found.counts) == (1500, "CNY_1e8", 50, {"things": 40})


def test_a_rate_is_of_the_whole_cohort():
    """G-8: 2744 live with 1639 started and 243 exits, all of them started: 63.0 %, not 59.7 %."""
    found = figure("PM-2", "2013-12-31", counted(2744 + 243, reached=1639 + 243))
    assert found.value is not None
    assert round(found.value, 1) == Decimal("63.0")
    assert found.counts == {"cohort": 2987, "reached": 1882}


def test_an_empty_cohort_has_no_rate():
    found = figure("PM-4", "2013-12-31", counted(0))
    assert (found.value, found.status) == (None, Status.NO_DATA)
    assert "empty" in found.reason


def test_every_county_owes_its_own_three():
    """TR-16: the sum of 300 in one county proves nothing."""
    found = figure("TR-16", "2013-12-31", counted(300, "350181"), counted(2, "350203"))
    assert found.value == 0
    assert found.counts == {"units": 84, "meeting": 1}
    assert found.completeness is not None
    assert "350203" in found.completeness.missing
    assert "350181" not in found.completeness.missing


@pytest.mark.parametrize(
    ("owed", "verified", "value", "met", "light"),
    [
        (0, 0, 0, False, Light.RED),  # nothing has begun: nothing is saved
        (3, 0, None, None, Light.GREY),  # every saving is unknown, which is not zero
        (3, 2, Decimal("50"), None, Light.GREY),  # at least this
        (3, 3, Decimal("50"), False, Light.RED),
    ],
)
def test_a_saving_that_nobody_verified_is_unknown_and_not_zero(owed, verified, value, met, light):
    """EN-15b said 0, red and missed where no saving was known yet."""
    amount = Decimal(500_000 if verified else 0)
    world = World().tallied("EN-15b", Tally(True, [counted(verified, amount=amount)]))
    world.tallied("EN-15b owing", Tally(True, [counted(owed)]))
    world.tallied("EN-15b paid", Tally(True, [counted(verified)]))
    found = world.at("2014-01-01")["EN-15b"]
    assert (found.value, found.met, found.light) == (value, met, light)
    assert found.lower_bound is (0 < verified < owed)
    assert found.completeness is not None
    assert (found.completeness.expected, found.completeness.received) == (owed, verified)


@pytest.mark.parametrize("target", ["TR-4", "PM-2", "IN-1"])
def test_a_stock_and_a_rate_have_met_nothing_before_their_day(target):
    """What is there today may be gone on the day that counts; a sum that only grows may say so early."""
    full = counted(600, reached=600)
    assert figure(target, "2013-06-30", full).met is None
    assert figure(target, "2014-01-01", full).met is True


def test_a_change_is_of_what_changed_and_from_its_day_on():
    """What is said in January of November holds since November, and leaves alone what else changed meanwhile."""
    usual: dict[str, Any] = {"project": "P-1", "programmes": [], "total_investment": Decimal(50_000_000)}
    standing = after(
        registered(tags=["ei_led"]),
        project_events.ProjectChanged(
            **usual,
            changed_on=D("2013-12-01"),
            changed=["investor"],
            investor={"kind": "foreign"},
            tags=["ei_led"],
        ),
        project_events.ProjectChanged(
            **usual,
            changed_on=D("2014-01-10"),
            since=D("2013-11-01"),
            changed=["tags"],
            tags=["ei_led", "en_epc"],
            investor={"kind": "foreign"},
        ),
    )
    states = [(s.since, s.traits["tags"], s.traits["investor"]) for s in standing.states]
    assert states == [
        (None, ["ei_led"], None),
        (D("2013-11-01"), ["ei_led", "en_epc"], None),
        (D("2013-12-01"), ["ei_led", "en_epc"], {"kind": "foreign"}),
    ]
