"""Appraisal of the cities: points, places with ties, editions, awards that always add up (TR-24 to TR-26, X-18)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from plans.loader import load_plan
from services.assessment.appraisals.decisions.appraisal import APPRAISAL
from services.assessment.appraisals.decisions.commands import (
    AssessOwn,
    GrantAwards,
    ItemPoints,
    Known,
    OpenAppraisal,
    Opening,
    PublishRanking,
    Scoring,
    VerifyScore,
)
from services.assessment.appraisals.decisions.places import Score, places
from services.assessment.appraisals.facts import (
    Appraisal,
    AppraisalOpened,
    AwardGranted,
    City,
    Completion,
    RankingPublished,
    ScoreVerified,
    SelfAssessed,
    SourcePosition,
    VerifiedScoreCorrected,
)
from services.assessment.plans.facts.scheme import Scheme, faults, scheme_for
from shared.command import Asked
from tests.kit.spec import given

D = date.fromisoformat
(_SHIPPED,) = load_plan("fujian-2013").parts()["assessment"]["appraisal_schemes"]
SCHEME = msgspec.convert(_SHIPPED, Scheme)
REGIONS = ("350100", "350200", "350300", "350400")
OF: Any = {"plan": "fujian-2013", "year": 2013}
OPEN = Asked(
    OpenAppraisal(**OF),
    Opening(
        today=D("2014-01-06"),
        by="province-office",
        scheme=SCHEME,
        cities=tuple(
            City(region, region, f"TR-6{letter}") for region, letter in zip(REGIONS, "abcd", strict=True)
        ),
    ),
)
OPENED = given(APPRAISAL).when(OPEN).events[0]


def completed(value: str | None, *missing: str, target: str = "100") -> Completion:
    return Completion(
        target="TR-6a",
        target_value=Decimal(target),
        value=None if value is None else Decimal(value),
        unit="CNY_1e8",
        expected=12,
        missing=missing,
        positions=(SourcePosition("projects", 7),),
    )


def items(points: str = "8") -> tuple[ItemPoints, ...]:
    return tuple(ItemPoints(item=each.item, points=Decimal(points), evidence="1号") for each in SCHEME.items)


def but(asked: Asked[Any, Any], **changes: Any) -> Asked[Any, Any]:
    """The same, with other fields of the command or of what is given beside it."""
    beside = {name: value for name, value in changes.items() if hasattr(asked.given, name)}
    said = {name: value for name, value in changes.items() if name not in beside}
    return Asked(replace(asked.command, **said), replace(asked.given, **beside))


def known(day: str) -> Known:
    return Known(today=D(day), by="province-office")


def scoring(day: str, completion: Completion) -> Scoring:
    return Scoring(today=D(day), by="province-office", completion=completion)


def own(region: str = "350100", points: str = "8", day: str = "2014-01-20") -> Asked[Any, Any]:
    command = AssessOwn(**OF, region=region, items=items(points), evidence="8号")
    return Asked(command, scoring(day, completed("90")))


def verify(
    region: str = "350100", points: str = "8", value: str = "90", reason: str | None = None
) -> Asked[Any, Any]:
    command = VerifyScore(**OF, region=region, items=items(points), evidence="66号", reason=reason)
    return Asked(command, scoring("2014-02-18", completed(value)))


def after(*commands: Asked[Any, Any]) -> Appraisal:
    state: object = given(APPRAISAL).when(OPEN).state
    for command in commands:
        state = APPRAISAL.fold(APPRAISAL.decide(command, state), state)  # type: ignore[arg-type]
    assert isinstance(state, Appraisal)
    return state


PUBLISH = Asked(PublishRanking(**OF, evidence="90号"), known("2014-02-25"))
GRANT = Asked(GrantAwards(**OF, evidence="31号"), known("2014-03-01"))


# --- scheme ------------------------------------------------------------------------------------------------


def test_the_shipped_scheme_is_two_parts_of_a_hundred_points_and_450_in_awards() -> None:
    assert SCHEME.full_marks == 100
    assert sum(SCHEME.awards) == 4_500_000
    assert list(faults([SCHEME])) == []


def test_its_due_days_are_those_of_the_calendar_the_year_after_the_assessed_one() -> None:
    """X-13: assessed year = year of the deadline - 1; both instances stand in the calendar."""
    duties = {duty["duty"]: duty for duty in load_plan("fujian-2013").parts()["projects"]["duties"]}
    for duty, due_on in (("TR-25a", SCHEME.self_due_on), ("TR-25b", SCHEME.verify_due_on)):
        instances = duties[duty]["due"]["instances"]
        assert [each["period"] for each in instances] == ["2012", "2013"]
        assert [each["due_on"] for each in instances] == [due_on(2012).isoformat(), due_on(2013).isoformat()]


def test_a_scheme_holds_for_the_years_that_end_in_it() -> None:
    later = replace(SCHEME, valid_from=D("2014-01-01"))
    ended = replace(SCHEME, valid_to=D("2013-12-31"))
    assert scheme_for([later, ended], 2013) == ended
    assert scheme_for([later, ended], 2014) == later
    assert scheme_for([ended], 2014) is None
    assert scheme_for([SCHEME], 1990) == SCHEME
    assert scheme_for([], 2013) is None


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SCHEME, items=(SCHEME.items[0], SCHEME.items[0])),
        replace(SCHEME, tie_break=("beauty",)),
        replace(SCHEME, awards=(Decimal(1), Decimal(2))),
        replace(SCHEME, self_due=(2, 29)),
    ],
)
def test_what_a_scheme_can_not_say(wrong: Scheme) -> None:
    assert len(list(faults([wrong]))) == 1


@pytest.mark.parametrize(
    ("value", "points"),
    [("100", "50.00"), ("130", "50.00"), ("90", "45.00"), ("33.333", "16.67"), ("0", "0.00"), (None, "0.00")],
)
def test_points_go_with_the_completed_share_and_never_over_all(value: str | None, points: str) -> None:
    assert completed(value).points(SCHEME.completion_points) == Decimal(points)


# --- places ------------------------------------------------------------------------------------------------


def ranked(
    *scores: tuple[str, str | None], tie_break: tuple[str, ...] = ("completion",)
) -> list[tuple[int, int, str]]:
    given_scores = [
        Score(f"C{number}", Decimal(total), None if completion is None else Fraction(completion))
        for number, (total, completion) in enumerate(scores)
    ]
    found = places(given_scores, replace(SCHEME, tie_break=tie_break))
    assert sum(place.award for place in found) == sum(SCHEME.awards[: len(scores)])
    return [(place.rank, place.ties, str(place.award)) for place in found]


def test_places_without_ties() -> None:
    assert ranked(("90", "1"), ("95", "1"), ("80", "1"), ("85", "1")) == [
        (1, 1, "2000000.00"), (2, 1, "1500000.00"), (3, 1, "1000000.00"), (4, 1, "0.00"),
    ]  # fmt: skip


def test_equal_totals_are_decided_by_completion_where_the_scheme_says_so() -> None:
    assert [rank for rank, *_ in ranked(("90", "1.1"), ("90", "1.2"), ("80", "1"))] == [1, 2, 3]
    assert ranked(("90", "1.1"), ("90", "1.2"), ("80", "1"), tie_break=()) == [
        (1, 2, "1750000.00"), (1, 2, "1750000.00"), (3, 1, "1000000.00"),
    ]  # fmt: skip
    assert [rank for rank, *_ in ranked(("90", None), ("90", "0.1"))] == [1, 2]


def test_who_shares_the_last_awarded_place_shares_its_award_to_the_fen() -> None:
    """X-18: 450 stays 450, also when three share what can't be split into three."""
    assert ranked(("95", "1"), ("94", "1"), ("90", "1"), ("90", "1"), ("90", "1")) == [
        (1, 1, "2000000.00"), (2, 1, "1500000.00"),
        (3, 3, "333333.34"), (3, 3, "333333.33"), (3, 3, "333333.33"),
    ]  # fmt: skip


