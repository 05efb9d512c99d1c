"""Operations and routes of corrections of a meter's changes."""

from services.energy.access import KEEPERS
from services.energy.meters import views
from services.energy.meters.commands import at_moment
from services.energy.meters.corrections import commands
from services.energy.meters.corrections.decisions import CorrectMeterChange, UndoMeterChange
from services.energy.meters.history import HISTORY
from shared.feature import Command, Feature
from shared.rpc import Route

_METER = "/meters/{meter}"

FEATURE = Feature(
    "corrections",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="correct-meter-change",
            command=CorrectMeterChange,
            check=at_moment,
            summary="Correct a change of a meter",
            description="The meter's readings from there on are worked out again; the figures follow as corrections.",
            route=Route("POST", f"{_METER}/corrections", KEEPERS, "meters"),
        ),
        Command(
            name="undo-meter-change",
            command=UndoMeterChange,
            check=commands.undo,
            summary="Undo a change of a meter",
            route=Route("POST", f"{_METER}/undone", KEEPERS, "meters"),
        ),
    ),
)
