"""ProjectProblem (困难和问题, PM-9, PM-10): raised, answered, escalated by rule, decided, closed, reopened."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.projects.problems.decisions.commands import (
    AnswerProblem,
    AssignProblem,
    AtMeeting,
    ByRules,
    CloseProblem,
    DecideProblem,
    DeclareMajor,
    EscalateOverdue,
    ProblemCommand,
    RaisedAt,
    RaiseProblem,
    Raising,
    ReopenProblem,
)
from services.projects.problems.decisions.decide import PROBLEM
from services.projects.problems.escalation import EscalationRule
from services.projects.problems.facts import (
    Closed,
    Level,
    ProblemAnswered,
    ProblemAssigned,
    ProblemClosed,
    ProblemDecided,
    ProblemEscalated,
    ProblemKind,
    ProblemRaised,
    ProblemReopened,
)
from tests.kit.spec import given

FIRST = date(2013, 1, 1)
RULES = (
    EscalationRule(Level.COUNTY, 15, 0, FIRST),
    EscalationRule(Level.CITY, 10, 5, FIRST, date(2013, 6, 30)),
    EscalationRule(Level.CITY, 7, 0, date(2013, 7, 1)),
    EscalationRule(Level.PROVINCE, 30, 0, FIRST),
)
MARCH_1 = date(2013, 3, 1)
AT = RaisedAt(
    region="350181",
    level=Level.COUNTY,
    programmes=("TR",),
    stage="started",
    planned_on=date(2013, 1, 10),
    enterprise="E-1",
)
RAISE = RaiseProblem(
    problem="Q-1",
    project="P-1",
    kind=ProblemKind.LAND,
    text="用地指标未落实",
    on=MARCH_1,
    reported_by="office",
)
RAISING = Raising(problem="Q-1", at=AT, rules=RULES, today=MARCH_1, by="clerk")
ESCALATE = EscalateOverdue(problem="Q-1")
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
    problem="Q-1",
    project="P-1",
    region="350181",
    from_level=Level.COUNTY,
    to_level=Level.CITY,
    cause="overdue",
    reason="No answer by 2013-03-16.",
    due_on=date(2013, 3, 27),
    on=date(2013, 3, 17),
)
PAPER = "融国土〔2013〕8号"
ANSWERED = ProblemAnswered(
    problem="Q-1",
    project="P-1",
    region="350181",
    level=Level.COUNTY,
    answer="已报批",
    evidence=PAPER,
    on=date(2013, 3, 9),
    answered_by="office",
)
AGENDA = AtMeeting(
    held_on=date(2013, 4, 10), concluded=False, lists=True, today=date(2013, 4, 11), by="office"
)
DECIDE = DecideProblem(
    problem="Q-1",
    meeting="M-1",
    decision="省国土厅安排指标",
    owner="省国土资源厅",
    due_on=date(2013, 5, 10),
)
DECIDED = ProblemDecided(
    problem="Q-1",
    project="P-1",
    region="350181",
    level=Level.COUNTY,
    meeting="M-1",
    decision="省国土厅安排指标",
    owner="省国土资源厅",
    due_on=date(2013, 5, 10),
    on=date(2013, 4, 10),
)
CLOSED = ProblemClosed(
    problem="Q-1",
    project="P-1",
    region="350181",
    level=Level.COUNTY,
    resolution="指标已下达",
    evidence="闽国土〔2013〕77号",
    on=date(2013, 3, 20),
    closed_by="office",
    days_open=19,
)


def known(today: date) -> ByRules:
    """What is given on a day."""
    return ByRules(rules=RULES, today=today, by="office")


def close(on: date, resolution: str = "指标已下达") -> CloseProblem:
    return CloseProblem(
        problem="Q-1",
        resolution=resolution,
        evidence="闽国土〔2013〕77号",
        on=on,
        reported_by="office",
    )


def test_a_problem_is_raised_with_the_day_that_the_rules_give_its_level() -> None:
    given(PROBLEM).when(RAISE, RAISING).then(RAISED)
    own = replace(RAISE, due_on=date(2013, 3, 5))
    given(PROBLEM).when(own, RAISING).then(replace(RAISED, due_on=date(2013, 3, 5)))


def test_a_major_problem_goes_to_the_province_at_once() -> None:
    major = replace(RAISE, major="影响全省重点项目")
    escalated = ProblemEscalated(
        problem="Q-1",
        project="P-1",
        region="350181",
        from_level=Level.COUNTY,
        to_level=Level.PROVINCE,
        cause="major",
        reason="影响全省重点项目",
        due_on=MARCH_1 + timedelta(days=30),
        on=MARCH_1,
    )
    given(PROBLEM).when(major, RAISING).then(RAISED, escalated)


def test_the_same_again_changes_nothing_and_other_content_is_refused() -> None:
    given(PROBLEM, RAISED, TO_CITY).when(
        RAISE, replace(RAISING, at=replace(AT, stage="producing"))
    ).changes_nothing()
    given(PROBLEM, RAISED).when(replace(RAISE, text="用电不足"), RAISING).rejects(
        "other content", code="exists"
    )


def test_a_problem_is_not_older_than_its_project_nor_from_the_future() -> None:
    given(PROBLEM).when(replace(RAISE, on=date(2013, 1, 9)), RAISING).rejects(
        "project's planning", code="date-order"
    )
    given(PROBLEM).when(replace(RAISE, on=date(2013, 3, 2)), RAISING).rejects(
        "not come yet", code="future-date"
    )
    given(PROBLEM).when(replace(RAISE, due_on=date(2013, 2, 1)), RAISING).rejects("before 2013-03-01")


@pytest.mark.parametrize(("day", "escalates"), [(date(2013, 3, 16), False), (date(2013, 3, 17), True)])
def test_what_is_overdue_goes_one_level_up(day: date, escalates: bool) -> None:
    outcome = given(PROBLEM, RAISED).when(ESCALATE, known(day))
    if escalates:
        outcome.then(TO_CITY)
    else:
        outcome.changes_nothing()


def test_the_rule_in_force_on_its_day_counts() -> None:
    """The city has 5 days over up to June, none from July on; the province's stay with the province."""
    city = given(PROBLEM, RAISED, TO_CITY)
    city.when(ESCALATE, known(date(2013, 4, 1))).changes_nothing()
    to_province = city.when(ESCALATE, known(date(2013, 4, 2))).events
    assert [(event.to_level, event.due_on) for event in to_province] == [  # type: ignore[union-attr]
        (Level.PROVINCE, date(2013, 5, 2))
    ]
    late = given(PROBLEM, RAISED, replace(TO_CITY, due_on=date(2013, 7, 10)))
    assert late.when(ESCALATE, known(date(2013, 7, 11))).events
    top = given(PROBLEM, RAISED, TO_CITY, *to_province)
    top.when(ESCALATE, known(date(2013, 12, 31))).changes_nothing()


