"""Designation (认定): an enterprise, centre or park is recognised as one of a kind, and may lose that again (§6.5).

It stands from its day until it is withdrawn: a warning or a failed assessment leaves it standing (警告 is a state
within 合格). What was entered by mistake is annulled: it never held and is counted nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, assert_never

from services.assessment.domain.refusal import Refused
from services.assessment.domain.region import Region

Result = Literal["excellent", "qualified", "warned", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of designation (认定类别), valid between two days, both included.

    `fields`: the fields that one of it may name (EI-4). From which score on a periodic assessment is excellent,
    qualified or still warned; below that it has failed. None: the kind is not scored.
    """

    kind: str
    name: str
    term: str
    rows: tuple[str, ...]
    levels: tuple[str, ...]
    fields: tuple[str, ...]
    excellent_from: Decimal | None
    qualified_from: Decimal | None
    warned_from: Decimal | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str = ""

    def result(self, score: Decimal) -> Result | None:
        """What a score of a periodic assessment comes to; None where the kind is not scored."""
        if self.excellent_from is None or self.qualified_from is None or self.warned_from is None:
            return None
        if score >= self.excellent_from:
            return "excellent"
        if score >= self.qualified_from:
            return "qualified"
        return "warned" if score >= self.warned_from else "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is designated: `name` as the notice prints it; `enterprise` its id in the register, if it has one."""

    designation: str
    kind: str
    level: str
    name: str
    region: str
    designated_on: date
    issuer: str
    evidence: str
    enterprise: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Designated(Facts):
    """It was designated (认定), by `issuer` with the notice `evidence`."""

    schema_version: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationAssessed:
    """A periodic assessment (考核评价) of a year, its score and what that comes to by the kind's scale."""

    schema_version: ClassVar[int] = 1
    designation: str
    year: int
    score: Decimal
    result: Result
    on: date
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationWarned:
    """It was warned (警告), with the reason, and perhaps the day by which that must be mended."""

    schema_version: ClassVar[int] = 1
    designation: str
    on: date
    reason: str
    evidence: str
    mend_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationWithdrawn(Facts):
    """It was withdrawn (撤销) by the document `decision`, and doesn't stand from `withdrawn_on` on.

    `annulled`: it never stood (更正). It carries the designation as a whole, so that who counts needs no other event.
    """

    schema_version: ClassVar[int] = 1
    withdrawn_on: date
    reason: str
    decision: str
    annulled: bool = False


DesignationEvent = Designated | DesignationAssessed | DesignationWarned | DesignationWithdrawn
Standing = Literal["designated", "excellent", "qualified", "warned", "failed", "withdrawn", "annulled"]


@dataclass(frozen=True, slots=True)
class NotDesignated:
    """Nothing was designated under this id."""


@dataclass(frozen=True, slots=True)
class Designation:
    """A designation and how it stands, since which day, by which event."""

    facts: Facts
    standing: Standing
    since: date
    last: DesignationEvent


DesignationState = NotDesignated | Designation
INITIAL: DesignationState = NotDesignated()


