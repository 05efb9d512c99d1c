"""The list of key energy users of a year, as a whole, and its revisions.

An enterprise that falls to 9,000 tce in June stays on the list until the next one.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.energy.common.conversion import Basis


class Category(StrEnum):
    """Why it is on the list: by the threshold of the law, or by designation below it."""

    THRESHOLD = "threshold"
    DESIGNATED = "designated"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUser:
    """One enterprise of a list. `tce` a year by the list's basis, as the list says it."""

    enterprise: str
    region: str
    tce: Decimal
    category: Category
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUsersDesignated:
    """The whole list of `year`; revision 1 is the first, a later one replaces it as a whole."""

    year: int
    basis: Basis
    source: str
    revision: int
    revision_reason: str | None
    enterprises: tuple[KeyUser, ...]


@dataclass(frozen=True, slots=True)
class NoList:
    """The year has no list yet."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The list in force."""

    designated: KeyUsersDesignated


KeyUserState = NoList | Listed
INITIAL: KeyUserState = NoList()


def stream(year: int) -> str:
    """The stream of a year's list."""
    return f"key-users-{year}"


def evolve(state: KeyUserState, event: KeyUsersDesignated) -> KeyUserState:
    """The newest list is in force as a whole."""
    return Listed(event)
