"""Evaluates the part of PromQL that our alert rules use, over samples in Prometheus' text format.

Selectors with matchers, increase(), sum by (), time(), one arithmetic operator between two vectors with ignoring(),
and a comparison with a number. Anything else is an error: a rule is not passed over in silence.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e\d+)?)(?![a-z])|(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)|(?P<text>\"[^\"]*\")"
    r"|(?P<range>\[\d+[smhd]\])|(?P<sign>==|!=|>=|<=|=~|!~|[-+*/<>=(){},]))"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else float("nan"),
}


@dataclass(frozen=True)
class Samples:
    """What was scraped: by metric name, now and at the beginning of the range; `time` in seconds."""

    now: Mapping[str, Vector]
    before: Mapping[str, Vector]
    time: float = 0.0


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
    return re.sub(r"(ignoring|by) ?\([^)]*\)|\{[^}]*\}", " ", expression)


def evaluate(expression: str, samples: Samples) -> Vector:
    """The labels and values for which the comparison holds: where an alert would fire."""
    parser = _Parser(expression, samples)
    result = parser.comparison()
    if parser.peek() is not None:
        raise ValueError(f"{expression!r}: {parser.peek()!r} is beyond what this evaluates")
    return result


class _Parser:
    def __init__(self, expression: str, samples: Samples) -> None:
        self._samples = samples
        self._tokens: list[str] = []
        end, text = 0, expression.strip()
        while end < len(text):
            match = _TOKEN.match(text, end)
            if match is None:
                raise ValueError(f"{expression!r}: nothing known at {text[end:]!r}")
            self._tokens.append(match.group().strip())
            end = match.end()

    def peek(self) -> str | None:
        return self._tokens[0] if self._tokens else None

    def _take(self, wanted: str | None = None) -> str:
        token = self._tokens.pop(0)
        if wanted is not None and token != wanted:
            raise ValueError(f"{wanted!r} expected, {token!r} found")
        return token

    def comparison(self) -> Vector:
        left = self._arithmetic()
        compare = _COMPARE[self._take()]
        bound = float(self._take())
        return {labels: value for labels, value in left.items() if compare(value, bound)}

    def _arithmetic(self) -> Vector:
        left = self._operand()
        if self.peek() not in _ARITHMETIC:
            return left
        combine = _ARITHMETIC[self._take()]
        ignored: set[str] = set()
        if self.peek() == "ignoring":
            self._take()
            ignored = set(self._names())
        right = self._operand()
        if frozenset([("", "scalar")]) in left:  # time() - vector
            [scalar] = left.values()
            return {labels: combine(scalar, value) for labels, value in right.items()}
        other = {_without(labels, ignored): value for labels, value in right.items()}
        return {
            labels: combine(value, other[_without(labels, ignored)])
            for labels, value in left.items()
            if _without(labels, ignored) in other
        }

    def _operand(self) -> Vector:
        name = self._take()
        match name:
            case "time":
                self._take("(")
                self._take(")")
                return {frozenset([("", "scalar")]): self._samples.time}
            case "sum":
                self._take("by")
                kept = set(self._names())
                self._take("(")
                inner = self._operand()
                self._take(")")
                sums: Vector = {}
                for labels, value in inner.items():
                    key = frozenset(pair for pair in labels if pair[0] in kept)
                    sums[key] = sums.get(key, 0.0) + value
                return sums
            case "increase":
                self._take("(")
                metric = self._take()
                matchers = self._matchers()
                if not (self.peek() or "").startswith("["):
                    raise ValueError("increase() wants a range")
                self._take()
                self._take(")")
                before = _select(self._samples.before.get(metric, {}), matchers)
                now = _select(self._samples.now.get(metric, {}), matchers)
                return {labels: value - before[labels] for labels, value in now.items() if labels in before}
            case _:
                return _select(self._samples.now.get(name, {}), self._matchers())

    def _names(self) -> list[str]:
        self._take("(")
        names = []
        while (token := self._take()) != ")":
            if token != ",":
                names.append(token)
        return names

    def _matchers(self) -> list[tuple[str, str, str]]:
        found = []
        if self.peek() == "{":
            self._take()
            while self.peek() != "}":
                found.append((self._take(), self._take(), self._take().strip('"')))
                if self.peek() == ",":
                    self._take()
            self._take("}")
        return found


def _select(vector: Vector, matchers: list[tuple[str, str, str]]) -> Vector:
    def fits(labels: Labels) -> bool:
        values = dict(labels)
        for label, sign, wanted in matchers:
            value = values.get(label, "")
            equal = re.fullmatch(wanted, value) is not None if sign.endswith("~") else value == wanted
            if equal is sign.startswith("!"):
                return False
        return True

    return {labels: value for labels, value in vector.items() if fits(labels)}


def _without(labels: Labels, names: set[str]) -> Labels:
    return frozenset(pair for pair in labels if pair[0] not in names)