def test_an_answer_in_time_keeps_it_where_it_is() -> None:
    answer = AnswerProblem(
        problem="Q-1",
        answer="已报批",
        evidence=PAPER,
        on=date(2013, 3, 9),
        reported_by="office",
    )
    given(PROBLEM, RAISED).when(answer, known(date(2013, 3, 9))).then(ANSWERED)
    given(PROBLEM, RAISED, ANSWERED).when(answer, known(date(2013, 3, 9))).changes_nothing()
    given(PROBLEM, RAISED, ANSWERED).when(ESCALATE, known(date(2013, 9, 1))).changes_nothing()


def test_an_answer_that_does_not_do_is_assigned_again_and_waits_again() -> None:
    assign = AssignProblem(
        problem="Q-1",
        owner="福清市国土资源局",
        due_on=date(2013, 3, 30),
    )
    assigned = ProblemAssigned(
        problem="Q-1",
        project="P-1",
        region="350181",
        level=Level.COUNTY,
        owner="福清市国土资源局",
        due_on=date(2013, 3, 30),
        on=date(2013, 3, 10),
        assigned_by="office",
    )
    given(PROBLEM, RAISED, ANSWERED).when(assign, known(date(2013, 3, 10))).then(assigned)
    given(PROBLEM, RAISED, ANSWERED, assigned).when(assign, known(date(2013, 3, 10))).changes_nothing()
    assert given(PROBLEM, RAISED, ANSWERED, assigned).when(ESCALATE, known(date(2013, 3, 31))).events


