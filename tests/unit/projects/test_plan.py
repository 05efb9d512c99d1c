"""A plan's parts, loaded as facts."""

from datetime import date

import msgspec
import pytest
from pydantic import TypeAdapter

from services.projects.common.refusal import Refused
from services.projects.common.rules import Rule, in_force
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.plan.decisions.loading import PLAN, Beside
from services.projects.plan.facts import Programme, ProgrammesLoaded, RulesLoaded
from tests.kit.spec import given

TR, PM = Programme("TR", "技术改造"), Programme("PM", "项目对接")
ALONE = Beside(today=date(2013, 1, 1), by="clerk")
_REQUEST = TypeAdapter(LoadPlan)


def load(plan: str, **said: object) -> LoadPlan:
    """The request whose parts say what these facts say."""
    return _REQUEST.validate_python({"plan": plan, **msgspec.to_builtins(said)})


def test_a_part_that_is_given_is_loaded() -> None:
    given(PLAN).when(load("p", programmes=(TR, PM)), ALONE).then(
        ProgrammesLoaded(plan="p", programmes=(TR, PM))
    )


def test_the_same_part_again_changes_nothing() -> None:
    given(PLAN, ProgrammesLoaded(plan="p", programmes=(TR,))).when(
        load("p", programmes=(TR,)), ALONE
    ).changes_nothing()


def test_one_name_twice_is_refused() -> None:
    given(PLAN).when(load("p", programmes=(TR, PM, TR)), ALONE).rejects("programmes names TR more than once")


def rule(since: str, until: str | None = None) -> Rule:
    return Rule(
        "acceptance",
        "TR-14c",
        date.fromisoformat(since),
        {"due_days": 180},
        "TR-14c",
        "I",
        date.fromisoformat(until) if until else None,
    )


def test_of_two_rules_of_a_name_one_holds_on_any_day() -> None:
    old, new = rule("2013-01-01", "2013-06-30"), rule("2013-07-01")
    given(PLAN).when(load("p", rules=(new, old)), ALONE).then(RulesLoaded(plan="p", rules=(new, old)))
    given(PLAN).when(load("p", rules=(rule("2013-01-01"), new)), ALONE).rejects("two rules acceptance")


def test_the_rule_of_a_day_is_found_and_a_day_without_one_is_refused() -> None:
    old, new = rule("2013-01-01", "2013-06-30"), rule("2013-07-01")
    assert in_force((new, old), "acceptance", date(2013, 6, 30)) is old
    assert in_force((new, old), "acceptance", date(2013, 7, 1)) is new
    with pytest.raises(Refused, match="No rule 'acceptance' is in force on 2012-12-31"):
        in_force((new, old), "acceptance", date(2012, 12, 31))
