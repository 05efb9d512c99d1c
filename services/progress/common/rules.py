"""The dated rules of judgement, read from `rules.yaml`: data, so that a change of rule is no change of code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force from `valid_from` to `valid_to` (both included; None: still in force)."""

    rule: str
    row: str
    valid_from: date
    valid_to: date | None
    parameters: Mapping[str, Any]
    source: str
    confidence: str
    edition: str

    def number(self, name: str) -> Decimal:
        return Decimal(str(self.parameters[name]))


@dataclass(frozen=True, slots=True)
class RuleRef:
    """What a figure says about a rule it used: enough to look it up."""

    rule: str
    row: str
    edition: str


class NoRule(LookupError):
    """No rule of that name was in force on that day."""


class Rules:
    """All rules of one edition."""

    def __init__(self, edition: str, rules: Sequence[Rule]) -> None:
        self.edition = edition
        self._rules = tuple(rules)
        self._named: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda rule: rule.valid_from):
            self._named.setdefault(rule.rule, []).append(rule)

    def all(self) -> Sequence[Rule]:
        """Every rule, in the order of the file."""
        return self._rules

    def on(self, name: str, day: date) -> Rule:
        """The rule `name` in force on `day`: the latest that began. Before the first one: the first.

        Raises NoRule when there is none of that name, or the last one has ended.
        """
        named = self._named.get(name, [])
        begun = [rule for rule in named if rule.valid_from <= day] or named[:1]
        if not begun or (begun[-1].valid_to is not None and begun[-1].valid_to < day):
            raise NoRule(f"no rule {name!r} on {day}")
        return begun[-1]


def reference(rule: Rule) -> RuleRef:
    return RuleRef(rule.rule, rule.row, rule.edition)


def parse(text: str) -> Rules:
    """Rules from YAML text, shaped as `rules.yaml`."""
    raw = yaml.safe_load(text)
    edition = str(raw["edition"])
    return Rules(
        edition,
        [
            Rule(
                rule=item["rule"],
                row=item["row"],
                valid_from=item["valid_from"],
                valid_to=item.get("valid_to"),
                parameters=item["parameters"],
                source=item["source"],
                confidence=item["confidence"],
                edition=edition,
            )
            for item in raw["rules"]
        ],
    )


def load() -> Rules:
    """The rules that ship with the service."""
    return parse(resources.files("services.progress").joinpath("rules.yaml").read_text("utf-8"))