# --- decisions ---------------------------------------------------------------------------------------------


def test_it_is_opened_once_with_its_days() -> None:
    assert isinstance(OPENED, AppraisalOpened)
    assert (OPENED.self_due_on, OPENED.verify_due_on) == (D("2014-01-31"), D("2014-02-28"))
    given(APPRAISAL, OPENED).when(OPEN).changes_nothing()
    given(APPRAISAL).when(but(OPEN, scheme=None)).rejects("No scheme")
    given(APPRAISAL).when(but(OPEN, cities=())).rejects("no cities")
    given(APPRAISAL).when(own()).rejects("isn't open", code="not-found")


def test_a_city_assesses_itself_and_may_do_so_again_until_it_is_verified() -> None:
    outcome = given(APPRAISAL, OPENED).when(own())
    (made,) = outcome.events
    assert isinstance(made, SelfAssessed)
    assert (made.completion_points, made.total, made.late) == (Decimal(45), Decimal(85), False)
    given(APPRAISAL, OPENED, made).when(own(day="2014-02-10")).changes_nothing()
    (late,) = given(APPRAISAL, OPENED, made).when(own(points="9", day="2014-02-01")).events
    assert isinstance(late, SelfAssessed)
    assert late.late
    (verified,) = given(APPRAISAL, OPENED, made).when(verify()).events
    given(APPRAISAL, OPENED, made, verified).when(own(points="10")).rejects("verified already")


