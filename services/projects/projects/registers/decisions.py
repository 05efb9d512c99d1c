"""Decisions on a project's registers (项目名录): it joins one, it leaves one."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated

from services.projects.common import asking as checks
from services.projects.common.refusal import Refused
from services.projects.common.values import ProjectId, RegisterCode, ShortText
from services.projects.projects.facts import Project
from services.projects.projects.registers.facts import Membership, RegisterJoined, RegisterLeft
from shared.command import Given, command
from shared.values import Says


@command()
class RegisterMembership:
    """A stay in a register, both days included."""

    register: RegisterCode
    valid_from: Annotated[date, Says(description="first day in it", example="2013-02-01")]
    valid_to: Annotated[date | None, Says(description="last day in it; null: still in it")] = None


@command(example={"project": "FZ-2013-017", "register": "provincial_key", "on": "2013-03-01"})
class JoinRegister:
    """The project comes into a register."""

    project: ProjectId
    register: RegisterCode
    on: Annotated[date, Says(description="first day in it")]


@command(
    example={
        "project": "FZ-2013-017",
        "register": "city_key",
        "on": "2013-09-30",
        "reason": "given up by the owner",
    }
)
class LeaveRegister:
    """The project goes out of a register."""

    project: ProjectId
    register: RegisterCode
    on: Annotated[date, Says(description="last day in it")]
    reason: Annotated[ShortText, Says(description="why it leaves")]


RegisterCommand = JoinRegister | LeaveRegister


def joined(command: JoinRegister, state: Project, given: Given) -> Sequence[RegisterJoined]:
    """The stay that begins; none if it began on that day already. Raises Refused."""
    checks.not_in_future(command.on, given.today)
    if join(state.memberships, command.register, command.on) is None:
        return []
    return [RegisterJoined(project=command.project, register=command.register, valid_from=command.on)]


def left(command: LeaveRegister, state: Project, given: Given) -> Sequence[RegisterLeft]:
    """The stay that ends; none if it ended on that day already. Raises Refused."""
    checks.not_in_future(command.on, given.today)
    ended = leave(state.memberships, command.register, command.on)
    if ended is None:
        return []
    return [
        RegisterLeft(
            project=command.project,
            register=ended.register,
            valid_from=ended.valid_from,
            valid_to=command.on,
            reason=command.reason,
        )
    ]


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
