"""What may be asked of a fund about an award. Amounts in CNY (yuan); `today` is the Clock's day in +08:00."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.projects.domain.money.separation import Separation


@dataclass(frozen=True, slots=True)
class GrantedAward:
    """An award as the appraisal has granted it: `amount` CNY to a city, for its place in an edition.

    `elsewhere`: the fund that pays it already, if it is another; `in_area`: the city lies under the fund's government.
    """

    award: str
    plan: str
    year: int
    region: str
    edition: int
    amount: Decimal
    granted_on: date
    elsewhere: str | None
    in_area: bool


@dataclass(frozen=True, slots=True)
class ReserveAward:
    """Keep money for an award: `amount`, or all that was granted and isn't kept or paid yet."""

    fund: str
    award: GrantedAward
    amount: Decimal | None
    on: date
    evidence: str
    decided_by: str
    today: date
    separation: Separation = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class CommitAward:
    """Issue the decision: `amount` of what is reserved, or all of it; the rest goes back."""

    fund: str
    award: GrantedAward
    amount: Decimal | None
    on: date
    evidence: str
    decided_by: str
    today: date
    separation: Separation = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class PayAward:
    """Pay: `amount` of what is committed, or all of it. `evidence` is the voucher."""

    fund: str
    award: GrantedAward
    amount: Decimal | None
    on: date
    evidence: str
    decided_by: str
    today: date
    separation: Separation = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class ReleaseAward:
    """Give back what is held and not paid: `amount`, reserved money first, or all of it."""

    fund: str
    award: GrantedAward
    amount: Decimal | None
    on: date
    reason: str
    decided_by: str
    today: date


@dataclass(frozen=True, slots=True)
class FitAward:
    """Give back what is held above what is granted now: an edition of the ranking has taken it away."""

    fund: str
    award: GrantedAward
    decided_by: str
    today: date


@dataclass(frozen=True, slots=True)
class RecoverAward:
    """Money that was paid has come back: `amount`, or all of it."""

    fund: str
    award: GrantedAward
    amount: Decimal | None
    on: date
    evidence: str
    reason: str
    decided_by: str
    today: date


AwardCommand = ReserveAward | CommitAward | PayAward | ReleaseAward | FitAward | RecoverAward
