"""What may be done to a meter, and what then happens: each part decides on its own commands.

Nothing about a meter is edited. What was said wrong is corrected or undone by another event with its reason.
"""

from collections.abc import Sequence
from typing import get_args

from services.energy.common.given import AtMoment
from services.energy.common.refusal import unknown
from services.energy.meters.aliases.decisions import (
    AssignMeterAlias,
    Named,
    WithdrawMeterAlias,
    assigned,
    withdrawn,
)
from services.energy.meters.changes.decisions import MeterChange, changed
from services.energy.meters.corrections.decisions import (
    CorrectMeterChange,
    UndoMeterChange,
    corrected,
    undone,
)
from services.energy.meters.facts.events import MeterEvent
from services.energy.meters.facts.life import INITIAL, MeterState, NoMeter, evolve
from services.energy.meters.registration.decisions import (
    Registering,
    RegisterMeter,
    RetireMeter,
    Retiring,
    ended,
    registered,
)
from services.energy.meters.verdicts.decisions import VerdictCommand, judged
from shared.command import Given, decider

MeterCommand = (
    RegisterMeter
    | RetireMeter
    | MeterChange
    | CorrectMeterChange
    | UndoMeterChange
    | AssignMeterAlias
    | WithdrawMeterAlias
    | VerdictCommand
)


def decide(command: MeterCommand, state: MeterState, given: Given) -> Sequence[MeterEvent]:
    """The events of a command, or Refused, which names the field at fault."""
    if isinstance(command, RegisterMeter) and isinstance(given, Registering):
        return registered(command, state, given)
    if isinstance(state, NoMeter):
        raise unknown("meter", command.meter)
    match (command, given):
        case (RetireMeter(), Retiring()):
            return ended(command, state, given)
        case (CorrectMeterChange(), AtMoment()):
            return corrected(command, state, given)
        case (UndoMeterChange(), _):
            return undone(command, state)
        case (AssignMeterAlias(), Named()):
            return assigned(command, state, given)
        case (WithdrawMeterAlias(), _):
            return withdrawn(command, state)
        case (_, AtMoment()) if isinstance(command, get_args(MeterChange)):
            return changed(command, state, given)
        case _ if isinstance(command, get_args(VerdictCommand)):
            return judged(command, state, given)
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


METER = decider(INITIAL, decide, evolve)
