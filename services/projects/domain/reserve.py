"""The reserve library (技改项目储备库) of province, cities and counties: TR-13, TR-15, TR-16, TR-18.

Its tiers are registers (X-22), so a project's time in a tier is a stay with first and last day. Each stay is updated
quarterly: confirmed 确认, changed 变更, dropped 退出, or promoted 升级 to the tier above (it stays in its own).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.projects.domain.checks import not_in_future
from services.projects.domain.refusal import Refused
from services.projects.domain.registers import Membership

WATCH = "system:reserve"
"""The reporter of updates that the reserve watch makes."""


class Action(StrEnum):
    """What a quarter's look at a reserve project ends in."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    DROPPED = "dropped"
    PROMOTED = "promoted"


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
class ReserveUpdated:
    """A quarter's look at a stay in the library. `total_investment` is the project's then, yuan."""

    project: str
    region: str
    register: str
    quarter: str
    action: Action
    total_investment: Decimal
    on: date
    reason: str
    reported_by: str
    promoted_to: str | None = None

    @property
    def by_rule(self) -> bool:
        """Whether the reserve watch made the update by the rule `reserve_silence`, and not a person."""
        return self.reported_by == WATCH


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """Whether the project meets a criterion, and what shows it."""

    criterion: str
    met: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class ProjectScreened:
    """Screened for a special fund (筛选): recommended when every criterion is met."""

    project: str
    region: str
    scheme: str
    answers: tuple[CriterionAnswer, ...]
    recommended: bool
    on: date
    screened_by: str
    note: str = ""


ReserveEvent = ReserveUpdated | ProjectScreened


@dataclass(frozen=True, slots=True)
class UpdateReserve:
    """Look at a stay in the library, by the rule of the day."""

    project: str
    register: str
    action: Action
    on: date
    reason: str
    reported_by: str
    today: date
    rule: ReserveRule


@dataclass(frozen=True, slots=True)
class ScreenProject:
    """Screen a reserve project for a special fund, by the rule of the day."""

    project: str
    scheme: str
    answers: tuple[CriterionAnswer, ...]
    on: date
    screened_by: str
    today: date
    rule: ScreeningRule
    note: str = ""


ReserveCommand = UpdateReserve | ScreenProject


@dataclass(frozen=True, slots=True)
class Reserve:
    """Every quarterly update in order, and the newest screening of each scheme."""

    updates: tuple[ReserveUpdated, ...] = ()
    screenings: tuple[ProjectScreened, ...] = ()


def evolve(state: Reserve, event: ReserveEvent) -> Reserve:
    """The state after a stored fact."""
    if isinstance(event, ReserveUpdated):
        return replace(state, updates=(*state.updates, event))
    others_screened = tuple(each for each in state.screenings if each.scheme != event.scheme)
    return replace(state, screenings=(*others_screened, event))


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """The rule `reserve_silence`: a stay ends after so many whole quarters in a row without update (移出储备库)."""

    quarters_in_a_row: int

    def ends(self, last: str, now: str) -> bool:
        """Whether a stay last updated (or begun) in quarter `last` ends in quarter `now`, e.g. "2013-Q1", "2014-Q1"."""
        return _index(now) - _index(last) > self.quarters_in_a_row


def _index(name: str) -> int:
    return int(name[:4]) * 4 + int(name[6])


def quarter(on: date) -> str:
    """The quarter of a day: "2013-Q2"."""
    return f"{on.year}-Q{(on.month + 2) // 3}"


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


def updated(
    command: UpdateReserve, region: str, total: Decimal, stays: Sequence[Membership], state: Reserve
) -> ReserveUpdated | None:
    """The quarterly update as an event; None if it repeats the recorded one. Raises Refused."""
    not_in_future(command.on, command.today)
    rule = command.rule
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
        region=region,
        register=command.register,
        quarter=quarter(command.on),
        action=command.action,
        total_investment=total,
        on=command.on,
        reason=command.reason,
        reported_by=command.reported_by,
        promoted_to=to,
    )
    last = next((each for each in reversed(state.updates) if each.register == command.register), None)
    if last is not None and replace(last, reported_by=event.reported_by) == event:
        return None
    if last is not None and command.on < last.on:
        raise Refused(f"It was looked at on {last.on}, after that day.", code="date-order", where="on")
    if not any(stay.register == command.register and stay.holds(command.on) for stay in stays):
        raise Refused(
            f"The project is not in {command.register} on {command.on}.",
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


def screened(
    command: ScreenProject, region: str, stays: Sequence[Membership], state: Reserve
) -> ProjectScreened | None:
    """The screening as an event; None if it repeats the recorded one. Raises Refused."""
    not_in_future(command.on, command.today)
    named = sorted(each.criterion for each in command.answers)
    if named != sorted(command.rule.criteria):
        raise Refused(
            f"The criteria of {command.scheme} are {', '.join(command.rule.criteria)}; answered are "
            f"{', '.join(named) or 'none'}.",
            code="criteria",
            where="answers",
            remedy="Answer each of them once, with what shows it.",
        )
    if not any(stay.register in command.rule.registers and stay.holds(command.on) for stay in stays):
        raise Refused(
            f"The project is in none of {', '.join(command.rule.registers)} on {command.on}.",
            code="not-in-register",
            where="project",
            remedy="Put it into the reserve library first.",
        )
    event = ProjectScreened(
        project=command.project,
        region=region,
        scheme=command.scheme,
        answers=tuple(sorted(command.answers, key=lambda each: each.criterion)),
        recommended=all(each.met for each in command.answers),
        on=command.on,
        screened_by=command.screened_by,
        note=command.note,
    )
    last = next((each for each in state.screenings if each.scheme == command.scheme), None)
    same = last is not None and replace(last, screened_by=event.screened_by) == event
    return None if same else event
