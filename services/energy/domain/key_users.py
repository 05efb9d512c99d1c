"""Key energy users (重点用能单位): a list with a year, designated, not computed live (plan data §3.2).

An enterprise that falls to 9,000 tce in June stays on the list until the next one. From the threshold on
(以上 includes the number itself) an enterprise is a key user by law; below it, down to a second line, it is one
only if it was designated. Both lines are dated reference data: they come in on the command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from services.energy.common.conversion import Basis
from services.energy.common.refusal import Refused


class Category(StrEnum):
    """Why it is on the list: by the threshold of the law, or by designation below it."""

    THRESHOLD = "threshold"
    DESIGNATED = "designated"


@dataclass(frozen=True, slots=True)
class KeyUserRule:
    """节约能源法 art. 52 as data: tce a year, both lines inclusive; `valid_to` is the last day."""

    threshold_tce: Decimal
    designated_from_tce: Decimal
    valid_from: date
    valid_to: date | None
    source: str

    def category(self, tce: Decimal) -> Category | None:
        """None below both lines."""
        if tce >= self.threshold_tce:
            return Category.THRESHOLD
        return Category.DESIGNATED if tce >= self.designated_from_tce else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of a list to be; `region` is where the enterprise lies, None if nobody registered it."""

    enterprise: str
    region: str | None
    tce: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DesignateKeyUsers:
    """The list of a year, or a revision of it (then `revision_reason` says why)."""

    year: int
    basis: Basis
    source: str
    candidates: tuple[Candidate, ...]
    rule: KeyUserRule | None
    revision_reason: str | None = None


Command = DesignateKeyUsers


@dataclass(frozen=True, slots=True)
class KeyUser:
    """One enterprise of a list. `tce` a year by the list's basis, as the list says it."""

    enterprise: str
    region: str
    tce: Decimal
    category: Category
    reason: str


@dataclass(frozen=True, slots=True)
class KeyUsersDesignated:
    """The whole list of `year`; revision 1 is the first, a later one replaces it as a whole."""

    year: int
    basis: Basis
    source: str
    revision: int
    revision_reason: str | None
    enterprises: tuple[KeyUser, ...]


Event = KeyUsersDesignated


@dataclass(frozen=True, slots=True)
class NoList:
    """The year has no list yet."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The list in force."""

    designated: KeyUsersDesignated


State = NoList | Listed


def decide(command: Command, state: State) -> Sequence[Event]:
    """The list, in order of enterprise. Raises Refused for a line that the rule doesn't allow."""
    match command, state:
        case DesignateKeyUsers(), NoList():
            return [_designated(command, revision=1)]
        case DesignateKeyUsers(), Listed(designated=standing):
            if _same_list(_designated(command, standing.revision), standing):
                return []
            if not (command.revision_reason or "").strip():
                raise Refused(
                    "revision-without-reason",
                    f"The list of {command.year} stands (revision {standing.revision}).",
                    remedy="Say why it is revised, in revision_reason.",
                    where="revision_reason",
                )
            return [_designated(command, standing.revision + 1)]
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def evolve(state: State, event: Event) -> State:
    match event:
        case KeyUsersDesignated():
            return Listed(event)
        case _:
            assert_never(event)


def _designated(command: DesignateKeyUsers, revision: int) -> KeyUsersDesignated:
    if command.basis is Basis.BOTH:
        raise Refused(
            "list-without-basis",
            "A list counts by one basis: the same firm may pass the threshold by one and fail by the other.",
            remedy="Give equal or equivalent.",
            where="basis",
        )
    if command.rule is None:
        raise Refused(
            "no-key-user-rule",
            f"No loaded plan says from how many tce an enterprise is a key user in {command.year}.",
            remedy="Load a plan with a key-user rule that is valid in that year.",
            where="year",
        )
    seen: set[str] = set()
    users: list[KeyUser] = []
    for candidate in command.candidates:
        if candidate.enterprise in seen:
            raise _line(candidate, "listed-twice", "stands on the list twice")
        seen.add(candidate.enterprise)
        users.append(_key_user(candidate, command.rule))
    users.sort(key=lambda user: user.enterprise)
    return KeyUsersDesignated(
        command.year,
        command.basis,
        command.source,
        revision,
        command.revision_reason if revision > 1 else None,
        tuple(users),
    )


def _key_user(candidate: Candidate, rule: KeyUserRule) -> KeyUser:
    if candidate.region is None:
        raise _line(candidate, "unknown-enterprise", "isn't registered")
    category = rule.category(candidate.tce)
    if category is None:
        raise _line(
            candidate,
            "below-key-user-lines",
            f"uses {candidate.tce} tce, less than the {rule.designated_from_tce} tce from which "
            "one can be designated",
        )
    if category is Category.DESIGNATED and not candidate.reason.strip():
        raise _line(
            candidate,
            "designation-without-reason",
            f"uses {candidate.tce} tce, less than {rule.threshold_tce}: it is a key user only by designation, "
            "and the list doesn't say by whose",
        )
    return KeyUser(candidate.enterprise, candidate.region, candidate.tce, category, candidate.reason)


def _same_list(one: KeyUsersDesignated, other: KeyUsersDesignated) -> bool:
    return (one.basis, one.source, one.enterprises) == (other.basis, other.source, other.enterprises)


def _line(candidate: Candidate, code: str, what: str) -> Refused:
    return Refused(
        code,
        f"Enterprise {candidate.enterprise!r} {what}.",
        remedy="Correct this line of the list; nothing of the list was taken.",
        where=f"enterprises[{candidate.enterprise}]",
    )
