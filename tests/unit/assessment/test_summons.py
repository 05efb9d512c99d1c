"""Summons of a city (约谈): called by the scheme's rule or by decision, held, reported on, or lifted."""

from dataclasses import replace
from typing import Any

import pytest

from services.assessment.appraisals.decisions.appraisal import APPRAISAL
from services.assessment.appraisals.facts import Appraisal, AppraisalEvent
from services.assessment.appraisals.summonses.decisions import (
    HoldSummons,
    LiftSummons,
    ReportImprovement,
    SummonCity,
    to_summon,
)
from services.assessment.appraisals.summonses.facts import (
    ImprovementReported,
    SummonsHeld,
    SummonsIssued,
    SummonsLifted,
    standing,
)
from shared.command import Asked
from tests.kit.spec import given
from tests.unit.assessment.test_appraisal import OPEN, PUBLISH, REGIONS, D, but, known, verify

LAST = REGIONS[-1]
_OF: dict[str, Any] = {"plan": "fujian-2013", "year": 2013, "region": LAST}


def published() -> list[AppraisalEvent]:
    """Four cities are ranked; the last one has 20 + 5 × 4 = 40 points, the others 85."""
    events: list[AppraisalEvent] = []
    state = APPRAISAL.initial
    verified = [*(verify(region) for region in REGIONS[:-1]), verify(LAST, points="4", value="40")]
    commands: list[Any] = [OPEN, *verified, PUBLISH]
    for command in commands:
        made = APPRAISAL.decide(command, state)
        events, state = [*events, *made], APPRAISAL.fold(made, state)
    return events


PUBLISHED = published()
CALL = Asked(
    SummonCity(**_OF, whom="市经贸委", by="省经贸委", hold_on=D("2014-04-10"), evidence="112号"),
    known("2014-03-28"),
)
CALLED: Any = given(APPRAISAL, *PUBLISHED).when(CALL).events[0]
HOLD = Asked(
    HoldSummons(**_OF, held_on=D("2014-04-10"), agreed="补报储备库", evidence="纪要1号"), known("2014-04-11")
)
HELD = given(APPRAISAL, *PUBLISHED, CALLED).when(HOLD).events[0]
REPORT = Asked(ReportImprovement(**_OF, evidence="35号"), known("2014-05-10"))
LIFT = Asked(LiftSummons(**_OF, reason="已整改"), known("2014-04-02"))


def state(*events: AppraisalEvent) -> Appraisal:
    found = APPRAISAL.fold([*PUBLISHED, *events])
    assert isinstance(found, Appraisal)
    return found


def test_the_rule_calls_a_city_below_sixty_points_and_no_other() -> None:
    assert [region for region in REGIONS if to_summon(state(), region)] == [LAST]
    assert isinstance(CALLED, SummonsIssued)
    assert (CALLED.by_rule, CALLED.total, CALLED.edition, CALLED.reason) == (True, 40, 1, None)
    assert not to_summon(state(CALLED), LAST)
    given(APPRAISAL, *PUBLISHED).when(but(CALL, region="350100")).rejects("has 85.00 points")
    by_decision = but(CALL, region="350100", reason="月报连续迟报")
    (made,) = given(APPRAISAL, *PUBLISHED).when(by_decision).events
    assert isinstance(made, SummonsIssued)
    assert (made.by_rule, made.reason) == (False, "月报连续迟报")


def test_it_is_held_with_a_day_for_the_report_and_reported_in_time_or_late() -> None:
    assert SummonsHeld(
        **_OF, held_on=D("2014-04-10"), agreed="补报储备库", report_due_on=D("2014-05-10"), on=D("2014-04-11"),
        evidence="纪要1号",
    ) == HELD  # fmt: skip
    held = (*PUBLISHED, CALLED, HELD)
    in_time = ImprovementReported(**_OF, on=D("2014-05-10"), late=False, evidence="35号")
    given(APPRAISAL, *held).when(REPORT).then(in_time)
    late = replace(in_time, on=D("2014-05-11"), late=True)
    given(APPRAISAL, *held).when(but(REPORT, today=D("2014-05-11"))).then(late)
    given(APPRAISAL, *held, in_time).when(REPORT).changes_nothing()
    given(APPRAISAL, *held, in_time).when(but(REPORT, evidence="36号")).rejects("35号 came in")
    stands = [
        standing(state(*events).summonses[LAST], D(day))
        for events, day in (
            ((CALLED,), "2014-04-10"),
            ((CALLED,), "2014-04-11"),
            ((CALLED, HELD), "2014-05-10"),
            ((CALLED, HELD), "2014-05-11"),
            ((CALLED, HELD, in_time), "2014-06-01"),
        )
    ]
    assert stands == ["called", "not_held", "held", "report_missing", "reported"]


