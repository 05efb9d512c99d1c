"""Registers (项目名录): lists that a project joins and leaves, each with its dates (X-22).

百项千亿 (provincial key), the national plan, city key projects and the reserve libraries of three levels are
different registers of possibly the same project. Days are inclusive at both ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class Membership:
    """In `register` from `valid_from` to `valid_to`, both days included; None while it lasts."""

    register: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def join(memberships: Sequence[Membership], register: str, on: date) -> Membership | None:
    """The new membership; None if the project joined on that very day already. Raises Refused."""
    last = _last(memberships, register)
    if last is not None and last.valid_to is None:
        if last.valid_from == on:
            return None
        raise Refused(
            f"The project has been in {register} since {last.valid_from}.",
            code="already-in-register",
            where="register",
        )
    if last is not None and last.valid_to is not None and on <= last.valid_to:
        raise Refused(
            f"The project was in {register} until {last.valid_to}; it can join again from "
            f"{last.valid_to + timedelta(days=1)}.",
            code="date-order",
            where="on",
        )
    return Membership(register, on)


def leave(memberships: Sequence[Membership], register: str, on: date) -> Membership | None:
    """The membership that ends on `on` (its last day), closed; None if it ended that day. Raises Refused."""
    last = _last(memberships, register)
    if last is not None and last.valid_to == on:
        return None
    if last is None or last.valid_to is not None:
        raise Refused(
            f"The project is not in {register}.",
            code="not-in-register",
            where="register",
            remedy="GET /projects/{project} lists its registers with their days.",
        )
    if on < last.valid_from:
        raise Refused(
            f"The project joined {register} on {last.valid_from}; it can't have left on {on}.",
            code="date-order",
            where="on",
        )
    return Membership(register, last.valid_from, on)


def checked(memberships: Sequence[Membership], today: date) -> tuple[Membership, ...]:
    """The memberships of a registration, sorted by register and date. Raises Refused if they overlap."""
    ordered = tuple(sorted(memberships, key=lambda member: (member.register, member.valid_from)))
    for member in ordered:
        if member.valid_from > today or (member.valid_to is not None and member.valid_to > today):
            raise Refused(
                f"{member.register}: a membership is recorded when its day has come (today is {today}).",
                code="future-date",
                where="registers",
            )
        if member.valid_to is not None and member.valid_to < member.valid_from:
            raise Refused(
                f"{member.register}: ends on {member.valid_to}, before it begins on {member.valid_from}.",
                code="date-order",
                where="registers",
            )
    for one, other in pairwise(ordered):
        if one.register == other.register and (one.valid_to is None or other.valid_from <= one.valid_to):
            raise Refused(
                f"{one.register}: two memberships hold on {other.valid_from}.",
                code="overlap",
                where="registers",
            )
    return ordered


def _last(memberships: Sequence[Membership], register: str) -> Membership | None:
    found = [member for member in memberships if member.register == register]
    return max(found, key=lambda member: member.valid_from, default=None)
