"""Who may undo a change of a meter."""

from services.energy.meters.commands import managed
from services.energy.meters.corrections.decisions import UndoMeterChange
from services.energy.meters.facts.life import MeterState
from shared.command import Given
from shared.feature import At


async def undo(at: At, command: UndoMeterChange, state: MeterState) -> Given:
    """The meter's readings from there on are worked out as if it had never been said."""
    await managed(at, command, state)
    return at.given()
