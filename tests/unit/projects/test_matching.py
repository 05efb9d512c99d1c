"""Matching (对接): what may be done with a need, an offer and a pair, and what their score is made of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.projects.domain.matching import scoring, words
from services.projects.domain.matching.listing import (
    ListingRegistered,
    ListingRevised,
    ListingWithdrawn,
    MeetingPoint,
    RegisterListing,
    ReviseListing,
    Side,
    Terms,
    WithdrawListing,
)
from services.projects.domain.matching.match import (
    Conclude,
    Decline,
    Introduce,
    MatchConcluded,
    MatchDeclined,
    MatchIntroduced,
    MatchNegotiationStarted,
    MatchReopened,
    Pair,
    Reopen,
    Revisions,
    StartNegotiation,
)
from services.projects.domain.matching.scoring import Candidate, Criterion, Score, Weights, Wording
from services.projects.domain.matching.words import Thesaurus
from services.projects.events import LISTING, MATCH
from tests.kit.spec import given

DAY = date(2013, 6, 18)
TERMS = Terms(
    "印染废水回用", "日排四千吨", date(2013, 3, 1), industries=("1713",), amount_max=Decimal(3_000_000)
)
REGISTER = RegisterListing("N-1", MeetingPoint.TECHNOLOGY, Side.NEED, "350181", "某染整", TERMS, DAY)
REGISTERED = ListingRegistered("N-1", MeetingPoint.TECHNOLOGY, Side.NEED, "350181", "某染整", TERMS, DAY)
NEWER = replace(TERMS, amount_max=Decimal(5_000_000))
REVISED = ListingRevised("N-1", MeetingPoint.TECHNOLOGY, Side.NEED, "350181", 2, NEWER, "more money", DAY)
WITHDRAWN = ListingWithdrawn("N-1", MeetingPoint.TECHNOLOGY, Side.NEED, "350181", "solved", DAY)

PAIR = Pair("N-1", "R-1", MeetingPoint.TECHNOLOGY, "350181")
AS_READ, WITH_NEWS = Revisions(1, 1), Revisions(1, 2)
SCORE = Score(Decimal("0.7"), ())
INTRODUCE = Introduce(PAIR, AS_READ, SCORE, (), DAY, DAY)
INTRODUCED = MatchIntroduced(PAIR, AS_READ, SCORE, DAY)
TALKING = MatchNegotiationStarted(PAIR, DAY)
CONCLUDED = MatchConcluded(PAIR, DAY, "协议9号", Decimal(2_800_000))
DECLINED = MatchDeclined(PAIR, AS_READ, "need", "too dear", DAY)
DECLINE = Decline(PAIR, AS_READ, "need", "too dear", DAY, DAY)


def test_a_need_is_put_forward_once_and_the_same_again_changes_nothing() -> None:
    given(LISTING).when(REGISTER).then(REGISTERED)
    given(LISTING, REGISTERED).when(replace(REGISTER, today=date(2013, 7, 1))).changes_nothing()
    given(LISTING, REGISTERED).when(replace(REGISTER, party="another")).rejects("other content")


def test_a_revision_is_numbered_and_the_same_again_changes_nothing() -> None:
    revise = ReviseListing("N-1", NEWER, "more money", DAY)
    given(LISTING, REGISTERED).when(revise).then(REVISED)
    given(LISTING, REGISTERED, REVISED).when(revise).changes_nothing()


def test_what_is_withdrawn_stays_withdrawn() -> None:
    withdraw = WithdrawListing("N-1", "solved", DAY)
    given(LISTING, REGISTERED).when(withdraw).then(WITHDRAWN)
    given(LISTING, REGISTERED, WITHDRAWN).when(withdraw).changes_nothing()
    given(LISTING, REGISTERED, WITHDRAWN).when(ReviseListing("N-1", NEWER, "x", DAY)).rejects("withdrawn on")
    given(LISTING).when(withdraw).rejects("no listing")


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (replace(TERMS, valid_to=date(2013, 2, 1)), "before it begins"),
        (replace(TERMS, amount_min=Decimal(4_000_000)), "above the greatest"),
    ],
)
def test_terms_that_cannot_be(terms: Terms, why: str) -> None:
    given(LISTING).when(replace(REGISTER, terms=terms)).rejects(why)


@pytest.mark.parametrize("amount", ["300", "300000000000"])
def test_an_amount_in_the_wrong_unit_is_asked_about_and_may_be_confirmed(amount: str) -> None:
    terms = replace(TERMS, amount_max=Decimal(amount))
    refusal = given(LISTING).when(replace(REGISTER, terms=terms)).rejects("for a need", code="confirm-amount")
    assert refusal.where == "amount_max"  # type: ignore[attr-defined]
    given(LISTING).when(replace(REGISTER, terms=terms, confirmed=True)).then(replace(REGISTERED, terms=terms))
    revise = ReviseListing("N-1", terms, "budget", DAY)
    given(LISTING, REGISTERED).when(revise).rejects("for a need", code="confirm-amount")
    assert given(LISTING, REGISTERED).when(replace(revise, confirmed=True)).events


def test_a_pair_goes_from_the_introduction_to_a_result() -> None:
    given(MATCH).when(INTRODUCE).then(INTRODUCED)
    given(MATCH, INTRODUCED).when(StartNegotiation(PAIR, DAY, DAY)).then(TALKING)
    conclude = Conclude(PAIR, DAY, DAY, "协议9号", Decimal(2_800_000))
    given(MATCH, INTRODUCED, TALKING).when(conclude).then(CONCLUDED)
    given(MATCH, INTRODUCED, TALKING, CONCLUDED).when(conclude).changes_nothing()
    given(MATCH, INTRODUCED, CONCLUDED).when(DECLINE).rejects("reopen it")
    given(MATCH).when(StartNegotiation(PAIR, DAY, DAY)).rejects("not been introduced")


def test_what_was_agreed_and_did_not_hold_is_taken_back_with_its_figures() -> None:
    reopen = Reopen(PAIR, "not kept", date(2013, 7, 1), date(2013, 7, 1))
    reopened = MatchReopened(PAIR, "not kept", date(2013, 7, 1), DAY, Decimal(2_800_000))
    given(MATCH, INTRODUCED, CONCLUDED).when(reopen).then(reopened)
    given(MATCH, INTRODUCED, CONCLUDED, reopened).when(reopen).rejects("negotiate")


def test_who_has_declined_is_asked_again_only_with_news() -> None:
    given(MATCH, INTRODUCED).when(DECLINE).then(DECLINED)
    given(MATCH).when(DECLINE).then(DECLINED)  # already the suggestion
    given(MATCH, INTRODUCED, DECLINED).when(INTRODUCE).rejects("Nothing has changed since")
    again = replace(INTRODUCE, revisions=WITH_NEWS)
    given(MATCH, INTRODUCED, DECLINED).when(again).then(replace(INTRODUCED, revisions=WITH_NEWS))
    given(MATCH, DECLINED).when(DECLINE).changes_nothing()
    declined_again = replace(DECLINED, revisions=WITH_NEWS)
    given(MATCH, DECLINED).when(replace(DECLINE, revisions=WITH_NEWS)).then(declined_again)


def test_steps_that_are_refused() -> None:
    given(MATCH).when(replace(INTRODUCE, excluded=("N-1 excludes 某公司",))).rejects("exclude each other")
    given(MATCH).when(replace(INTRODUCE, on=date(2013, 6, 19))).rejects("not come yet")
    early = StartNegotiation(PAIR, date(2013, 6, 17), DAY)
    given(MATCH, INTRODUCED).when(early).rejects("the step before")
    loan = replace(PAIR, meeting=MeetingPoint.FINANCE)
    given(MATCH, replace(INTRODUCED, pair=loan)).when(Conclude(loan, DAY, DAY, "合同")).rejects("its amount")


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