def test_a_decision_needs_the_meeting_to_be_held_open_and_about_it() -> None:
    given(PROBLEM, RAISED).when(DECIDE, AGENDA).then(DECIDED)
    given(PROBLEM, RAISED, DECIDED).when(DECIDE, AGENDA).changes_nothing()
    other = replace(AGENDA, lists=False)
    given(PROBLEM, RAISED).when(DECIDE, other).rejects("not on the agenda", code="not-on-agenda")
    over = replace(AGENDA, concluded=True)
    given(PROBLEM, RAISED).when(DECIDE, over).rejects("concluded", code="concluded")
    early = replace(AGENDA, today=date(2013, 4, 9))
    given(PROBLEM, RAISED).when(DECIDE, early).rejects("is held on 2013-04-10", code="future-date")


def test_it_is_closed_with_what_became_of_it_and_reopened_when_that_was_not_so() -> None:
    given(PROBLEM, RAISED).when(close(date(2013, 3, 20)), known(date(2013, 6, 30))).then(CLOSED)
    given(PROBLEM, RAISED, CLOSED).when(close(date(2013, 3, 20)), known(date(2013, 6, 30))).changes_nothing()
    given(PROBLEM, RAISED, ANSWERED).when(close(date(2013, 3, 8)), known(date(2013, 6, 30))).rejects(
        "lies before", code="date-order"
    )
    reopen = ReopenProblem(problem="Q-1", reason="指标被收回")
    reopened = ProblemReopened(
        problem="Q-1",
        project="P-1",
        region="350181",
        level=Level.COUNTY,
        reason="指标被收回",
        due_on=date(2013, 4, 16),
        on=date(2013, 4, 1),
        reopened_by="office",
    )
    given(PROBLEM, RAISED, CLOSED).when(reopen, known(date(2013, 4, 1))).then(reopened)
    again = given(PROBLEM, RAISED, CLOSED, reopened)
    assert again.when(ESCALATE, known(date(2013, 4, 17))).events
    assert isinstance(again.when(close(date(2013, 4, 20), "新指标"), known(date(2013, 6, 30))).state, Closed)


@pytest.mark.parametrize(
    "command",
    [
        AssignProblem(problem="Q-1", owner="x", due_on=date(2013, 9, 1)),
        AnswerProblem(
            problem="Q-1",
            answer="x",
            evidence="x",
            on=date(2013, 4, 1),
        ),
        DeclareMajor(problem="Q-1", reason="x"),
        DECIDE,
        close(date(2013, 4, 1), "anders"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_happens_to_what_is_closed_or_was_never_raised(command: ProblemCommand) -> None:
    today = AGENDA if isinstance(command, DecideProblem) else known(date(2013, 4, 1))
    given(PROBLEM, RAISED, CLOSED).when(command, today).rejects("the problem is closed", code="wrong-state")
    given(PROBLEM).when(command, today).rejects("There is no problem", code="not-found")


def test_it_is_declared_major_once() -> None:
    declare = DeclareMajor(problem="Q-1", reason="涉及三县")
    (escalated,) = given(PROBLEM, RAISED).when(declare, known(date(2013, 3, 5))).events
    given(PROBLEM, RAISED, escalated).when(declare, known(date(2013, 3, 5))).changes_nothing()
    given(PROBLEM, RAISED).when(ReopenProblem(problem="Q-1", reason="x"), known(MARCH_1)).rejects(
        "is waiting"
    )


def test_a_day_without_a_rule_is_said_to_be_one() -> None:
    given(PROBLEM).when(RAISE, replace(RAISING, rules=())).rejects("No rule says", code="no-rule")
