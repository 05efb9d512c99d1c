"""What is known of a project on the signing lists of ceremonies (上台签约项目)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.projects.projects.stages.facts import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRecommended:
    """The project is to sign `contract` (意向, 协议 or 合同) of `amount` CNY (yuan) at the ceremony."""

    project: str
    region: str
    ceremony: str
    contract: Stage
    amount: Decimal
    on: date
    recommended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAudited:
    """The office lets it onto the stage, or not and says why."""

    project: str
    region: str
    ceremony: str
    approved: bool
    reason: str
    on: date


SigningEvent = SigningRecommended | SigningAudited


@dataclass(frozen=True, slots=True)
class Recommendation:
    """How it stands with one ceremony; `approved` None: not audited yet. `reason`: of the audit."""

    ceremony: str
    contract: Stage
    amount: Decimal
    on: date
    approved: bool | None = None
    audited_on: date | None = None
    reason: str | None = None


def evolve(known: tuple[Recommendation, ...], event: SigningEvent) -> tuple[Recommendation, ...]:
    """The recommendations after a stored fact."""
    if isinstance(event, SigningRecommended):
        made = Recommendation(event.ceremony, event.contract, event.amount, event.on)
        return (*(each for each in known if each.ceremony != event.ceremony), made)
    return tuple(
        replace(each, approved=event.approved, audited_on=event.on, reason=event.reason)
        if each.ceremony == event.ceremony
        else each
        for each in known
    )


def find(known: Sequence[Recommendation], ceremony: str) -> Recommendation | None:
    """The recommendation for that ceremony."""
    return next((each for each in known if each.ceremony == ceremony), None)
