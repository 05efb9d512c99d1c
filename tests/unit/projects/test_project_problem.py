"""ProjectProblem (困难和问题, PM-9, PM-10): raised, answered, escalated by rule, decided, closed, reopened."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.projects.domain import project_problem, project_problem_decisions
from services.projects.domain.escalation import EscalationRule, Level
from services.projects.domain.project_problem import (
    Closed,
    ProblemAnswered,
    ProblemAssigned,
    ProblemClosed,
    ProblemDecided,
    ProblemEscalated,
    ProblemEvent,
    ProblemKind,
    ProblemRaised,
    ProblemReopened,
    ProblemState,
)
from services.projects.domain.project_problem_commands import (
    Agenda,
    AnswerProblem,
    AssignProblem,
    CloseProblem,
    DecideProblem,
    DeclareMajor,
    EscalateOverdue,
    ProblemCommand,
    RaisedAt,
    RaiseProblem,
    ReopenProblem,
)
from shared.decider import Decider
from tests.kit.spec import given

PROBLEM: Decider[ProblemState, ProblemCommand, ProblemEvent] = Decider(
    project_problem.INITIAL, project_problem_decisions.decide, project_problem.evolve
)
FIRST = date(2013, 1, 1)
RULES = (
    EscalationRule(Level.COUNTY, 15, 0, FIRST),
    EscalationRule(Level.CITY, 10, 5, FIRST, date(2013, 6, 30)),
    EscalationRule(Level.CITY, 7, 0, date(2013, 7, 1)),
    EscalationRule(Level.PROVINCE, 30, 0, FIRST),
)
MARCH_1 = date(2013, 3, 1)
AT = RaisedAt("P-1", "350181", ("TR",), "started", date(2013, 1, 10), "E-1")
RAISE = RaiseProblem(
    "Q-1", AT, ProblemKind.LAND, "用地指标未落实", Level.COUNTY, MARCH_1, "office", MARCH_1, RULES
)
RAISED = ProblemRaised(
    problem="Q-1",
    project="P-1",
    region="350181",
    programmes=("TR",),
    stage="started",
    kind=ProblemKind.LAND,
    text="用地指标未落实",
    level=Level.COUNTY,
    due_on=date(2013, 3, 16),
    raised_on=MARCH_1,
    raised_by="office",
    enterprise="E-1",
)
TO_CITY = ProblemEscalated(
    "Q-1",
    "P-1",
    "350181",
    Level.COUNTY,
    Level.CITY,
    "overdue",
    "No answer by 2013-03-16.",
    date(2013, 3, 27),
    date(2013, 3, 17),
)
PAPER = "融国土〔2013〕8号"
ANSWERED = ProblemAnswered("Q-1", "P-1", "350181", Level.COUNTY, "已报批", PAPER, date(2013, 3, 9), "office")
AGENDA = Agenda("M-1", Level.PROVINCE, date(2013, 4, 10), concluded=False, lists=True)
DECIDE = DecideProblem(
    "Q-1", AGENDA, "省国土厅安排指标", "省国土资源厅", date(2013, 5, 10), date(2013, 4, 11)
)
DECIDED = ProblemDecided(
    "Q-1",
    "P-1",
    "350181",
    Level.COUNTY,
    "M-1",
    "省国土厅安排指标",
    "省国土资源厅",
    date(2013, 5, 10),
    date(2013, 4, 10),
)
CLOSED = ProblemClosed(
    "Q-1", "P-1", "350181", Level.COUNTY, "指标已下达", "闽国土〔2013〕77号", date(2013, 3, 20), "office", 19
)


def close(on: date, resolution: str = "指标已下达") -> CloseProblem:
    return CloseProblem("Q-1", resolution, "闽国土〔2013〕77号", on, "office", date(2013, 6, 30))


def test_a_problem_is_raised_with_the_day_that_the_rules_give_its_level() -> None:
    given(PROBLEM).when(RAISE).then(RAISED)
    own = replace(RAISE, due_on=date(2013, 3, 5))
    given(PROBLEM).when(own).then(replace(RAISED, due_on=date(2013, 3, 5)))


def test_a_major_problem_goes_to_the_province_at_once() -> None:
    major = replace(RAISE, major="影响全省重点项目")
    escalated = ProblemEscalated(
        "Q-1",
        "P-1",
        "350181",
        Level.COUNTY,
        Level.PROVINCE,
        "major",
        "影响全省重点项目",
        MARCH_1 + timedelta(days=30),
        MARCH_1,
    )
    given(PROBLEM).when(major).then(RAISED, escalated)


def test_the_same_again_changes_nothing_and_other_content_is_refused() -> None:
    given(PROBLEM, RAISED, TO_CITY).when(replace(RAISE, at=replace(AT, stage="producing"))).changes_nothing()
    given(PROBLEM, RAISED).when(replace(RAISE, text="用电不足")).rejects("other content", code="exists")


def test_a_problem_is_not_older_than_its_project_nor_from_the_future() -> None:
    given(PROBLEM).when(replace(RAISE, on=date(2013, 1, 9))).rejects("project's planning", code="date-order")
    given(PROBLEM).when(replace(RAISE, on=date(2013, 3, 2))).rejects("not come yet", code="future-date")
    given(PROBLEM).when(replace(RAISE, due_on=date(2013, 2, 1))).rejects("before 2013-03-01")


@pytest.mark.parametrize(("day", "escalates"), [(date(2013, 3, 16), False), (date(2013, 3, 17), True)])
def test_what_is_overdue_goes_one_level_up(day: date, escalates: bool) -> None:
    outcome = given(PROBLEM, RAISED).when(EscalateOverdue("Q-1", day, RULES))
    if escalates:
        outcome.then(TO_CITY)
    else:
        outcome.changes_nothing()


def test_the_rule_in_force_on_its_day_counts() -> None:
    """The city has 5 days over up to June, none from July on; the province's stay with the province."""
    city = given(PROBLEM, RAISED, TO_CITY)
    city.when(EscalateOverdue("Q-1", date(2013, 4, 1), RULES)).changes_nothing()
    to_province = city.when(EscalateOverdue("Q-1", date(2013, 4, 2), RULES)).events
    assert [(event.to_level, event.due_on) for event in to_province] == [  # type: ignore[union-attr]
        (Level.PROVINCE, date(2013, 5, 2))
    ]
    late = given(PROBLEM, RAISED, replace(TO_CITY, due_on=date(2013, 7, 10)))
    assert late.when(EscalateOverdue("Q-1", date(2013, 7, 11), RULES)).events
    top = given(PROBLEM, RAISED, TO_CITY, *to_province)
    top.when(EscalateOverdue("Q-1", date(2013, 12, 31), RULES)).changes_nothing()


