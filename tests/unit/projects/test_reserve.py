"""The reserve library's rules, on a project's own history (TR-13, TR-16, TR-18)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.projects.common.refusal import Refused
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import ProjectRegistered
from services.projects.projects.registers.facts import Membership, RegisterJoined, RegisterLeft
from services.projects.projects.reserve.decisions import (
    AnswerPart,
    ByLibrary,
    ReserveRule,
    Screening,
    ScreeningRule,
    ScreenProject,
    SilenceRule,
    UpdateReserve,
    check_threshold,
)
from services.projects.projects.reserve.facts import (
    Action,
    CriterionAnswer,
    ProjectScreened,
    ReserveUpdated,
    quarter,
)
from tests.kit.spec import given

RULE = ReserveRule(
    ("reserve_county", "reserve_city", "reserve_provincial"), Decimal(10_000_000), 3, Decimal(10**12)
)
ON, TODAY = date(2013, 5, 10), date(2013, 6, 30)
CLERK = ByLibrary(today=TODAY, by="clerk", departments={}, rule=RULE)
REGISTERED = ProjectRegistered(
    project="P-1",
    name="纺织技改项目",
    region="350181",
    industry="1751",
    total_investment=Decimal(120_000_000),
    equipment_investment=Decimal(83_500_000),
    programmes=("TR",),
    registers=(Membership("reserve_county", date(2013, 1, 15)),),
    planned_on=date(2013, 1, 10),
    registered_on=date(2013, 1, 15),
    reported_by="福清市经贸局",
)


def update(action: Action, register: str = "reserve_county", reason: str = "成熟") -> UpdateReserve:
    return UpdateReserve(
        project="P-1",
        register=register,
        action=action,
        on=ON,
        reason=reason,
        reported_by="福清市经贸局",
    )


def updated(action: Action, promoted_to: str | None = None) -> ReserveUpdated:
    return ReserveUpdated(
        project="P-1",
        region="350181",
        register="reserve_county",
        quarter="2013-Q2",
        action=action,
        total_investment=Decimal(120_000_000),
        on=ON,
        reason="成熟",
        reported_by="福清市经贸局",
        promoted_to=promoted_to,
    )


@pytest.mark.parametrize(
    ("last", "now", "ends"),
    [("2013-Q1", "2013-Q4", False), ("2013-Q1", "2014-Q1", True), ("2013-Q4", "2014-Q3", False)],
)
def test_a_stay_ends_after_three_whole_quarters_without_a_look(last: str, now: str, ends: bool) -> None:
    assert SilenceRule(3).ends(last, now) is ends


@pytest.mark.parametrize(
    ("on", "name"),
    [(date(2013, 1, 1), "2013-Q1"), (date(2013, 3, 31), "2013-Q1"), (date(2013, 12, 31), "2013-Q4")],
)
def test_the_quarter_of_a_day(on: date, name: str) -> None:
    assert quarter(on) == name


def test_ten_million_is_enough_and_a_fen_less_is_not() -> None:
    check_threshold(RULE, "reserve_city", Decimal(10_000_000))
    check_threshold(RULE, "city_key", Decimal(1))
    with pytest.raises(Refused, match="10000000 yuan and more"):
        check_threshold(RULE, "reserve_city", Decimal("9999999.99"))


def test_a_quarters_look_is_taken_once() -> None:
    confirmed = updated(Action.CONFIRMED)
    given(PROJECT, REGISTERED).when(update(Action.CONFIRMED), CLERK).then(confirmed)
    again = replace(update(Action.CONFIRMED), reported_by="somebody else")
    given(PROJECT, REGISTERED, confirmed).when(again, CLERK).changes_nothing()


def test_a_promoted_project_stands_in_both_tiers() -> None:
    given(PROJECT, REGISTERED).when(update(Action.PROMOTED), CLERK).then(
        RegisterJoined(project="P-1", register="reserve_city", valid_from=ON),
        updated(Action.PROMOTED, "reserve_city"),
    )
    highest = RegisterJoined(project="P-1", register="reserve_provincial", valid_from=ON)
    given(PROJECT, REGISTERED, highest).when(update(Action.PROMOTED, "reserve_provincial"), CLERK).rejects(
        "no tier above", code="highest-tier"
    )


def test_a_dropped_project_is_out_with_its_reason() -> None:
    left = RegisterLeft(
        project="P-1", register="reserve_county", valid_from=date(2013, 1, 15), valid_to=ON, reason="成熟"
    )
    dropped = updated(Action.DROPPED)
    given(PROJECT, REGISTERED).when(update(Action.DROPPED), CLERK).then(left, dropped)
    given(PROJECT, REGISTERED, left, dropped).when(update(Action.DROPPED), CLERK).changes_nothing()
    later = replace(update(Action.CONFIRMED), on=date(2013, 5, 11))
    given(PROJECT, REGISTERED, left, dropped).when(later, CLERK).rejects("is not in", code="not-in-register")


def test_what_is_too_small_now_is_not_confirmed_but_may_be_dropped() -> None:
    small = replace(REGISTERED, total_investment=Decimal(9_000_000), equipment_investment=Decimal(0))
    given(PROJECT, small).when(update(Action.CONFIRMED), CLERK).rejects("of 9000000", code="below-threshold")
    assert len(given(PROJECT, small).when(update(Action.DROPPED), CLERK).events) == 2


@pytest.mark.parametrize(
    ("command", "why", "code"),
    [
        (update(Action.DROPPED, reason=""), "needs its reason", "reason-missing"),
        (update(Action.CONFIRMED, "city_key"), "no tier of", "not-a-reserve"),
        (update(Action.CONFIRMED, "reserve_city"), "is not in reserve_city", "not-in-register"),
        (replace(update(Action.CONFIRMED), on=date(2013, 7, 1)), "not come yet", "future-date"),
    ],
)
def test_what_the_library_refuses(command: UpdateReserve, why: str, code: str) -> None:
    given(PROJECT, REGISTERED).when(command, CLERK).rejects(why, code=code)


def test_a_screening_recommends_only_who_meets_everything() -> None:
    rule = ScreeningRule(("reserve_county",), ("own_funds", "supported_field"))
    by = Screening(today=TODAY, by="福州市经委", departments={}, rule=rule)
    met = (
        AnswerPart(criterion="supported_field", met=True, evidence="1号"),
        AnswerPart(criterion="own_funds", met=True, evidence="2号"),
    )
    screen = ScreenProject(project="P-1", scheme="national", answers=met, on=ON)
    answers = (CriterionAnswer("own_funds", True, "2号"), CriterionAnswer("supported_field", True, "1号"))
    screened = ProjectScreened(
        project="P-1",
        region="350181",
        scheme="national",
        answers=answers,
        recommended=True,
        on=ON,
        screened_by="福州市经委",
    )
    given(PROJECT, REGISTERED).when(screen, by).then(screened)
    given(PROJECT, REGISTERED, screened).when(screen, by).changes_nothing()
    missed = (replace(met[0], met=False), met[1])
    given(PROJECT, REGISTERED).when(replace(screen, answers=missed), by).then(
        replace(screened, answers=(answers[0], replace(answers[1], met=False)), recommended=False)
    )
    less = given(PROJECT, REGISTERED).when(replace(screen, answers=met[:1]), by)
    less.rejects("answered are", code="criteria")
