"""A restatement (追溯调整): days already counted are counted again with the coefficients that hold for them now.

An edited coefficient never moves the past by itself; this is the explicit act that does, with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.energy.common.refusal import Refused


@dataclass(frozen=True, slots=True)
class RestateCoefficients:
    """`enterprise_days` is how many enterprise-days take another coefficient. Both days included."""

    carrier: str
    carrier_known: bool
    first: date
    last: date
    enterprise: str | None
    reason: str
    enterprise_days: int


@dataclass(frozen=True, slots=True)
class CoefficientsRestated:
    """The days' standard coal was made again; each changed day follows as a new revision."""

    carrier: str
    first: date
    last: date
    enterprise: str | None
    reason: str
    enterprise_days: int


@dataclass(frozen=True, slots=True)
class Restatements:
    """How many restatements a carrier has seen."""

    count: int = 0


def decide(command: RestateCoefficients, state: Restatements) -> Sequence[CoefficientsRestated]:
    """One event, if any figure changes. Raises Refused for an unknown carrier or a reversed span."""
    if not command.carrier_known:
        raise Refused(
            "unknown-carrier", f"No loaded plan knows the carrier {command.carrier!r}.", where="carrier"
        )
    if command.last < command.first:
        raise Refused("span-reversed", f"{command.last} is before {command.first}.", where="last")
    if command.enterprise_days == 0:
        return []
    return [
        CoefficientsRestated(
            command.carrier,
            command.first,
            command.last,
            command.enterprise,
            command.reason,
            command.enterprise_days,
        )
    ]


def evolve(state: Restatements, event: CoefficientsRestated) -> Restatements:
    return Restatements(state.count + 1)
