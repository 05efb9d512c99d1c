"""What one reader asks for: who it is, in which language, as of which day, with which filters; all from the URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from services.portal import numbers
from services.portal.api import Gateway
from services.portal.session import Session
from services.portal.settings import PortalSettings
from services.portal.words import Words
from shared.language import Language
from shared.problems import Problem

KEPT = ("as_of",)
"""What every link within the portal carries on: a reader who looks at a past day stays on it."""
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a page. `path` is without language and suffix; `query` has the first value of each name."""

    settings: PortalSettings
    session: Session
    words: Words
    api: Gateway
    path: str
    query: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return self.words.language

    @property
    def government(self) -> bool:
        """Whether lists that are the governments' alone may be asked for."""
        return self.session.role != "enterprise"

    @property
    def as_of(self) -> date | None:
        """The day that the reader looks back to; None for now. Raises Problem 422 for what is no day."""
        given = self.query.get("as_of", "").strip()
        if not given:
            return None
        try:
            found = date.fromisoformat(given)
        except ValueError:
            found = date.min
        if found.year < _FIRST_YEAR:
            raise Problem(
                422,
                "invalid",
                self.words("problem.day.title"),
                self.words("problem.day.detail", given=given[:40]),
                where="as_of",
                remedy=self.words("problem.day.remedy"),
            )
        return found

    @property
    def as_of_moment(self) -> str | None:
        """The end of that day in China, as the API takes it."""
        return None if self.as_of is None else end_of(self.as_of)

    def one_of(self, name: str, allowed: tuple[str, ...], usual: str) -> str:
        """A filter with a fixed set of values. Raises Problem 422 for another."""
        given = self.query.get(name, "") or usual
        if given not in allowed:
            raise Problem(
                422,
                "invalid",
                self.words("problem.choice.title"),
                self.words("problem.choice.detail", name=name, given=given[:40]),
                where=name,
                remedy=self.words("problem.choice.remedy", allowed=", ".join(allowed)),
            )
        return given

    def href(self, path: str, **query: str | None) -> str:
        """A link within the portal, in the same language and as of the same day."""
        kept = {name: self.query[name] for name in KEPT if self.query.get(name)}
        return address(self.language, path, {**kept, **query})

    def here(self, **changes: str | None) -> str:
        """This page with some of its query changed (None: without it)."""
        return address(self.language, self.path, {**self.query, **changes})

    def number(self, value: object, digits: int = 0, *, sign: bool = False) -> str:
        return numbers.number(value, digits, self.language, sign=sign)

    def amount(self, value: object, unit: str | None) -> str:
        return numbers.amount(value, unit, self.language)

    def percent(self, value: object) -> str:
        return numbers.percent(value, self.language)

    def day(self, value: object) -> str:
        return numbers.day(value, self.language)

    def moment(self, value: object) -> str:
        return numbers.moment(value, self.language)

    def month(self, value: str | None) -> str:
        return numbers.month(value, self.language)

    def region(self, code: str | None, name: str | None = None) -> str:
        """A region's name: in English for the cities, whose names we have; else as the API has it."""
        if not code:
            return name or ""
        known = self.words.code("region", code)
        if self.language == "zh":
            return name or known
        return known if known != code else name or code


def end_of(day: date) -> str:
    """The last second of a day in China."""
    return f"{day.isoformat()}T23:59:59+08:00"


def address(language: Language, path: str, query: Mapping[str, str | None]) -> str:
    """A path of the portal. Values are escaped; empty ones are left out."""
    given = {name: value for name, value in query.items() if value}
    return f"/{language}{quote(path)}" + (f"?{urlencode(given)}" if given else "")


def bilingual(name: str, language: Language) -> str:
    """The API names targets in both languages, "English (中文)": the reader's half."""
    english, bracket, rest = name.rpartition(" (")
    if not bracket or not rest.endswith(")"):
        return name
    return rest[:-1] if language == "zh" else english
