"""Restates days: the one way in which an edited coefficient moves the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from services.energy.coefficients.restatements.facts import (
    INITIAL,
    CoefficientsRestated,
    Restatements,
    evolve,
)
from services.energy.common.refusal import Refused
from services.energy.common.values import CarrierCode, Day, EnterpriseId, Reason
from shared.command import Given, command, decider
from shared.values import Says


@command(
    example={
        "carrier": "electricity",
        "first": "2013-01-01",
        "last": "2013-01-31",
        "reason": "final grid value of 2013",
    }
)
class Restate:
    """Count past days again with the coefficients that hold for them now (追溯调整). Both days included."""

    carrier: CarrierCode
    first: Day
    last: Day
    enterprise: Annotated[EnterpriseId | None, Says(description="one enterprise; none: all")] = None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted(Given):
    """`enterprise_days`: how many enterprise-days take another coefficient."""

    enterprise_days: int = 0


def decide(command: Restate, state: Restatements, given: Recounted) -> Sequence[CoefficientsRestated]:
    """One event, if any figure changes. Raises Refused for a reversed span."""
    if command.last < command.first:
        raise Refused("span-reversed", f"{command.last} is before {command.first}.", where="last")
    if given.enterprise_days == 0:
        return []
    return [
        CoefficientsRestated(
            carrier=command.carrier,
            first=command.first,
            last=command.last,
            enterprise=command.enterprise,
            reason=command.reason,
            enterprise_days=given.enterprise_days,
        )
    ]


RESTATEMENTS = decider(INITIAL, decide, evolve)
