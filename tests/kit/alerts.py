"""What Prometheus would make of a running system: every process scraped, the rules of deploy/alerts evaluated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.kit.promql import Vector, evaluate, parse

RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((Path(__file__).parents[2] / "deploy/alerts/shengji.yaml").read_text())[
        "groups"
    ]
    for rule in group["rules"]
}


async def scrape(health: Mapping[str, str]) -> dict[str, Vector]:
    """The samples of all processes by metric, labelled as the runbook's scrape configuration does; `up` for each.

    `health`: the address of each process's health port.
    """
    found: dict[str, Vector] = {}
    async with httpx.AsyncClient(timeout=10) as http:
        for instance, url in health.items():
            own = frozenset({("job", "shengji"), ("instance", instance)})
            try:
                answer = await http.get(f"{url}/metrics")
                lines = answer.raise_for_status().text.splitlines()
            except httpx.HTTPError:
                found.setdefault("up", {})[own] = 0.0
                continue
            found.setdefault("up", {})[own] = 1.0
            for name, series in parse(lines).items():
                found.setdefault(name, {}).update({labels | own: value for labels, value in series.items()})
    return found


async def firing(health: Mapping[str, str], alert: str) -> Vector:
    """For which series the rule's expression holds now; the rule's `for` is Prometheus' affair."""
    return evaluate(RULES[alert]["expr"], await scrape(health))