def test_it_is_put_off_with_a_reason() -> None:
    later = but(CALL, hold_on=D("2014-04-20"), evidence="113号")
    given(APPRAISAL, *PUBLISHED, CALLED).when(CALL).changes_nothing()
    given(APPRAISAL, *PUBLISHED, CALLED).when(later).rejects("is called for 2014-04-10")
    (made,) = given(APPRAISAL, *PUBLISHED, CALLED).when(but(later, reason="会期冲突")).events
    assert isinstance(made, SummonsIssued)
    assert made.hold_on == D("2014-04-20")


def test_an_edition_that_takes_the_ground_from_it_lifts_it() -> None:
    better = verify(LAST, points="8", value="90", reason="evidence came in")
    (corrected,) = given(APPRAISAL, *PUBLISHED, CALLED).when(better).events
    again = but(PUBLISH, reason="更正")
    _, lifted = given(APPRAISAL, *PUBLISHED, CALLED, corrected).when(again).events
    assert lifted == SummonsLifted(**_OF, on=PUBLISH.given.today, reason="第2期通报更正，85.00分")
    by_decision = replace(CALLED, by_rule=False, reason="月报迟报")
    assert len(given(APPRAISAL, *PUBLISHED, by_decision, corrected).when(again).events) == 1


def test_what_is_lifted_is_not_asked_for_again_by_the_same_edition() -> None:
    lifted = SummonsLifted(**_OF, on=D("2014-04-02"), reason="已整改")
    given(APPRAISAL, *PUBLISHED, CALLED).when(LIFT).then(lifted)
    given(APPRAISAL, *PUBLISHED, CALLED, lifted).when(LIFT).changes_nothing()
    assert not to_summon(state(CALLED, lifted), LAST)
    assert standing(state(CALLED, lifted).summonses[LAST], D("2014-05-01")) == "lifted"


@pytest.mark.parametrize(
    ("before", "command", "why"),
    [
        ((), HOLD, "isn't summoned"),
        ((), REPORT, "isn't summoned"),
        ((CALLED,), REPORT, "isn't held yet"),
        ((CALLED, HELD), LIFT, "what has happened isn't lifted"),
        ((CALLED, HELD), but(CALL, evidence="114号"), "was summoned and held"),
        ((CALLED, HELD), but(HOLD, agreed="其他"), "held on 2014-04-10 already"),
        ((CALLED,), but(HOLD, held_on=D("2014-04-12")), "it wasn't held on 2014-04-12"),
        ((CALLED,), but(HOLD, report_due_on=D("2014-04-09")), "due on a day after"),
        ((), but(CALL, hold_on=D("2014-03-27")), "is past"),
        ((), but(CALL, region="350500"), "is not assessed"),
    ],
)
def test_what_is_refused(before: tuple[AppraisalEvent, ...], command: Any, why: str) -> None:
    given(APPRAISAL, *PUBLISHED, *before).when(command).rejects(why)


def test_nobody_is_summoned_before_the_ranking_is_published() -> None:
    given(APPRAISAL, *PUBLISHED[:-1]).when(CALL).rejects("no ranking yet")


def test_a_scheme_without_a_rule_leaves_it_to_decisions() -> None:
    opened: Any = PUBLISHED[0]
    without = replace(opened, scheme=replace(opened.scheme, summons=None))
    events = (without, *PUBLISHED[1:])
    given(APPRAISAL, *events).when(CALL).rejects("has 40.00 points")
    called = replace(CALLED, by_rule=False, reason="x")
    given(APPRAISAL, *events, called).when(HOLD).rejects("due on a day after")
