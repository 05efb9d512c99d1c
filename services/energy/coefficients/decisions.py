"""Publishes a coefficient, which counts for days that have no figure yet."""

from collections.abc import Sequence
from typing import Annotated, Literal

from services.energy.coefficients.facts import INITIAL, CoefficientPublished, Published, evolve
from services.energy.common.conversion import FACTOR_DECIMALS
from services.energy.common.refusal import Refused
from services.energy.common.values import CarrierCode, Day, EnterpriseId, Quantity, ShortText
from shared.command import Given, command, decider
from shared.values import Number, Says


@command(
    example={
        "carrier": "raw_coal",
        "basis": "both",
        "kgce": "0.6512",
        "edition": "own measurement 2013-02",
        "valid_from": "2013-02-01",
        "enterprise": "E-0042",
        "source": "laboratory report 2013-117",
    }
)
class PublishCoefficient:
    """A further coefficient: a final value for a provisional one, or an enterprise's own measured value."""

    carrier: CarrierCode
    basis: Literal["equal", "equivalent", "both"]
    kgce: Annotated[Quantity, Number(ge=0, lt=1_000_000, description="kgce per unit of the carrier")]
    edition: ShortText
    valid_from: Day
    valid_to: Day | None = None
    provisional: bool = False
    enterprise: Annotated[
        EnterpriseId | None, Says(description="this enterprise's own value; none: for all")
    ] = None
    source: ShortText


def published(command: PublishCoefficient) -> CoefficientPublished:
    """The fact that a command leads to."""
    return CoefficientPublished(
        carrier=command.carrier,
        basis=command.basis,
        kgce=command.kgce,
        edition=command.edition,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        provisional=command.provisional,
        enterprise=command.enterprise,
        source=command.source,
    )


def decide(command: PublishCoefficient, state: Published, given: Given) -> Sequence[CoefficientPublished]:
    """One event; none if the same coefficient is known already."""
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
    event = published(command)
    return [] if event in state.coefficients else [event]


COEFFICIENTS = decider(INITIAL, decide, evolve)