@dataclass(frozen=True, slots=True, kw_only=True)
class Designate:
    """Designate. `kind`: its definition in force on that day; `other`: one that stands for the same already."""

    facts: Facts
    kind: Kind | None
    region: Region | None
    other: str | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess:
    """Assess periodically. `kind`: its definition in force on that day."""

    year: int
    score: Decimal
    kind: Kind | None
    on: date
    evidence: str
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn:
    """Warn."""

    on: date
    reason: str
    evidence: str
    mend_by: date | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Withdraw, or annul what was entered by mistake."""

    on: date
    reason: str
    evidence: str
    annul: bool
    today: date


DesignationCommand = Designate | Assess | Warn | Withdraw


def decide(command: DesignationCommand, state: DesignationState) -> Sequence[DesignationEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (Designate(), NotDesignated()):
            return [_designated(command)]
        case (Designate(), Designation()):
            if state.facts == command.facts:
                return []
            raise _refused(
                f"{state.facts.designation} is {state.facts.name}, designated already.",
                "exists",
                "designation",
                "Give the new one an id of its own; a wrong one is withdrawn with annul.",
            )
        case (_, NotDesignated()):
            raise Refused(
                "There is no such designation.",
                code="not-found",
                where="designation",
                status=404,
                remedy="List the designations.",
            )
        case (Assess() | Warn() | Withdraw(), Designation()):
            made = _changed(command, state)
            if made == state.last:
                return []
            _check(command, state)
            return [made]
        case _:
            raise TypeError(f"no decision for {type(command).__name__} on {type(state).__name__}")


def evolve(state: DesignationState, event: DesignationEvent) -> DesignationState:
    """The state after a stored fact."""
    match event:
        case Designated():
            return Designation(Facts(**_members(event)), "designated", event.designated_on, event)
        case DesignationAssessed():
            return Designation(_known(state).facts, event.result, event.on, event)
        case DesignationWarned():
            return Designation(_known(state).facts, "warned", event.on, event)
        case DesignationWithdrawn():
            standing: Standing = "annulled" if event.annulled else "withdrawn"
            return Designation(_known(state).facts, standing, event.withdrawn_on, event)
        case _:
            assert_never(event)


def _designated(command: Designate) -> Designated:
    facts, kind, region = command.facts, command.kind, command.region
    if kind is None:
        raise _invalid(
            f"No kind {facts.kind!r} is in force on {facts.designated_on}.", "kind", "List the kinds."
        )
    if facts.level not in kind.levels:
        raise _invalid(
            f"{kind.term} is designated at these levels: {', '.join(kind.levels)}.",
            "level",
            "Name one of them.",
        )
    for field in facts.fields:
        if field not in kind.fields:
            known = ", ".join(kind.fields) or "none"
            raise _invalid(f"{kind.term} has no field {field!r}.", "fields", f"Its fields: {known}.")
    if region is None or not region.exists_between(facts.designated_on, facts.designated_on):
        raise _invalid(
            f"{facts.region} is not a region on {facts.designated_on}.", "region", "List the regions."
        )
    if facts.designated_on > command.today:
        raise _invalid(
            f"{facts.designated_on} is after today, {command.today}.",
            "designated_on",
            "Give the notice's day.",
        )
    if command.other is not None:
        raise _refused(
            f"{facts.name} is {kind.term} already: {command.other}.",
            "already-designated",
            "name",
            "One thing counts once: withdraw that one first if it is wrong.",
        )
    return Designated(**_members(facts))


def _changed(command: Assess | Warn | Withdraw, state: Designation) -> DesignationEvent:
    facts = state.facts
    match command:
        case Assess():
            result = None if command.kind is None else command.kind.result(command.score)
            if result is None:
                raise _invalid(
                    f"{facts.kind} has no scale of scores on {command.on}.",
                    "score",
                    "Warn or withdraw it instead.",
                )
            return DesignationAssessed(
                designation=facts.designation,
                year=command.year,
                score=command.score,
                result=result,
                on=command.on,
                evidence=command.evidence,
            )
        case Warn():
            return DesignationWarned(
                designation=facts.designation,
                on=command.on,
                reason=command.reason,
                evidence=command.evidence,
                mend_by=command.mend_by,
            )
        case Withdraw():
            return DesignationWithdrawn(
                **_members(facts),
                withdrawn_on=command.on,
                reason=command.reason,
                decision=command.evidence,
                annulled=command.annul,
            )


def _check(command: Assess | Warn | Withdraw, state: Designation) -> None:
    if state.standing in ("withdrawn", "annulled"):
        raise _refused(
            f"{state.facts.name} was {state.standing} on {state.since}.",
            "withdrawn",
            "designation",
            "Designate it anew, under another id.",
        )
    if command.on > command.today:
        raise _invalid(f"{command.on} is after today, {command.today}.", "on", "Give the decision's day.")
    if command.on < state.since and not (isinstance(command, Withdraw) and command.annul):
        raise _invalid(
            f"{command.on} is before {state.since}, since when it is {state.standing}.",
            "on",
            "Give a later day.",
        )
    if isinstance(command, Assess) and command.year > command.on.year:
        raise _invalid(f"{command.year} has not begun on {command.on}.", "year", "Give the assessed year.")


def _known(state: DesignationState) -> Designation:
    if isinstance(state, NotDesignated):
        raise ValueError("a designation's history begins with Designated")
    return state


def _members(facts: Facts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(Facts)}


def _refused(detail: str, code: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code=code, where=where, status=409, remedy=remedy)


def _invalid(detail: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code="inconsistent-designation", where=where, remedy=remedy)
