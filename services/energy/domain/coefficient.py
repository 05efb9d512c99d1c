"""A single coefficient that becomes known after a plan: a final value, or an enterprise's own measured one.

Own measured calorific values come first in conversion (GB/T 2589); a final equivalent value of a year is known only
after it. Either moves no past figure by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.energy.common.conversion import FACTOR_DECIMALS
from services.energy.common.refusal import Refused


@dataclass(frozen=True, slots=True)
class PublishCoefficient:
    """`carrier_known`: whether a loaded plan knows the carrier."""

    carrier: str
    carrier_known: bool
    basis: Literal["equal", "equivalent", "both"]
    kgce: Decimal
    edition: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    enterprise: str | None
    source: str


@dataclass(frozen=True, slots=True)
class CoefficientPublished:
    """kgce per unit of the carrier, for days that have no figure yet. `enterprise` None: for all."""

    carrier: str
    basis: Literal["equal", "equivalent", "both"]
    kgce: Decimal
    edition: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    enterprise: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Published:
    """What was published for a carrier one by one."""

    coefficients: tuple[CoefficientPublished, ...] = ()


def decide(command: PublishCoefficient, state: Published) -> Sequence[CoefficientPublished]:
    """One event; none if the same coefficient is known already."""
    if not command.carrier_known:
        raise Refused(
            "unknown-carrier",
            f"No loaded plan knows the carrier {command.carrier!r}.",
            remedy="Load the plan first: it says in which unit the carrier is counted.",
            where="carrier",
        )
    if command.kgce < 0 or command.kgce != round(command.kgce, FACTOR_DECIMALS):
        raise Refused(
            "coefficient-out-of-range",
            f"{command.kgce} kgce: a coefficient isn't negative and has at most {FACTOR_DECIMALS} decimals.",
            where="kgce",
        )
    if command.valid_to is not None and command.valid_to < command.valid_from:
        raise Refused(
            "validity-reversed",
            f"Valid to {command.valid_to}, before {command.valid_from}.",
            where="valid_to",
        )
    published = CoefficientPublished(
        command.carrier,
        command.basis,
        command.kgce,
        command.edition,
        command.valid_from,
        command.valid_to,
        command.provisional,
        command.enterprise,
        command.source,
    )
    return [] if published in state.coefficients else [published]


def evolve(state: Published, event: CoefficientPublished) -> Published:
    return Published((*state.coefficients, event))
