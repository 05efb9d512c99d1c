"""Designates the key energy users of a year by the dated rule, which comes from the plan.

From the threshold on (以上 includes the number itself) an enterprise is a key user by law; below it, down to a second
line, it is one only if it was designated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from services.energy.common.conversion import Basis
from services.energy.common.refusal import Refused
from services.energy.common.values import Basis as OneBasis
from services.energy.common.values import EnterpriseId, Line, Note, Quantity, ShortText, Year
from services.energy.key_users.facts import (
    INITIAL,
    Category,
    KeyUser,
    KeyUsersDesignated,
    KeyUserState,
    Listed,
    evolve,
)
from services.energy.plan.facts import KeyUserRule
from shared.command import Given, command, decider
from shared.values import Many, Number, Says, Text


@command()
class KeyUserIn:
    """One line of the list."""

    enterprise: EnterpriseId
    tce: Annotated[Quantity, Number(ge=0, description="tce a year, by the list's basis", example="12120")]
    reason: Annotated[Note, Says(description="below the threshold: who designated it, by what document")] = ""


@command(
    example={
        "year": 2013,
        "basis": "equivalent",
        "source": "闽经贸能源〔2013〕27号",
        "enterprises": [{"enterprise": "E-0042", "tce": "12120", "reason": ""}],
    }
)
class DesignateKeyUsers:
    """The list of key energy users (重点用能单位) of a year, as a whole; or a revision of it, with its reason."""

    year: Year
    basis: Annotated[
        OneBasis,
        Says(description="equal 当量 or equivalent 等价: it decides who passes the threshold (X-4)"),
    ]
    source: ShortText
    enterprises: Annotated[tuple[KeyUserIn, ...], Many(max_length=2000)]
    revision_reason: Annotated[Line, Text(max_length=500)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Given):
    """`rule`: the one that holds on the first day of the year; None: no plan has one.

    `regions`: where the enterprises that the list names lie; of one that nobody registered it has nothing.
    """

    rule: KeyUserRule | None
    regions: Mapping[str, str]


def decide(command: DesignateKeyUsers, state: KeyUserState, given: Listing) -> Sequence[KeyUsersDesignated]:
    """The list, in order of enterprise. Raises Refused for a line that the rule doesn't allow."""
    if not isinstance(state, Listed):
        return [_designated(command, given, revision=1)]
    standing = state.designated
    if _same_list(_designated(command, given, standing.revision), standing):
        return []
    if not (command.revision_reason or "").strip():
        raise Refused(
            "revision-without-reason",
            f"The list of {command.year} stands (revision {standing.revision}).",
            remedy="Say why it is revised, in revision_reason.",
            where="revision_reason",
        )
    return [_designated(command, given, standing.revision + 1)]


KEY_USERS = decider(INITIAL, decide, evolve)


def _designated(command: DesignateKeyUsers, given: Listing, revision: int) -> KeyUsersDesignated:
    if given.rule is None:
        raise Refused(
            "no-key-user-rule",
            f"No loaded plan says from how many tce an enterprise is a key user in {command.year}.",
            remedy="Load a plan with a key-user rule that is valid in that year.",
            where="year",
        )
    seen: set[str] = set()
    users: list[KeyUser] = []
    for line in command.enterprises:
        if line.enterprise in seen:
            raise _line(line, "listed-twice", "stands on the list twice")
        seen.add(line.enterprise)
        users.append(_key_user(line, given.regions.get(line.enterprise), given.rule))
    users.sort(key=lambda user: user.enterprise)
    return KeyUsersDesignated(
        year=command.year,
        basis=Basis(command.basis),
        source=command.source,
        revision=revision,
        revision_reason=command.revision_reason if revision > 1 else None,
        enterprises=tuple(users),
    )


def _key_user(line: KeyUserIn, region: str | None, rule: KeyUserRule) -> KeyUser:
    if region is None:
        raise _line(line, "unknown-enterprise", "isn't registered")
    category = category_of(line.tce, rule)
    if category is None:
        raise _line(
            line,
            "below-key-user-lines",
            f"uses {line.tce} tce, less than the {rule.designated_from_tce} tce from which "
            "one can be designated",
        )
    if category is Category.DESIGNATED and not line.reason.strip():
        raise _line(
            line,
            "designation-without-reason",
            f"uses {line.tce} tce, less than {rule.threshold_tce}: it is a key user only by designation, "
            "and the list doesn't say by whose",
        )
    return KeyUser(
        enterprise=line.enterprise, region=region, tce=line.tce, category=category, reason=line.reason
    )


def category_of(tce: Decimal, rule: KeyUserRule) -> Category | None:
    """Why one that uses so many tce a year is a key user; None below both lines, which include their number."""
    if tce >= rule.threshold_tce:
        return Category.THRESHOLD
    return Category.DESIGNATED if tce >= rule.designated_from_tce else None


def _same_list(one: KeyUsersDesignated, other: KeyUsersDesignated) -> bool:
    return (one.basis, one.source, one.enterprises) == (other.basis, other.source, other.enterprises)


def _line(line: KeyUserIn, code: str, what: str) -> Refused:
    return Refused(
        code,
        f"Enterprise {line.enterprise!r} {what}.",
        remedy="Correct this line of the list; nothing of the list was taken.",
        where=f"enterprises[{line.enterprise}]",
    )