def test_an_answer_in_time_keeps_it_where_it_is() -> None:
    answer = AnswerProblem("Q-1", "已报批", PAPER, date(2013, 3, 9), "office", date(2013, 3, 9))
    given(PROBLEM, RAISED).when(answer).then(ANSWERED)
    given(PROBLEM, RAISED, ANSWERED).when(answer).changes_nothing()
    given(PROBLEM, RAISED, ANSWERED).when(EscalateOverdue("Q-1", date(2013, 9, 1), RULES)).changes_nothing()


def test_an_answer_that_does_not_do_is_assigned_again_and_waits_again() -> None:
    assign = AssignProblem("Q-1", "福清市国土资源局", date(2013, 3, 30), "office", date(2013, 3, 10))
    assigned = ProblemAssigned(
        "Q-1",
        "P-1",
        "350181",
        Level.COUNTY,
        "福清市国土资源局",
        date(2013, 3, 30),
        date(2013, 3, 10),
        "office",
    )
    given(PROBLEM, RAISED, ANSWERED).when(assign).then(assigned)
    given(PROBLEM, RAISED, ANSWERED, assigned).when(assign).changes_nothing()
    overdue = EscalateOverdue("Q-1", date(2013, 3, 31), RULES)
    assert given(PROBLEM, RAISED, ANSWERED, assigned).when(overdue).events


def test_a_decision_needs_the_meeting_to_be_held_open_and_about_it() -> None:
    given(PROBLEM, RAISED).when(DECIDE).then(DECIDED)
    given(PROBLEM, RAISED, DECIDED).when(DECIDE).changes_nothing()
    other = replace(DECIDE, agenda=replace(AGENDA, lists=False))
    given(PROBLEM, RAISED).when(other).rejects("not on the agenda", code="not-on-agenda")
    over = replace(DECIDE, agenda=replace(AGENDA, concluded=True))
    given(PROBLEM, RAISED).when(over).rejects("concluded", code="concluded")
    early = replace(DECIDE, today=date(2013, 4, 9))
    given(PROBLEM, RAISED).when(early).rejects("is held on 2013-04-10", code="future-date")


def test_it_is_closed_with_what_became_of_it_and_reopened_when_that_was_not_so() -> None:
    given(PROBLEM, RAISED).when(close(date(2013, 3, 20))).then(CLOSED)
    given(PROBLEM, RAISED, CLOSED).when(close(date(2013, 3, 20))).changes_nothing()
    given(PROBLEM, RAISED, ANSWERED).when(close(date(2013, 3, 8))).rejects("lies before", code="date-order")
    reopen = ReopenProblem("Q-1", "指标被收回", "office", date(2013, 4, 1), RULES)
    reopened = ProblemReopened(
        "Q-1", "P-1", "350181", Level.COUNTY, "指标被收回", date(2013, 4, 16), date(2013, 4, 1), "office"
    )
    given(PROBLEM, RAISED, CLOSED).when(reopen).then(reopened)
    again = given(PROBLEM, RAISED, CLOSED, reopened)
    assert again.when(EscalateOverdue("Q-1", date(2013, 4, 17), RULES)).events
    assert isinstance(again.when(close(date(2013, 4, 20), "新指标")).state, Closed)


@pytest.mark.parametrize(
    "command",
    [
        AssignProblem("Q-1", "x", date(2013, 9, 1), "office", date(2013, 4, 1)),
        AnswerProblem("Q-1", "x", "x", date(2013, 4, 1), "office", date(2013, 4, 1)),
        DeclareMajor("Q-1", "x", date(2013, 4, 1), RULES),
        DECIDE,
        close(date(2013, 4, 1), "anders"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_happens_to_what_is_closed_or_was_never_raised(command: ProblemCommand) -> None:
    given(PROBLEM, RAISED, CLOSED).when(command).rejects("the problem is closed", code="wrong-state")
    given(PROBLEM).when(command).rejects("There is no problem", code="not-found")


def test_it_is_declared_major_once() -> None:
    declare = DeclareMajor("Q-1", "涉及三县", date(2013, 3, 5), RULES)
    (escalated,) = given(PROBLEM, RAISED).when(declare).events
    given(PROBLEM, RAISED, escalated).when(declare).changes_nothing()
    given(PROBLEM, RAISED).when(ReopenProblem("Q-1", "x", "o", MARCH_1, RULES)).rejects("is waiting")


def test_a_day_without_a_rule_is_said_to_be_one() -> None:
    given(PROBLEM).when(replace(RAISE, rules=())).rejects("No rule says", code="no-rule")
