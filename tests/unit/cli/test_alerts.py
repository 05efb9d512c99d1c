"""The alert rules: each fires when it should and not a moment before, and each has its page in the runbook."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.alerts import RULES
from tests.kit.promql import Samples, evaluate, metrics, parse

ROOT = Path(__file__).parents[3]
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/alerts/examples.yaml").read_text())
RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")


def samples(example: dict[str, Any], lines: list[str]) -> Samples:
    return Samples(parse(lines), parse(example.get("before", [])), float(example.get("now", 0)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["alert"]))
def test_it_fires_when_it_should_and_only_then(example: dict[str, Any]) -> None:
    expression = RULES[example["alert"]]["expr"]
    assert evaluate(expression, samples(example, example["fires"]))
    assert evaluate(expression, samples(example, example["quiet"])) == {}


def test_every_rule_has_an_example_and_every_example_its_rule() -> None:
    assert [example["alert"] for example in EXAMPLES] == list(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_names_metrics_and_says_what_it_means(name: str) -> None:
    rule = RULES[name]
    assert metrics(rule["expr"]) or rule["expr"].startswith("up{")
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"]
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))


@pytest.mark.parametrize("name", RULES)
def test_the_runbook_says_for_each_alert_what_to_see_why_to_do_and_to_check(name: str) -> None:
    found = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", RUNBOOK, re.DOTALL | re.MULTILINE)
    assert found, f"no section '### {name}'"
    for part in ("**You see.**", "**Why.**", "**Do.**", "**Check.**"):
        assert part in found[1], part


def test_what_the_evaluator_does_not_know_is_an_error() -> None:
    with pytest.raises((ValueError, KeyError)):
        evaluate("avg_over_time(relay_age_seconds[5m]) > 3", Samples({}, {}))
    with pytest.raises(ValueError):
        evaluate("relay_age_seconds > 3 and relay_stopped == 1", Samples(parse(["relay_age_seconds 4"]), {}))
