"""Matching (对接): what may be done with a need, an offer and a pair, and what their score is made of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.projects.matching import scoring, words
from services.projects.matching.listings.decisions import (
    LISTING,
    Careful,
    RegisterListing,
    ReviseListing,
    WithdrawListing,
)
from services.projects.matching.listings.facts import (
    ListingRegistered,
    ListingRevised,
    ListingWithdrawn,
    MeetingPoint,
    Side,
    Terms,
)
from services.projects.matching.matches.decisions import MATCH, IntroduceMatch, MoveMatch, Scored
from services.projects.matching.matches.facts import (
    Concluded,
    MatchConcluded,
    MatchDeclined,
    MatchIntroduced,
    MatchNegotiationStarted,
    MatchReopened,
    Pair,
    Revisions,
)
from services.projects.matching.matches.views import row
from services.projects.matching.scoring import Candidate, Criterion, Score, Weights, Wording
from services.projects.matching.words import Thesaurus
from tests.kit.spec import given

DAY = date(2013, 6, 18)
CLERK = Careful(today=DAY, by="clerk")
SAID: dict[str, Any] = {
    "title": "印染废水回用",
    "description": "日排四千吨",
    "valid_from": date(2013, 3, 1),
    "industries": ("1713",),
}
TERMS = Terms(**SAID, amount_max=Decimal(3_000_000))
NEEDED: dict[str, Any] = {
    "listing": "N-1",
    "meeting": MeetingPoint.TECHNOLOGY,
    "side": Side.NEED,
    "region": "350181",
}
REGISTER = RegisterListing(**NEEDED, **SAID, party="某染整", amount_max=Decimal(3_000_000))
REGISTERED = ListingRegistered(**NEEDED, party="某染整", terms=TERMS, registered_on=DAY)
NEWER = replace(TERMS, amount_max=Decimal(5_000_000))
REVISE = ReviseListing(listing="N-1", **SAID, amount_max=Decimal(5_000_000), reason="more money")
REVISED = ListingRevised(**NEEDED, revision=2, terms=NEWER, reason="more money", revised_on=DAY)
WITHDRAWN = ListingWithdrawn(**NEEDED, reason="solved", withdrawn_on=DAY)

PAIR = Pair("N-1", "R-1", MeetingPoint.TECHNOLOGY, "350181")
AS_READ, WITH_NEWS = Revisions(1, 1), Revisions(1, 2)
SCORE = Score(Decimal("0.7"), ())
TWO: dict[str, Any] = {"need": "N-1", "offer": "R-1"}
INTRODUCE, START = IntroduceMatch(**TWO, on=DAY), MoveMatch(**TWO, step="negotiating", on=DAY)
CONCLUDE = MoveMatch(**TWO, step="matched", on=DAY, evidence="协议9号", amount=Decimal(2_800_000))
DECLINE = MoveMatch(**TWO, step="declined", on=DAY, by="need", reason="too dear")
BOTH = Scored(today=DAY, by="clerk", pair=PAIR, revisions=AS_READ, score=SCORE)
NEWS = replace(BOTH, revisions=WITH_NEWS)
INTRODUCED = MatchIntroduced(pair=PAIR, revisions=AS_READ, score=SCORE, introduced_on=DAY)
TALKING = MatchNegotiationStarted(pair=PAIR, started_on=DAY)
CONCLUDED = MatchConcluded(pair=PAIR, concluded_on=DAY, evidence="协议9号", amount=Decimal(2_800_000))
DECLINED = MatchDeclined(pair=PAIR, revisions=AS_READ, by="need", reason="too dear", declined_on=DAY)


def test_a_need_is_put_forward_once_and_the_same_again_changes_nothing() -> None:
    given(LISTING).when(REGISTER, CLERK).then(REGISTERED)
    later = replace(CLERK, today=date(2013, 7, 1))
    given(LISTING, REGISTERED).when(REGISTER, later).changes_nothing()
    given(LISTING, REGISTERED).when(replace(REGISTER, party="another"), CLERK).rejects("other content")


def test_a_listing_keeps_its_first_day_where_none_is_named() -> None:
    later = replace(CLERK, today=date(2013, 7, 1))
    first_day = replace(REGISTERED, terms=replace(TERMS, valid_from=DAY))
    given(LISTING).when(replace(REGISTER, valid_from=None), CLERK).then(first_day)
    given(LISTING, first_day).when(replace(REGISTER, valid_from=None), later).changes_nothing()
    revised = replace(REVISED, terms=replace(NEWER, valid_from=DAY), revised_on=later.today)
    given(LISTING, first_day).when(replace(REVISE, valid_from=None), later).then(revised)


def test_an_enterprise_that_puts_something_forward_itself_is_named() -> None:
    given(LISTING).when(REGISTER, replace(CLERK, enterprise="E-1")).then(
        replace(REGISTERED, enterprise="E-1")
    )


def test_a_revision_is_numbered_and_the_same_again_changes_nothing() -> None:
    given(LISTING, REGISTERED).when(REVISE, CLERK).then(REVISED)
    given(LISTING, REGISTERED, REVISED).when(REVISE, CLERK).changes_nothing()


def test_what_is_withdrawn_stays_withdrawn() -> None:
    withdraw = WithdrawListing(listing="N-1", reason="solved")
    given(LISTING, REGISTERED).when(withdraw, CLERK).then(WITHDRAWN)
    given(LISTING, REGISTERED, WITHDRAWN).when(withdraw, CLERK).changes_nothing()
    given(LISTING, REGISTERED, WITHDRAWN).when(REVISE, CLERK).rejects("withdrawn on")
    given(LISTING).when(withdraw, CLERK).rejects("no listing")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_to": date(2013, 2, 1)}, "before it begins"),
        ({"amount_min": Decimal(4_000_000)}, "above the greatest"),
    ],
)
def test_terms_that_cannot_be(changes: dict[str, Any], why: str) -> None:
    given(LISTING).when(replace(REGISTER, **changes), CLERK).rejects(why)


@pytest.mark.parametrize("amount", ["300", "300000000000"])
def test_an_amount_in_the_wrong_unit_is_asked_about_and_may_be_confirmed(amount: str) -> None:
    register = replace(REGISTER, amount_max=Decimal(amount))
    refusal = given(LISTING).when(register, CLERK).rejects("for a need", code="confirm-amount")
    assert refusal.where == "amount_max"  # type: ignore[attr-defined]
    terms = replace(TERMS, amount_max=Decimal(amount))
    given(LISTING).when(replace(register, confirmed=True), CLERK).then(replace(REGISTERED, terms=terms))
    revise = replace(REVISE, amount_max=Decimal(amount))
    given(LISTING, REGISTERED).when(revise, CLERK).rejects("for a need", code="confirm-amount")
    assert given(LISTING, REGISTERED).when(replace(revise, confirmed=True), CLERK).events


def test_a_pair_goes_from_the_introduction_to_a_result() -> None:
    given(MATCH).when(INTRODUCE, BOTH).then(INTRODUCED)
    given(MATCH, INTRODUCED).when(INTRODUCE, BOTH).changes_nothing()
    given(MATCH, INTRODUCED).when(START, BOTH).then(TALKING)
    given(MATCH, INTRODUCED, TALKING).when(CONCLUDE, BOTH).then(CONCLUDED)
    given(MATCH, INTRODUCED, TALKING, CONCLUDED).when(CONCLUDE, BOTH).changes_nothing()
    given(MATCH, INTRODUCED, CONCLUDED).when(DECLINE, BOTH).rejects("Decline on Concluded: they have agreed")
    given(MATCH).when(START, BOTH).rejects("StartNegotiation on Apart: the two have not been introduced")


def test_what_was_agreed_and_did_not_hold_is_taken_back_with_its_figures() -> None:
    july = date(2013, 7, 1)
    reopen, then = MoveMatch(**TWO, step="reopened", reason="not kept"), replace(BOTH, today=july)
    reopened = MatchReopened(
        pair=PAIR, reason="not kept", reopened_on=july, concluded_on=DAY, amount=Decimal(2_800_000)
    )
    given(MATCH, INTRODUCED, CONCLUDED).when(reopen, then).then(reopened)
    given(MATCH, INTRODUCED, CONCLUDED, reopened).when(reopen, then).rejects("negotiate")
    again = given(MATCH, INTRODUCED, CONCLUDED, reopened, replace(CONCLUDED, concluded_on=july)).state
    assert isinstance(again, Concluded)
    assert row(again)["reason"] == "not kept"  # it stays beside the pair once they agree after all


def test_who_has_declined_is_asked_again_only_with_news() -> None:
    given(MATCH, INTRODUCED).when(DECLINE, BOTH).then(DECLINED)
    given(MATCH).when(DECLINE, BOTH).then(DECLINED)  # already the suggestion
    given(MATCH, INTRODUCED, DECLINED).when(INTRODUCE, BOTH).rejects("Nothing has changed since")
    introduced_again = replace(INTRODUCED, revisions=WITH_NEWS)
    given(MATCH, INTRODUCED, DECLINED).when(INTRODUCE, NEWS).then(introduced_again)
    given(MATCH, DECLINED).when(DECLINE, BOTH).changes_nothing()
    given(MATCH, DECLINED).when(DECLINE, NEWS).then(replace(DECLINED, revisions=WITH_NEWS))


def test_steps_that_are_refused() -> None:
    given(MATCH).when(INTRODUCE, replace(BOTH, excluded=("N-1 excludes 某公司",))).rejects(
        "exclude each other"
    )
    given(MATCH).when(replace(INTRODUCE, on=date(2013, 6, 19)), BOTH).rejects("not come yet")
    given(MATCH, INTRODUCED).when(replace(START, on=date(2013, 6, 17)), BOTH).rejects("the step before")
    loan = replace(PAIR, meeting=MeetingPoint.FINANCE)
    unpaid = replace(CONCLUDE, amount=None)
    given(MATCH, replace(INTRODUCED, pair=loan)).when(unpaid, replace(BOTH, pair=loan)).rejects("its amount")


@pytest.mark.parametrize(
    "step",
    [
        replace(CONCLUDE, evidence=None),
        replace(DECLINE, by=None),
        replace(DECLINE, reason=""),
        MoveMatch(**TWO, step="reopened"),
    ],
)
def test_a_step_without_what_it_needs_is_refused(step: MoveMatch) -> None:
    given(MATCH, INTRODUCED, CONCLUDED).when(step, BOTH).rejects("This step needs", code="missing")


WEIGHTS = Weights(
    {criterion: Decimal("0.2") for criterion in Criterion}, Decimal("0.3"), Decimal(20), date(2013, 1, 1), "x"
)
UP = {
    "350181": ["350181", "350100", "350000"],
    "350100": ["350100", "350000"],
    "350200": ["350200", "350000"],
}
NEED = Candidate("N-1", Side.NEED, "350181", "某染整", TERMS, 1)
OFFER = Candidate("R-1", Side.OFFER, "350000", "某研究所", replace(TERMS, amount_max=None), 1)


def covers(one: str, other: str) -> bool:
    return one in UP.get(other, [other])


def share(criterion: Criterion, offer: Terms, need: Terms = TERMS) -> Decimal | None:
    """The share of one criterion, of these two."""
    judged = scoring.score(
        replace(NEED, terms=need), replace(OFFER, terms=offer), Wording(20.0, ("废水",)), WEIGHTS, covers
    )
    return next(reason.share for reason in judged.reasons if reason.criterion is criterion)


def test_a_score_is_the_weighted_mean_and_says_why() -> None:
    judged = scoring.score(NEED, OFFER, Wording(20.0, ("印染废水", "回用")), WEIGHTS, covers)
    shares = {reason.criterion: reason.share for reason in judged.reasons}
    assert shares == {
        Criterion.WORDS: Decimal("0.500"),
        Criterion.INDUSTRY: Decimal(1),
        Criterion.REGION: Decimal(1),
        Criterion.AMOUNT: None,  # the offer says none: missing is not zero
        Criterion.TIMING: Decimal(1),
    }
    assert judged.total == Decimal("0.760")  # (0.5 + 1 + 1 + 0.3 + 1) / 5
    assert judged.reasons[0].words == "words in common: 印染废水、回用"
    assert judged.reasons[3].words == "amount not said on both sides"


@pytest.mark.parametrize(
    ("industries", "expected"),
    [(("1713",), "1"), (("1719",), "0.8"), (("17",), "0.6"), (("18",), "0"), (("22", "171"), "0.8")],
)
def test_industries_agree_by_their_digits(industries: tuple[str, ...], expected: str) -> None:
    assert share(Criterion.INDUSTRY, replace(TERMS, industries=industries)) == Decimal(expected)


@pytest.mark.parametrize(
    ("regions", "expected"), [((), "1"), (("350100",), "1"), (("350181",), "1"), (("350200",), "0")]
)
def test_an_offer_is_for_its_regions(regions: tuple[str, ...], expected: str) -> None:
    assert share(Criterion.REGION, replace(TERMS, regions=regions)) == Decimal(expected)


def test_an_offer_for_a_part_of_the_needs_region_counts_half() -> None:
    need, offer = replace(TERMS, regions=("350100",)), replace(TERMS, regions=("350181",))
    assert share(Criterion.REGION, offer, need) == Decimal("0.5")


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(1, 9, "1"), (3, None, "1"), (4, 9, "0.75"), (6, None, "0.5"), (0, 2, "1")]
)
def test_amounts_meet_or_are_so_far_apart(low: int, high: int | None, expected: str) -> None:
    most = None if high is None else Decimal(high * 1_000_000)
    offer = replace(TERMS, amount_min=Decimal(low * 1_000_000), amount_max=most)
    assert share(Criterion.AMOUNT, offer) == Decimal(expected)


def test_an_offer_that_begins_later_counts_half() -> None:
    assert share(Criterion.TIMING, replace(TERMS, valid_from=date(2013, 9, 1))) == Decimal("0.5")


@pytest.mark.parametrize(
    ("need", "offer", "why"),
    [
        ({"excluded_parties": ("某研究所",)}, {}, "N-1 excludes 某研究所"),
        ({}, {"excluded_industries": ("17",)}, "R-1 excludes the industry 17"),
        ({}, {"excluded_regions": ("350100",)}, "R-1 excludes the region 350100"),
        ({"valid_from": date(2013, 5, 1)}, {"valid_to": date(2013, 4, 30)}, "R-1 ends on 2013-04-30"),
    ],
)
def test_what_either_side_excludes(need: dict[str, object], offer: dict[str, object], why: str) -> None:
    ours = replace(NEED, terms=replace(TERMS, **need))  # type: ignore[arg-type]
    theirs = replace(OFFER, terms=replace(TERMS, **offer))  # type: ignore[arg-type]
    (said,) = scoring.exclusions(ours, theirs, covers)
    assert said.startswith(why)
    assert scoring.exclusions(NEED, OFFER, covers) == []


def test_nobody_meets_itself() -> None:
    assert scoring.exclusions(NEED, replace(OFFER, party="某染整"), covers) == ["both are of 某染整"]


def test_a_text_is_read_in_pairs_and_single_characters_and_in_canonical_words() -> None:
    read = Thesaurus({"污水": "废水", "污水厂": "废水处理厂"}).read
    assert read("印染污水 LED") == "印染废水 led"
    assert read("污水厂") == "废水处理厂"  # the longest term wins
    assert words.terms("废水 led\n水") == {"废": 1, "水": 2, "废水": 1, "led": 1}


def test_phrases_in_common_are_the_longest_ones() -> None:
    assert words.shared_phrases("印染废水回用led", "废水的回用，led灯") == ("led", "废水", "回用")
    assert words.shared_phrases("印染", "电镀") == ()
