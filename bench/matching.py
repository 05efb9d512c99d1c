"""The labelled needs and results (bench/labelled, whose README says who judged what), and how good a ranking is.

All files are synthetic: written by hand for this measurement, from the fields that the plan names, with the
answers that a person would give. A need's answers are the results that solve it, not all of its field.
"""

import csv
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "labelled"
_BREAKS = re.compile(r"[\s，。；、（）]+")
Call = Callable[..., Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Need:
    """An enterprise's technology need, with the results that answer it."""

    need: str
    title: str
    description: str
    industry: str
    amount: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Result:
    """A research result. `industry` "" where it is not said, as often in real lists."""

    result: str
    title: str
    summary: str
    industry: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """Needs and results with known answers."""

    needs: Sequence[Need]
    results: Sequence[Result]

    @property
    def answerable(self) -> Sequence[Need]:
        """The needs with at least one answer: precision is defined only for these."""
        return [need for need in self.needs if need.answers]

    @property
    def ceiling(self) -> float:
        """The best precision@5 there can be: some needs have fewer than five answers."""
        return sum(min(5, len(need.answers)) / 5 for need in self.answerable) / len(self.answerable)


def _need(answers: str, **words: str) -> Need:
    return Need(**words, answers=frozenset(answers.split()))


def labelled() -> Labelled:
    """The 60 needs with the answers of the first hand, which wrote needs, results and thesaurus too."""
    return Labelled(_needs("needs.csv"), [Result(**row) for row in _rows("results.csv")])


def second_hand() -> Labelled:
    """The same needs with the answers of the second hand, which saw neither the first's nor the thesaurus."""
    first = labelled()
    answers = {row["need"]: frozenset(row["answers"].split()) for row in _rows("second.csv")}
    return replace(first, needs=[replace(need, answers=answers[need.need]) for need in first.needs])


def held_out() -> Labelled:
    """40 more needs in enterprises' own words, by the second hand; four of them nothing answers."""
    return replace(labelled(), needs=_needs("heldout.csv"))


def together() -> Labelled:
    """The needs of both sets, to be registered once."""
    first = labelled()
    return replace(first, needs=[*first.needs, *held_out().needs])


def halves(data: Labelled) -> tuple[Labelled, Labelled]:
    """A set's needs of odd and of even number. Of the held-out set nobody looks at the second, the sealed one."""
    return replace(data, needs=data.needs[::2]), replace(data, needs=data.needs[1::2])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two hands agree, pair by pair of need and result.

    `kappa`: Cohen's (1960), 1 where they agree in all, 0 where no more than by chance. `confirmed`: the share of
    the first's answers that the second gives too; `foreseen`: of the second's that the first gives.
    """

    kappa: float
    confirmed: float
    foreseen: float


def agreement(one: Labelled, other: Labelled) -> Agreement:
    """Of two hands on the same needs and results."""
    pairs = len(one.needs) * len(one.results)
    ours, theirs = (sum(len(need.answers) for need in data.needs) for data in (one, other))
    both = sum(len(a.answers & b.answers) for a, b in zip(one.needs, other.needs, strict=True))
    agreed = (pairs - ours - theirs + 2 * both) / pairs
    by_chance = (ours * theirs + (pairs - ours) * (pairs - theirs)) / pairs**2
    return Agreement((agreed - by_chance) / (1 - by_chance), both / ours, both / theirs)


async def register_all(data: Labelled, call: Call) -> None:
    """Put everything forward, through an operation's caller."""
    for result in data.results:
        await call(
            "register-listing",
            listing=result.result,
            meeting="technology",
            side="offer",
            region="350000",
            party="示例研究院",
            title=result.title,
            description=result.summary,
            industries=[result.industry] if result.industry else [],
        )
    for need in data.needs:
        await call(
            "register-listing",
            listing=need.need,
            meeting="technology",
            side="need",
            region="350181",
            party="示例企业",
            title=need.title,
            description=need.description,
            industries=[need.industry],
            amount_max=need.amount,
        )


def precision_at_5(data: Labelled, suggested: Mapping[str, Sequence[str]]) -> float:
    """The mean share of answers among the first five, 0 to 1, over the needs that something answers."""
    hits = (len(need.answers & set(suggested[need.need][:5])) / 5 for need in data.answerable)
    return sum(hits) / len(data.answerable)


def suggested_by_keywords(data: Labelled) -> Mapping[str, Sequence[str]]:
    """Plain keyword search: the need's title, and its halves where it is long, looked for as they are.

    What a clerk types into a search box: phrases of the title of two to four characters, each found or not.
    """
    return {
        need.need: [
            result.result
            for result in sorted(data.results, key=lambda each: (-_found(need, each), each.result))
        ]
        for need in data.needs
    }


def _found(need: Need, result: Result) -> int:
    text = result.title + result.summary
    return sum(word in text for word in _keywords(need.title))


def _keywords(title: str) -> list[str]:
    """The title cut into words of four characters, at breaks and at 与, 和, 及, 的."""
    found = []
    for phrase in re.split(f"{_BREAKS.pattern}|[与和及的]", title):
        found += [phrase[at : at + 4] for at in range(0, len(phrase), 4)]
    return [word for word in found if len(word) > 1]


def _needs(name: str) -> list[Need]:
    return [_need(**row) for row in _rows(name)]


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
