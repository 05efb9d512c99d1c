"""Comparators, ranks, rules by date."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.progress.common.rules import NoRule, load, parse
from services.progress.measures import judgement

D = Decimal


@pytest.mark.parametrize(
    ("comparator", "value", "final", "met"),
    [
        ("at_least", "10", False, True),
        ("at_least", "9.99", False, None),
        ("at_least", "9.99", True, False),
        ("at_most", "10", True, True),
        ("at_most", "10.01", True, False),
        ("at_most", "3", False, None),
        ("exactly", "10", True, True),
        ("exactly", "11", True, False),
        ("exactly", "10", False, None),
        ("decline_at_least", "10", True, True),
    ],
)
def test_comparators_include_the_number_itself(comparator, value, final, met):
    assert judgement.met(D(value), D(10), comparator, final=final) is met


def test_an_unknown_comparator_is_an_error_and_not_a_guess():
    with pytest.raises(ValueError, match="roughly"):
        judgement.met(D(1), D(1), "roughly", final=True)


def test_no_ratio_without_a_positive_divisor():
    """X-6."""
    assert judgement.completion(D(1), D(0), "at_least") is None
    assert judgement.completion(D(-1), D(1), "at_most") is None
    assert judgement.ratio(D(0), D(1), "at_most") is None


@given(st.dictionaries(st.text(max_size=3), st.one_of(st.none(), st.fractions(0, 3, max_denominator=5))))
def test_competition_ranks(scores: dict[str, Fraction | None]):
    ranks = judgement.competition_ranks(scores)
    assert set(ranks) == {key for key, score in scores.items() if score is not None}
    known = [score for score in scores.values() if score is not None]
    for key, (rank, ties) in ranks.items():
        own = scores[key]
        assert own is not None
        assert rank == 1 + sum(other > own for other in known)
        assert ties == sum(other == own for other in known)


RULES = """
edition: test/1
rules:
  - {rule: line, row: X, valid_from: 2013-01-01, valid_to: 2013-06-30, parameters: {n: "1"}, source: s, confidence: S}
  - {rule: line, row: X, valid_from: 2013-07-01, parameters: {n: "2"}, source: s, confidence: S}
  - {rule: over, row: X, valid_from: 2013-01-01, valid_to: 2013-01-31, parameters: {}, source: s, confidence: S}
"""


@pytest.mark.parametrize(
    ("day", "n"), [("2012-01-01", 1), ("2013-06-30", 1), ("2013-07-01", 2), ("2020-01-01", 2)]
)
def test_a_rule_is_chosen_by_its_days(day, n):
    assert parse(RULES).on("line", date.fromisoformat(day)).number("n") == n


def test_a_rule_that_has_ended_or_never_was_is_an_error():
    with pytest.raises(NoRule):
        parse(RULES).on("over", date(2013, 2, 1))
    with pytest.raises(NoRule):
        parse(RULES).on("nothing", date(2013, 2, 1))


def test_every_shipped_rule_says_where_it_comes_from():
    rules = load()
    assert rules.edition
    for rule in rules._rules:
        assert rule.row
        assert rule.source
        assert rule.confidence in ("S", "C", "I", "V")
