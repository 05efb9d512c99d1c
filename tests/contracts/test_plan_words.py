"""What a plan's folder may say is what the services read: two lists of one thing must not drift apart."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import services.projects
from plans import rules
from plans.loader import load_plan
from plans.vocabulary import AIDS, BASES, CARRIER_UNITS, STAGES, TARGET_UNITS
from services.energy.plan.consistency import UNITS
from services.progress.common.units import _FACTORS
from services.progress.measures.catalogue import MEASURES
from services.projects.common.refusal import Refused
from services.projects.funds.rules import default_rules
from services.projects.funds.separation import Separation, Step
from services.projects.funds.terms import Aid, Base
from services.projects.plan.reference import read
from services.projects.problems.facts import ProblemKind
from services.projects.projects.pre_reviews.rounds import ReviewRule
from services.projects.projects.stages.facts import Stage


def test_words_are_those_of_the_services() -> None:
    assert set(Stage) == STAGES
    assert set(Aid) == AIDS
    assert set(Base) == BASES
    assert UNITS == CARRIER_UNITS
    assert set(rules.Kind.__args__) == set(ProblemKind)  # type: ignore[attr-defined]
    assert set(rules.Step.__args__) == set(Step)  # type: ignore[attr-defined]
    assert set(_FACTORS) == TARGET_UNITS
    measured = {target.measure for target in load_plan("fujian-2013").targets} - {None}
    assert measured <= set(MEASURES)


def test_every_rule_that_the_service_asks_for_is_one_that_a_plan_may_bring() -> None:
    """Names of rules stand in the code as texts: each that is asked for must be known to the loader."""
    asked: set[str] = set()
    for file in Path(services.projects.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("parameters", "rules"):
                for argument in node.args:
                    name = constants.get(argument.id) if isinstance(argument, ast.Name) else None
                    name = argument.value if isinstance(argument, ast.Constant) else name
                    if isinstance(name, str):
                        asked.add(name)
    assert {"pre_review", "reserve_library", "reporting_months"} <= asked
    assert [name for name in sorted(asked) if rules.shape_of(name) is None] == []


@pytest.mark.parametrize("rule", load_plan("fujian-2013").project_rules, ids=lambda rule: rule.rule)
def test_a_rule_without_one_of_its_parameters_is_named(rule: object) -> None:
    name, parameters = rule.rule, rule.parameters  # type: ignore[attr-defined]
    assert rules.faults(name, parameters) == []
    for missing in parameters:
        left = {key: value for key, value in parameters.items() if key != missing}
        assert [where for where, _ in rules.faults(name, left)] == [missing]
    assert rules.faults(name, {**parameters, "surplus": 1})


def test_the_default_rules_are_rules() -> None:
    (default,) = default_rules()
    assert rules.faults(default.rule, default.parameters) == []
    assert (Step.COMMIT, Step.PAY) in read(default, Separation).subsidy


def test_a_stored_rule_that_cannot_be_read_is_a_refusal_with_a_remedy() -> None:
    (default,) = default_rules()
    with pytest.raises(Refused, match="can't be read") as refused:
        read(replace(default, rule="pre_review", parameters={"opinion_days": 10}), ReviewRule)
    assert (refused.value.status, "shengji plan check" in refused.value.remedy) == (409, True)
