"""The alert rules, judged by Prometheus' own `promtool`: each fires when it should and not a moment before."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.kit.alerts import RULES
from tests.kit.promql import evaluate, metrics, parse

ROOT = Path(__file__).parents[3]
ALERTS = ROOT / "deploy/alerts"
TESTS = yaml.safe_load((ALERTS / "tests.yaml").read_text("utf-8"))["tests"]
RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not here: apt install prometheus"
)


def promtool(*arguments: str, folder: Path = ALERTS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@needs_promtool
def test_each_rule_fires_when_it_should_and_only_then() -> None:
    judged = promtool("test", "rules", "tests.yaml")
    assert judged.returncode == 0, judged.stdout + judged.stderr


@needs_promtool
def test_the_rules_are_what_prometheus_takes() -> None:
    checked = promtool("check", "rules", "shengji.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
def test_a_rule_that_cannot_fire_is_found(tmp_path: Path) -> None:
    """As ProcessRestarts was: in a crash loop nobody sees an uptime below a minute five minutes long."""
    for name in ("shengji.yaml", "tests.yaml"):
        shutil.copy(ALERTS / name, tmp_path)
    rules = (tmp_path / "shengji.yaml").read_text("utf-8")
    now = 'expr: changes(process_start_time_seconds{job="shengji"}[15m]) > 2'
    assert now in rules
    (tmp_path / "shengji.yaml").write_text(
        rules.replace(now, "expr: process_uptime_seconds < 60\n        for: 5m"), "utf-8"
    )
    judged = promtool("test", "rules", "tests.yaml", folder=tmp_path)
    assert judged.returncode != 0
    assert "ProcessRestarts" in judged.stdout + judged.stderr


def test_every_rule_is_tried_both_ways() -> None:
    tried = {test["name"] for test in TESTS}
    assert tried == {f"{name} {what}" for name in RULES for what in ("fires", "stays quiet")}
    for test in TESTS:
        expected = [each["exp_alerts"] for each in test["alert_rule_test"]]
        assert bool(expected[-1]) == test["name"].endswith(" fires"), test["name"]


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


def test_what_only_promtool_can_judge_is_an_error_here() -> None:
    with pytest.raises(ValueError):
        evaluate("avg_over_time(relay_age_seconds[5m]) > 3", {})
    served = parse(['relay_age_seconds{source="a"} 4', 'relay_age_seconds{source="b"} 2'])
    assert list(evaluate("relay_age_seconds > 3", served).values()) == [4.0]
    assert list(evaluate('relay_age_seconds{source!="a"} >= 0', served).values()) == [2.0]
