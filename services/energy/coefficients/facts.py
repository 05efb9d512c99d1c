"""A single coefficient that becomes known after a plan: a final value, or an enterprise's own measured one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
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


INITIAL = Published()


def stream(carrier: str) -> str:
    """The stream of a carrier's coefficients."""
    return f"coefficient-{carrier}"


def evolve(state: Published, event: CoefficientPublished) -> Published:
    """One more."""
    return Published((*state.coefficients, event))
