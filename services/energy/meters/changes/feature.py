"""Operations and routes of changes of a meter."""

from services.energy.access import KEEPERS
from services.energy.meters import views
from services.energy.meters.changes import commands
from services.energy.meters.changes.decisions import (
    ChangeMeterDirection,
    ChangeMeterInterval,
    ChangeRatio,
    ReplaceMeter,
)
from services.energy.meters.commands import at_moment
from services.energy.meters.history import HISTORY
from shared.feature import Command, Feature
from shared.rpc import Route

_METER = "/meters/{meter}"

FEATURE = Feature(
    "changes",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="replace-meter",
            command=ReplaceMeter,
            check=at_moment,
            summary="Replace a meter's device",
            description="From `at` on readings belong to the new device; those later than `at` that came already "
            "move to it.",
            route=Route("POST", f"{_METER}/replacements", KEEPERS, "meters"),
        ),
        Command(
            name="change-meter-ratio",
            command=ChangeRatio,
            check=at_moment,
            summary="Change a meter's ratio",
            description="What was counted before keeps the old ratio.",
            route=Route("POST", f"{_METER}/ratios", KEEPERS, "meters"),
        ),
        Command(
            name="change-meter-interval",
            command=ChangeMeterInterval,
            check=commands.shown,
            summary="Change a meter's interval",
            description="From `at` on so many readings are expected; what was expected before stays.",
            route=Route("POST", f"{_METER}/interval", KEEPERS, "meters"),
        ),
        Command(
            name="change-meter-direction",
            command=ChangeMeterDirection,
            check=commands.shown,
            summary="Change a meter's direction",
            description="From `at` on its energy is added (purchased) or deducted (delivered); what was counted "
            "before stays.",
            route=Route("POST", f"{_METER}/direction", KEEPERS, "meters"),
        ),
    ),
)
