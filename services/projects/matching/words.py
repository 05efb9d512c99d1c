"""The words of a text for matching: single characters and pairs of Chinese, whole words of anything else.

Chinese writes no spaces. Overlapping pairs (bigrams) find technical terms without a dictionary, single
characters cover the rest. This tokenisation was chosen by measurement (docs/adr/0150).
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

Terms = Counter[str]
"""How often each term occurs in a text."""

_RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z0-9]+")
_PHRASES = 5


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Words for the same thing (同义词): each term is read as its canonical word."""

    canonical: Mapping[str, str] = field(default_factory=dict)
    _terms: re.Pattern[str] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.canonical:
            longest_first = sorted(self.canonical, key=len, reverse=True)
            object.__setattr__(self, "_terms", re.compile("|".join(map(re.escape, longest_first))))

    def read(self, text: str) -> str:
        """The text in lower case with canonical words in place of synonyms; the longest term wins."""
        lowered = text.lower()
        return self._terms.sub(lambda found: self.canonical[found[0]], lowered) if self._terms else lowered


def terms(text: str) -> Terms:
    """How often each term occurs in a text that a Thesaurus has read."""
    found: Terms = Counter()
    for run in _RUN.findall(text):
        if run[0] < "\u0100":
            found[run] += 1
        else:
            found.update(run)
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found


def shared_phrases(one: str, other: str) -> tuple[str, ...]:
    """The longest phrases of two characters or more that stand in both texts, at most five, longest first."""
    phrases: set[str] = set()
    for run in _RUN.findall(one):
        if run[0] < "\u0100":
            if run in _RUN.findall(other):
                phrases.add(run)
            continue
        start = 0
        while start < len(run) - 1:
            end = start + 2
            if run[start:end] not in other:
                start += 1
                continue
            while end < len(run) and run[start : end + 1] in other:
                end += 1
            phrases.add(run[start:end])
            start = end - 1
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), one.index(phrase)))
    return tuple(longest[:_PHRASES])
