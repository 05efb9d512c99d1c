"""Decisions on the reserve library (储备库): the quarter's look at a stay, and screenings for special funds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated

from services.projects.common.asking import not_in_future
from services.projects.common.refusal import Refused
from services.projects.common.values import (
    Evidence,
    Note,
    ProjectId,
    RegisterCode,
    ReportedBy,
    SeenVersion,
)
from services.projects.projects.facts import Project, ProjectEvent
from services.projects.projects.given import OnProject
from services.projects.projects.registers.decisions import join, leave
from services.projects.projects.registers.facts import RegisterJoined, RegisterLeft
from services.projects.projects.reserve.facts import (
    Action,
    CriterionAnswer,
    ProjectScreened,
    ReserveUpdated,
    quarter,
)
from shared.command import command
from shared.values import Many, Says, Text

Word = Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$")]


@command(
    example={
        "project": "FZ-2013-017",
        "register": "reserve_city",
        "action": "promoted",
        "on": "2013-06-20",
        "reason": "用地、环评已落实",
    }
)
class UpdateReserve:
    """A quarter's look at a project in the reserve library."""

    project: ProjectId
    register: Annotated[RegisterCode, Says(description="the tier that it stands in", example="reserve_city")]
    version: SeenVersion = None
    action: Annotated[
        Action,
        Says(description="confirmed 确认, changed 变更, dropped 退出, promoted 升级 to the tier above"),
    ]
    on: Annotated[date | None, Says(description="day of the update; null: today")] = None
    reason: Annotated[Note, Says(description="needed for anything but confirmed")] = ""
    reported_by: ReportedBy = None


@command()
class AnswerPart:
    """One criterion of a screening."""

    criterion: Annotated[Word, Says(example="supported_field")]
    met: bool
    evidence: Evidence


@command(
    example={
        "project": "FZ-2013-017",
        "scheme": "national_special_fund",
        "answers": [
            {"criterion": "supported_field", "met": True, "evidence": "专项支持重点目录第3类"},
            {"criterion": "permits_complete", "met": True, "evidence": "闽发改备〔2013〕A01017号"},
            {"criterion": "own_funds", "met": False, "evidence": "资金证明不足30%"},
        ],
    }
)
class ScreenProject:
    """Screen a reserve project for a special fund (筛选)."""

    project: ProjectId
    scheme: Annotated[
        Word,
        Says(
            description="the fund it is screened for; the plan's rules say how",
            example="national_special_fund",
        ),
    ]
    answers: Annotated[tuple[AnswerPart, ...], Many(min_length=1, max_length=30)]
    on: Annotated[date | None, Says(description="day of the screening; null: today")] = None
    note: Annotated[Note, Says(description="in words")] = ""


ReserveCommand = UpdateReserve | ScreenProject


@dataclass(frozen=True, slots=True)
class ReserveRule:
    """The rule `reserve_library`: its registers from the lowest tier up, and what an entry needs (yuan).

    `per_county` is how many projects of the highest tier each county-level unit should have (TR-16),
    `total_investment` what the highest tier should add up to (TR-15).
    """

    registers: tuple[str, ...]
    minimum_investment: Decimal
    per_county: int
    total_investment: Decimal

    def above(self, register: str) -> str | None:
        """The tier above; None for the highest."""
        place = self.registers.index(register) + 1
        return self.registers[place] if place < len(self.registers) else None


@dataclass(frozen=True, slots=True)
class ScreeningRule:
    """The rule of a screening: what is asked of a reserve project before it is put forward (TR-13)."""

    registers: tuple[str, ...]
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """The rule `reserve_silence`: a stay ends after so many whole quarters in a row without update (移出储备库)."""

    quarters_in_a_row: int

    def ends(self, last: str, now: str) -> bool:
        """Whether a stay last updated (or begun) in quarter `last` ends in quarter `now`, e.g. "2013-Q1", "2014-Q1"."""
        return _index(now) - _index(last) > self.quarters_in_a_row


@dataclass(frozen=True, slots=True, kw_only=True)
class ByLibrary(OnProject):
    """The rule of the library on the day of the update."""

    rule: ReserveRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening(OnProject):
    """The rule of the screening on its day."""

    rule: ScreeningRule


def _index(name: str) -> int:
    return int(name[:4]) * 4 + int(name[6])


