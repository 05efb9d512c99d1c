"""Texts in the two languages of the readers, and which of them a reader asks for (`Accept-Language`, RFC 9110)."""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Said(NamedTuple):
    """One text, in English and in Chinese."""

    en: str
    zh: str

    def to(self, language: Language) -> str:
        """As this reader has it."""
        return self.zh if language == "zh" else self.en


def preferred(accept: str | None) -> Language:
    """The language of an Accept-Language header: Chinese where it weighs more than English, else English."""
    best: tuple[float, Language] = (0.0, "en")
    for part in (accept or "").split(","):
        tag, _, parameter = part.partition(";")
        name, _, number = parameter.strip().partition("=")
        try:
            weight = float(number) if name == "q" else 1.0
        except ValueError:
            continue
        language: Language | None = {"zh": "zh", "en": "en"}.get(tag.strip().lower().partition("-")[0])  # type: ignore[assignment]
        if language is not None and 1.0 >= weight > best[0]:  # of two that weigh the same the first
            best = (weight, language)
    return best[1]
