"""Decisions on designations: commands in, events or a refusal out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from services.assessment.common.refusal import Refused
from services.assessment.common.region import Region
from services.assessment.common.values import ID_PATTERN, DecisionDay, Reason, RegionCode, Words
from services.assessment.designations.facts import (
    INITIAL,
    Designated,
    Designation,
    DesignationAssessed,
    DesignationEvent,
    DesignationState,
    DesignationWarned,
    DesignationWithdrawn,
    Facts,
    Kind,
    NotDesignated,
    evolve,
    members,
)
from shared.command import Given, command, decider
from shared.values import Many, Number, Plain, Says, Text

DesignationId = Annotated[
    str,
    Text(
        pattern=ID_PATTERN,
        description="the designation's id: letters, digits, dot, dash, underscore",
        example="ETC-2013-001",
    ),
]
KindCode = Annotated[
    str,
    Text(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="kind of designation (`list-designation-kinds`)",
        example="enterprise_technology_centre",
    ),
]
LevelCode = Annotated[
    Literal["provincial", "national"],
    Says(description="who designates: 省级 or 国家级", example="provincial"),
]
FieldCode = Annotated[str, Text(pattern=r"^[a-z][a-z0-9_]{0,39}$", example="ei_led")]
EnterpriseId = Annotated[
    str, Text(pattern=ID_PATTERN, description="id in the register of enterprises", example="E-FZ-001")
]
Evidence = Annotated[
    Words,
    Says(
        description="the notice: its number or reference, not its content", example="闽经贸技术〔2013〕88号"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Given):
    """What a decision needs: the `kind` as defined on the day of the decision, None if none is in force then.

    For a new designation also its `region`, and the `other` one that exists for the same name or enterprise.
    """

    kind: Kind | None = None
    region: Region | None = None
    other: str | None = None


@command(
    example={
        "designation": "ETC-2013-001",
        "kind": "enterprise_technology_centre",
        "level": "provincial",
        "name": "示例照明企业技术中心",
        "region": "350200",
        "designated_on": "2013-02-26",
        "issuer": "省经贸委",
        "evidence": "闽经贸技术〔2013〕88号",
        "fields": ["ei_led"],
    }
)
class Designate:
    """Designate an enterprise, centre or park as one of a kind."""

    designation: DesignationId
    kind: KindCode
    level: LevelCode = "provincial"
    name: Annotated[Words, Says(description="as the notice prints it", example="示例照明企业技术中心")]
    region: RegionCode
    designated_on: DecisionDay = None
    issuer: Annotated[Words, Says(description="who designated it", example="省经贸委")]
    evidence: Evidence
    enterprise: EnterpriseId | None = None
    fields: Annotated[
        tuple[FieldCode, ...], Many(max_length=8, description="fields of the emerging industries (EI-4)")
    ] = field(default_factory=tuple)


@command()
class OfDesignation:
    """What every change of a designation says."""

    designation: DesignationId
    on: DecisionDay = None
    evidence: Evidence


@command(
    example={
        "designation": "ETC-2013-001",
        "year": 2013,
        "score": "62.5",
        "evidence": "闽经贸技术〔2013〕310号",
    }
)
class AssessDesignation(OfDesignation):
    """Enter the score of a periodic assessment (考核评价)."""

    year: Annotated[int, Number(ge=1990, le=2199, description="the assessed year", example=2013)]
    score: Annotated[Decimal, Number(ge=0, le=150, max_digits=6, decimal_places=2, example="62.5"), Plain()]


@command(
    example={
        "designation": "ETC-2013-001",
        "reason": "研发投入连续两年下降",
        "evidence": "闽经贸技术〔2013〕311号",
        "mend_by": "2014-06-30",
    }
)
class WarnDesignation(OfDesignation):
    """Warn (警告)."""

    reason: Reason
    mend_by: Annotated[date | None, Says(description="by when it must be mended", example="2014-06-30")] = (
        None
    )


@command(
    example={"designation": "ETC-2013-001", "reason": "考核不合格", "evidence": "闽经贸技术〔2014〕12号"}
)
class WithdrawDesignation(OfDesignation):
    """Withdraw (撤销), or annul what was entered by mistake (更正)."""

    reason: Reason
    annul: Annotated[bool, Says(description="it never held: it is counted nowhere, not even as new")] = False


DesignationChange = AssessDesignation | WarnDesignation | WithdrawDesignation
DesignationCommand = Designate | DesignationChange


def decide(command: DesignationCommand, state: DesignationState, given: Known) -> Sequence[DesignationEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (Designate(), NotDesignated()):
            return [_designated(command, given)]
        case (Designate(), Designation(facts)):
            if facts == _facts(command, given):
                return []
            raise _refused(
                f"{facts.designation} is {facts.name}, designated already.",
                "exists",
                "designation",
                "Give the new one an id of its own; a wrong one is withdrawn with annul.",
            )
        case (AssessDesignation() | WarnDesignation() | WithdrawDesignation(), Designation()):
            on = command.on or given.today
            made = _changed(command, on, state.facts, given)
            if made == state.last:
                return []
            _check(command, on, state, given)
            return [made]
        case (AssessDesignation() | WarnDesignation() | WithdrawDesignation(), NotDesignated()):
            raise Refused(
                "There is no such designation.",
                code="not-found",
                where="designation",
                status=404,
                remedy="List the designations.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


DESIGNATION = decider(INITIAL, decide, evolve)


def _facts(command: Designate, given: Known) -> Facts:
    return Facts(
        designation=command.designation,
        kind=command.kind,
        level=command.level,
        name=command.name,
        region=command.region,
        designated_on=command.designated_on or given.today,
        issuer=command.issuer,
        evidence=command.evidence,
        enterprise=command.enterprise,
        fields=tuple(sorted(set(command.fields))),
    )


def _designated(command: Designate, given: Known) -> Designated:
    facts, kind, region = _facts(command, given), given.kind, given.region
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
    for name in facts.fields:
        if name not in kind.fields:
            known = ", ".join(kind.fields) or "none"
            raise _invalid(f"{kind.term} has no field {name!r}.", "fields", f"Its fields: {known}.")
    if region is None or not region.exists_between(facts.designated_on, facts.designated_on):
        raise _invalid(
            f"{facts.region} is not a region on {facts.designated_on}.", "region", "List the regions."
        )
    if facts.designated_on > given.today:
        raise _invalid(
            f"{facts.designated_on} is after today, {given.today}.", "designated_on", "Give the notice's day."
        )
    if given.other is not None:
        raise _refused(
            f"{facts.name} is {kind.term} already: {given.other}.",
            "already-designated",
            "name",
            "One thing counts once: withdraw that one first if it is wrong.",
        )
    return Designated(**members(facts))


def _changed(command: DesignationChange, on: date, facts: Facts, given: Known) -> DesignationEvent:
    match command:
        case AssessDesignation():
            result = None if given.kind is None else given.kind.result(command.score)
            if result is None:
                raise _invalid(
                    f"{facts.kind} has no scale of scores on {on}.", "score", "Warn or withdraw it instead."
                )
            return DesignationAssessed(
                designation=facts.designation,
                year=command.year,
                score=command.score,
                result=result,
                on=on,
                evidence=command.evidence,
            )
        case WarnDesignation():
            return DesignationWarned(
                designation=facts.designation,
                on=on,
                reason=command.reason,
                evidence=command.evidence,
                mend_by=command.mend_by,
            )
        case WithdrawDesignation():
            return DesignationWithdrawn(
                **members(facts),
                withdrawn_on=on,
                reason=command.reason,
                decision=command.evidence,
                annulled=command.annul,
            )


def _check(command: DesignationChange, on: date, state: Designation, given: Known) -> None:
    if state.standing in ("withdrawn", "annulled"):
        raise _refused(
            f"{state.facts.name} was {state.standing} on {state.since}.",
            "withdrawn",
            "designation",
            "Designate it anew, under another id.",
        )
    if on > given.today:
        raise _invalid(f"{on} is after today, {given.today}.", "on", "Give the decision's day.")
    if on < state.since and not (isinstance(command, WithdrawDesignation) and command.annul):
        raise _invalid(
            f"{on} is before {state.since}, since when it is {state.standing}.", "on", "Give a later day."
        )
    if isinstance(command, AssessDesignation) and command.year > on.year:
        raise _invalid(f"{command.year} has not begun on {on}.", "year", "Give the assessed year.")


def _refused(detail: str, code: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code=code, where=where, status=409, remedy=remedy)


def _invalid(detail: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code="inconsistent-designation", where=where, remedy=remedy)
