"""What the rules of tallies have counted, as the projection keeps it: a counting for each distinct question.

A counting names marks, a filter, and the stages that a rate asks for. It has no period: an entry of a counting carries
its days, so that one entry serves every period and every moment. The number of a counting is made of what it says, so
that two processes and two versions of the read-model mean the same by it.
"""

import functools
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from services.progress.common import rules as rule_file
from services.progress.common.rules import Rule, Rules
from services.progress.measures.mark_names import KNOWN

TRAITS = ("tags", "programmes", "investor")
"""Fields of a filter that a project may match today and not tomorrow; so are `industries` and `registers`."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One alternative of a rule's filter, divided by what each part is asked of.

    `fixed` is asked of the mark alone; the rest of the project, on the days in question. `industries` are beginnings of
    codes (GB/T 4754), one of which must fit.
    """

    fixed: Mapping[str, Any]
    traits: Mapping[str, Any]
    industries: tuple[str, ...]
    registers: tuple[str, ...]

    @property
    def needs(self) -> frozenset[tuple[str, str]]:
        """The tags and registers that a project must have had at some time, whatever else is asked."""
        tags = self.traits.get("tags", ())
        return frozenset({("tag", tag) for tag in tags} | {("register", each) for each in self.registers})

    @classmethod
    def of(cls, where: Mapping[str, Any]) -> "Filter":
        """Read from a rule's `where`."""
        apart = {*TRAITS, "industries", "registers"}
        return cls(
            fixed={key: value for key, value in where.items() if key not in apart},
            traits={key: where[key] for key in TRAITS if key in where},
            industries=tuple(where.get("industries", ())),
            registers=tuple(where.get("registers", ())),
        )


@dataclass(frozen=True, slots=True)
class Counting:
    """A question that entries answer.

    `points`: a mark counts on its first day alone (a flow), else for as long as it stands. `sums`: its entries carry
    amounts. `reached`: stages; an entry carries the day on which the first of them was reached.
    """

    marks: tuple[str, ...]
    where: tuple[Mapping[str, Any], ...]
    points: bool
    sums: bool = False
    reached: tuple[str, ...] = ()
    number: int = field(init=False, compare=False)
    """A positive 31-bit number made of the definition."""

    def __post_init__(self) -> None:
        number = zlib.crc32(self.definition.encode()) & 0x7FFFFFFF
        object.__setattr__(self, "number", number)

    @property
    def definition(self) -> str:
        """The whole definition as one canonical line, from which the number is made."""
        said = [self.marks, self.where, self.points, self.sums, self.reached]
        return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def by_thing(self) -> bool:
        """Whether one thing may have entries from several histories, so that things must be told apart."""
        return not all(mark.startswith("project:") for mark in self.marks)


def of_rule(rule: Rule, when: str | None = None) -> Counting:
    """The counting that a tally's rule asks for; `when` instead of the rule's own.

    Raises ValueError where amounts would be summed over a span in which they may change.
    """
    asked = rule.parameters
    where, sums = asked.get("where", {}), asked.get("value") == "sum"
    if sums and asked.get("held") == "during":
        raise ValueError(f"{rule.rule}: a sum needs a day on which its amounts are read, not a span")
    reached = asked.get("reached", ())
    return Counting(
        marks=tuple(asked["counts"]),
        where=tuple({**where, **other} for other in asked.get("any_of", [{}])),
        points=(when or asked["when"]) == "within",
        sums=sums,
        reached=(reached,) if isinstance(reached, str) else tuple(reached),
    )


def parts(counting: Counting) -> list[Counting]:
    """One counting per mark, where there are several."""
    if len(counting.marks) < 2:
        return []
    return [replace(counting, marks=(mark,), sums=False, reached=()) for mark in counting.marks]


def of_kind(counting: Counting) -> list[Counting]:
    """The countings whose entries show that anything of the kind was ever reported: its own, and that of the projects
    that match the filter."""
    own = [counting]
    if not counting.by_thing:
        apart = tuple({k: v for k, v in each.items() if k != "tag"} for each in counting.where)
        tags = tuple({"tags": [each["tag"]]} if "tag" in each else {} for each in counting.where)
        where = tuple({**a, **t} for a, t in zip(apart, tags, strict=True))
        own.append(Counting((KNOWN,), where, points=False))
    return own


def owing(rule: Rule) -> tuple[Counting, Counting] | None:
    """For a sum that everything with the mark `owed_by` owes: the countings of all debtors, and of those whose amount
    is known."""
    mark = rule.parameters.get("owed_by")
    if mark is None:
        return None
    known = replace(of_rule(rule, "standing"), sums=False, reached=())
    return replace(known, marks=(mark,)), known


class Countings:
    """All countings of an edition of the rules, looked up by what an event touches."""

    def __init__(self, rules: Rules) -> None:
        found: dict[int, Counting] = {}
        for counting in _all(rules):
            if found.setdefault(counting.number, counting) != counting:
                raise ValueError(
                    f"two countings have the number {counting.number}: {counting.definition} and"
                    f" {found[counting.number].definition}; say one of them in other words"
                )
        self.all: Sequence[Counting] = tuple(found.values())
        self.filters = {each.number: [Filter.of(where) for where in each.where] for each in self.all}
        self.tags = frozenset(
            filtered.fixed["tag"]
            for each in self.all
            for filtered in self.filters[each.number]
            if "tag" in filtered.fixed
        )
        """Tags whose setting is counted."""
        by_mark: dict[str, list[Counting]] = {}
        for each in self.all:
            for mark in each.marks:
                by_mark.setdefault(mark, []).append(each)
        self._by_mark = by_mark
        self._needs = {
            number: [(each.needs, each) for each in filters] for number, filters in self.filters.items()
        }

    def on(
        self, marks: Iterable[str], had: Set[tuple[str, str]] | None = None
    ) -> list[tuple[Counting, list[Filter]]]:
        """The countings that count one of these marks, each once, with those of its filters that may fit.

        `had`: the tags and registers that the project ever had, None where it is no project. There are many countings:
        those that ask for others are passed over.
        """
        found = {each.number: each for mark in marks for each in self._by_mark.get(mark, ())}
        may_fit = (
            (each, [filtered for needs, filtered in self._needs[number] if had is None or needs <= had])
            for number, each in found.items()
        )
        return [(each, filters) for each, filters in may_fit if filters]


def _all(rules: Rules) -> Iterable[Counting]:
    for rule in rules.all():
        if not rule.rule.startswith("tally "):
            continue
        readings = [of_rule(rule)]
        if beside := rule.parameters.get("beside"):
            readings.append(of_rule(rule, beside))
        readings += owing(rule) or ()
        for reading in readings:
            yield from (reading, *parts(reading), *of_kind(reading))


@functools.cache
def shipped() -> Countings:
    """The countings of the rules that ship with the service."""
    return Countings(rule_file.load())