@pytest.mark.parametrize(
    ("command", "why", "code"),
    [
        (own(region="350900"), "350900 is not assessed", "not-assessed"),
        (but(own(), items=items()[1:]), "its points once", "items-incomplete"),
        (but(own(), items=(*items(), items()[0])), "its points once", "items-incomplete"),
        (own(points="10.01"), "at most 10 points", "too-many-points"),
        (own(day="2013-12-31"), "2013 is not over", "year-not-over"),
        (but(verify(), completion=None), "prints no target", "no-target"),
        (
            but(verify(), completion=completed("90", "350100:2013-12")),
            "350100:2013-12",
            "reports-missing",
        ),
        (but(verify(), completion=completed(None)), "missing is not zero", "reports-missing"),
        (
            but(verify(), completion=replace(completed("90"), expected=11)),
            "11 of the 12",
            "reports-not-due",
        ),
        (but(verify(), today=D("2014-01-31")), "until 2014-01-31", "self-assessment-open"),
    ],
)
def test_what_is_no_score(command: Asked[Any, Any], why: str, code: str) -> None:
    given(APPRAISAL, OPENED).when(command).rejects(why, code=code)


def test_missing_reports_are_let_go_only_by_a_reason_that_is_kept() -> None:
    accepted = but(verify(), completion=completed("90", "350100:2013-12"), missing_accepted="on paper")
    (made,) = given(APPRAISAL, OPENED).when(accepted).events
    assert isinstance(made, ScoreVerified)
    assert (made.missing_accepted, made.completion.missing) == ("on paper", ("350100:2013-12",))
    (made,) = given(APPRAISAL, OPENED).when(but(verify(), missing_accepted="on paper")).events
    assert isinstance(made, ScoreVerified)
    assert made.missing_accepted is None


def test_a_verified_score_is_corrected_with_a_reason() -> None:
    (verified,) = given(APPRAISAL, OPENED).when(verify()).events
    given(APPRAISAL, OPENED, verified).when(verify()).changes_nothing()
    given(APPRAISAL, OPENED, verified).when(verify(points="7")).rejects("85", code="reason-required")
    (corrected,) = given(APPRAISAL, OPENED, verified).when(verify(points="7", reason="typing error")).events
    assert isinstance(corrected, VerifiedScoreCorrected)
    assert (corrected.previous_total, corrected.total) == (Decimal(85), Decimal(80))


def test_nothing_is_published_before_every_city_is_verified_and_nothing_awarded_before_that() -> None:
    given(APPRAISAL, OPENED).when(PUBLISH).rejects("350100, 350200, 350300, 350400", code="not-verified")
    given(APPRAISAL, OPENED).when(GRANT).rejects("no ranking", code="not-published")


def test_a_correction_makes_another_edition_and_moves_only_what_it_changes() -> None:
    scores = [verify(region, str(10 - number)) for number, region in enumerate(REGIONS)]
    published = after(*scores, PUBLISH, GRANT)
    assert published.awards == {"350100": 2_000_000, "350200": 1_500_000, "350300": 1_000_000}
    assert list(APPRAISAL.decide(PUBLISH, published)) == []
    assert list(APPRAISAL.decide(GRANT, published)) == []
    corrected = APPRAISAL.fold(
        APPRAISAL.decide(verify("350200", "6.5", reason="part was not paid out"), published), published
    )
    assert isinstance(corrected, Appraisal)
    with pytest.raises(Exception, match="Edition 1 is out"):
        APPRAISAL.decide(PUBLISH, corrected)
    (edition,) = APPRAISAL.decide(but(PUBLISH, reason="a score was corrected"), corrected)
    assert isinstance(edition, RankingPublished)
    assert (edition.edition, [line.region for line in edition.cities]) == (
        2,
        ["350100", "350300", "350400", "350200"],
    )
    assert [(each.region, each.rank_before, each.rank) for each in edition.differences] == [
        ("350300", 3, 2), ("350400", 4, 3), ("350200", 2, 4),
    ]  # fmt: skip
    moved = APPRAISAL.decide(GRANT, APPRAISAL.evolve(corrected, edition))
    assert [(e.region, e.amount, e.previous_amount) for e in moved if isinstance(e, AwardGranted)] == [
        ("350300", 1_500_000, 1_000_000), ("350400", 1_000_000, 0), ("350200", 0, 1_500_000),
    ]  # fmt: skip
    assert sum(APPRAISAL.fold(moved, corrected).awards.values()) == 4_500_000  # type: ignore[union-attr]
