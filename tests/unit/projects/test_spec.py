"""The three words fail when they should: a test that can't fail proves nothing."""

from dataclasses import replace

import pytest

from services.projects.plan.decisions.loading import PLAN
from services.projects.plan.facts import LoadedPlan, Programme, ProgrammesLoaded
from tests.kit.spec import given
from tests.unit.projects.test_monthly_report import FILE, FILED, KNOWN, MONTHLY_REPORT
from tests.unit.projects.test_plan import ALONE, load

LOADED = ProgrammesLoaded(plan="p", programmes=(Programme("TR", "技改"),))
LOAD = load("p", programmes=(Programme("TR", "技改"),))


def test_each_word_holds_what_it_says() -> None:
    assert given(PLAN).when(LOAD, ALONE).then(LOADED) == LoadedPlan({ProgrammesLoaded: LOADED})
    given(PLAN, LOADED).when(LOAD, ALONE).changes_nothing()
    given(MONTHLY_REPORT, FILED).when(FILE, KNOWN).changes_nothing()


def test_other_events_are_shown_line_by_line() -> None:
    other = ProgrammesLoaded(plan="p", programmes=(Programme("EN", "节能"),))
    with pytest.raises(AssertionError, match=r"(?s)- .*'EN'.*\+ .*'TR'"):
        given(PLAN).when(LOAD, ALONE).then(other)


def test_events_where_none_were_expected_and_none_where_some_were() -> None:
    with pytest.raises(AssertionError, match="should change nothing"):
        given(PLAN).when(LOAD, ALONE).changes_nothing()
    with pytest.raises(AssertionError, match="other events"):
        given(PLAN, LOADED).when(LOAD, ALONE).then(LOADED)


def test_acceptance_where_a_refusal_was_expected() -> None:
    with pytest.raises(AssertionError, match="should be refused"):
        given(PLAN).when(LOAD, ALONE).rejects("anything")


def test_a_refusal_with_another_reason_or_code_and_one_that_was_not_expected() -> None:
    refused = given(MONTHLY_REPORT, FILED).when(replace(FILE, investment=FILED.investment * 2), KNOWN)
    with pytest.raises(AssertionError, match="doesn't say"):
        refused.rejects("because it rains")
    with pytest.raises(AssertionError, match="refused with code"):
        refused.rejects("already", code="other")
    with pytest.raises(AssertionError, match="was refused"):
        refused.changes_nothing()
    with pytest.raises(AssertionError, match="was refused"):
        refused.then(FILED)


def test_words_without_content_are_refused_themselves() -> None:
    with pytest.raises(AssertionError, match="changes_nothing"):
        given(PLAN).when(LOAD, ALONE).then()
    with pytest.raises(AssertionError, match="part of the reason"):
        given(PLAN).when(LOAD, ALONE).rejects("")
