"""Decisions on a meter's further names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from services.energy.common.refusal import taken
from services.energy.common.values import MeterId, Reason
from services.energy.meters.facts.events import MeterAliasAssigned, MeterAliasWithdrawn
from services.energy.meters.facts.life import InUse, Retired
from services.energy.meters.guards import in_use
from shared.command import Given, command
from shared.values import Text

Alias = Annotated[
    str,
    Text(
        pattern=r"^[^\s\x00-\x1f\x7f]{1,64}$",
        description="name under which the device sends; no white space",
        example="一号车间/电表01",
    ),
]


@command(example={"meter": "E-0042-EL1", "alias": "一号车间/电表01", "reason": "the box's own name"})
class AssignMeterAlias:
    """A name that the vendor's box can't change, and that is no id here: Chinese, with a slash …"""

    meter: MeterId
    alias: Alias
    reason: Reason


@command(example={"meter": "E-0042-EL1", "alias": "一号车间/电表01", "reason": "assigned by mistake"})
class WithdrawMeterAlias:
    """A name under which nothing comes any more."""

    meter: MeterId
    alias: Alias
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Given):
    """The enterprise's meter that is called so already; None: none is."""

    holder: str | None


def assigned(command: AssignMeterAlias, state: InUse | Retired, given: Named) -> Sequence[MeterAliasAssigned]:
    """Assigns a further name. Raises Refused for one that another meter of the enterprise has."""
    if command.alias in in_use(state).aliases:
        return []
    if given.holder is not None:
        raise taken(
            "alias", command.alias, f"Readings under {command.alias!r} are those of {given.holder!r}."
        )
    return [
        MeterAliasAssigned(
            meter=state.registered.meter,
            enterprise=state.registered.enterprise,
            alias=command.alias,
            reason=command.reason,
        )
    ]


def withdrawn(command: WithdrawMeterAlias, state: InUse | Retired) -> Sequence[MeterAliasWithdrawn]:
    """Withdraws a name; no event if the meter doesn't have it."""
    if command.alias not in in_use(state).aliases:
        return []
    return [
        MeterAliasWithdrawn(
            meter=state.registered.meter,
            enterprise=state.registered.enterprise,
            alias=command.alias,
            reason=command.reason,
        )
    ]
