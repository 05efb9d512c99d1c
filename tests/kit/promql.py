"""Samples in Prometheus' text format, and the little of PromQL that is asked of a running system: one selector.

Whole rules are judged by `promtool` itself (tests/unit/cli/test_alerts.py), over samples that are written down.
"""

import operator
import re
from collections.abc import Callable, Iterable

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_SELECTED = re.compile(
    r"(?P<metric>\w+)(?:\{(?P<matchers>[^}]*)\})?\s*(?P<sign>[=!<>]=|[<>])\s*(?P<bound>[\d.e+]+)"
)


def parse(lines: Iterable[str]) -> dict[str, Vector]:
    """Samples by name from /metrics lines."""
    found: dict[str, Vector] = {}
    for family in text_string_to_metric_families("\n".join(lines) + "\n"):
        for sample in family.samples:
            found.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return found


def metrics(expression: str) -> set[str]:
    """The metric names that an expression reads."""
    return {
        name for name, _ in re.findall(r"\b([a-z][a-z0-9]*(_[a-z0-9]+)+)\b(?=[{\[\s)]|$)", _bare(expression))
    }


def _bare(expression: str) -> str:
    """Without label lists, where words are no metrics."""
    return re.sub(r"(ignoring|on|by) ?\([^)]*\)|\{[^}]*\}", " ", expression)


def evaluate(expression: str, samples: dict[str, Vector]) -> Vector:
    """The labels and values for which `selector <sign> number` holds. Raises ValueError for anything beyond that."""
    match = _SELECTED.fullmatch(expression.strip())
    if match is None:
        raise ValueError(f"{expression!r} is more than one selector compared with a number: ask promtool")
    matchers = re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', match["matchers"] or "")
    compare, bound = _COMPARE[match["sign"]], float(match["bound"])
    return {
        labels: value
        for labels, value in samples.get(match["metric"], {}).items()
        if _fits(dict(labels), matchers) and compare(value, bound)
    }


def _fits(values: dict[str, str], matchers: list[tuple[str, str, str]]) -> bool:
    for label, sign, wanted in matchers:
        value = values.get(label, "")
        equal = re.fullmatch(wanted, value) is not None if sign.endswith("~") else value == wanted
        if equal is sign.startswith("!"):
            return False
    return True