def check_threshold(rule: ReserveRule, register: str, total_investment: Decimal) -> None:
    """A project in the library needs the rule's minimum investment (TR-18). Raises Refused."""
    if register in rule.registers and total_investment < rule.minimum_investment:
        raise Refused(
            f"The reserve library is for projects of {rule.minimum_investment:f} yuan and more; this one is of "
            f"{total_investment:f}.",
            code="below-threshold",
            where="register",
            remedy="Amounts are in yuan: check for 万元. A smaller project stays out of the library.",
        )


def updated(command: UpdateReserve, state: Project, given: ByLibrary) -> Sequence[ProjectEvent]:
    """The quarterly update, after the stay in a tier that it ends or begins; none if it is known. Raises Refused."""
    event = _look(command, state, given)
    if event is None:
        return []
    if event.promoted_to is not None:
        joined = join(state.memberships, event.promoted_to, event.on)
        if joined is None:
            return [event]
        return [
            RegisterJoined(project=command.project, register=joined.register, valid_from=event.on),
            event,
        ]
    if event.action is Action.DROPPED:
        left = leave(state.memberships, command.register, event.on)
        if left is not None:
            ended = RegisterLeft(
                project=command.project,
                register=left.register,
                valid_from=left.valid_from,
                valid_to=event.on,
                reason=command.reason,
            )
            return [ended, event]
    return [event]


def _look(command: UpdateReserve, state: Project, given: ByLibrary) -> ReserveUpdated | None:
    """The quarterly update as an event; None if it repeats the recorded one. Raises Refused."""
    on, rule = command.on or given.today, given.rule
    known, stays, total = state.reserve, state.memberships, state.registered.total_investment
    not_in_future(on, given.today)
    if command.register not in rule.registers:
        raise Refused(
            f"{command.register} is no tier of the reserve library.",
            code="not-a-reserve",
            where="register",
            remedy=f"The tiers are {', '.join(rule.registers)}.",
        )
    to = rule.above(command.register) if command.action is Action.PROMOTED else None
    event = ReserveUpdated(
        project=command.project,
        region=state.registered.region,
        register=command.register,
        quarter=quarter(on),
        action=command.action,
        total_investment=total,
        on=on,
        reason=command.reason,
        reported_by=command.reported_by or given.by,
        promoted_to=to,
    )
    last = next((each for each in reversed(known.updates) if each.register == command.register), None)
    if last is not None and replace(last, reported_by=event.reported_by) == event:
        return None
    if last is not None and on < last.on:
        raise Refused(f"It was looked at on {last.on}, after that day.", code="date-order", where="on")
    if not any(stay.register == command.register and stay.holds(on) for stay in stays):
        raise Refused(
            f"The project is not in {command.register} on {on}.",
            code="not-in-register",
            where="register",
            remedy="GET /projects/{project} lists its registers with their days, GET /reserve/drops what was taken out "
            "and why; let it join first.",
        )
    if command.action is Action.PROMOTED and to is None:
        raise Refused(f"There is no tier above {command.register}.", code="highest-tier", where="register")
    if command.action is not Action.CONFIRMED and not command.reason:
        raise Refused(f"{command.action} needs its reason.", code="reason-missing", where="reason")
    if command.action is not Action.DROPPED:
        check_threshold(rule, command.register, total)
    return event


def screened(command: ScreenProject, state: Project, given: Screening) -> Sequence[ProjectScreened]:
    """The screening as an event; none if it repeats the recorded one. Raises Refused."""
    on, rule = command.on or given.today, given.rule
    not_in_future(on, given.today)
    named = sorted(each.criterion for each in command.answers)
    if named != sorted(rule.criteria):
        raise Refused(
            f"The criteria of {command.scheme} are {', '.join(rule.criteria)}; answered are "
            f"{', '.join(named) or 'none'}.",
            code="criteria",
            where="answers",
            remedy="Answer each of them once, with what shows it.",
        )
    if not any(stay.register in rule.registers and stay.holds(on) for stay in state.memberships):
        raise Refused(
            f"The project is in none of {', '.join(rule.registers)} on {on}.",
            code="not-in-register",
            where="project",
            remedy="Put it into the reserve library first.",
        )
    event = ProjectScreened(
        project=command.project,
        region=state.registered.region,
        scheme=command.scheme,
        answers=tuple(
            CriterionAnswer(each.criterion, each.met, each.evidence)
            for each in sorted(command.answers, key=lambda each: each.criterion)
        ),
        recommended=all(each.met for each in command.answers),
        on=on,
        screened_by=given.by,
        note=command.note,
    )
    last = next((each for each in state.reserve.screenings if each.scheme == command.scheme), None)
    same = last is not None and replace(last, screened_by=event.screened_by) == event
    return [] if same else [event]
