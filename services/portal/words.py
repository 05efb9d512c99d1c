"""The portal's own words, in both languages: `words/*.csv`, read once."""

import csv
from functools import cache
from importlib import resources
from typing import Any

from shared.language import Language


class Words:
    """The words of one language: `words("province.title", month=…)`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._known = known()

    def __call__(self, key: str, **more: Any) -> str:
        """The text of that key. Raises KeyError: a page without its words isn't finished."""
        zh, en = self._known[key]
        text = zh if self.language == "zh" else en
        return text.format(**more) if more else text

    def has(self, key: str) -> bool:
        """Whether there is such a word."""
        return key in self._known

    def code(self, kind: str, code: Any) -> str:
        """What a code of the API is called; the code itself where we have no word for it."""
        if code is None or code == "":
            return ""
        pair = self._known.get(f"{kind}.{code}")
        return str(code) if pair is None else pair[0 if self.language == "zh" else 1]

    def yes(self, value: bool) -> str:
        return self("word.yes" if value else "word.no")


@cache
def known() -> dict[str, tuple[str, str]]:
    """(Chinese, English) by key. Raises ValueError for a key that stands twice or a word that is missing."""
    found: dict[str, tuple[str, str]] = {}
    folder = resources.files("services.portal").joinpath("words")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".csv"):
            continue
        for row in csv.DictReader(file.read_text("utf-8").splitlines()):
            if row["key"] in found or not row["zh"] or not row["en"]:
                raise ValueError(f"{file.name}: {row['key']} stands twice or lacks a word")
            found[row["key"]] = (row["zh"], row["en"])
    return found
