"""The labelled set of needs and results (bench/labelled), and how good a ranking of it is.

Both files are synthetic: written by hand for this measurement, from the fields that the plan names, with the
answers that a person would give. A need's answers are the results that solve it, not all of its field.
"""

import csv
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
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
    def ceiling(self) -> float:
        """The best precision@5 there can be: some needs have fewer than five answers."""
        return sum(min(5, len(need.answers)) / 5 for need in self.needs) / len(self.needs)


def _need(answers: str, **words: str) -> Need:
    return Need(**words, answers=frozenset(answers.split()))


def labelled() -> Labelled:
    """The labelled set."""
    return Labelled(
        [_need(**row) for row in _rows("needs.csv")],
        [Result(**row) for row in _rows("results.csv")],
    )


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
    """The mean share of answers among the first five, 0 to 1."""
    hits = (len(need.answers & set(suggested[need.need][:5])) / 5 for need in data.needs)
    return sum(hits) / len(data.needs)


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


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
