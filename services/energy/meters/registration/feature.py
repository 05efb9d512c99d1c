"""Operations and routes of a meter's registration and retirement."""

from services.energy.access import KEEPERS
from services.energy.meters import views
from services.energy.meters.history import HISTORY
from services.energy.meters.registration import commands
from services.energy.meters.registration.decisions import RegisterMeter, RetireMeter
from shared.feature import Command, Feature
from shared.rpc import Route

FEATURE = Feature(
    "registration",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="register-meter",
            command=RegisterMeter,
            check=commands.register,
            summary="Register a meter",
            route=Route("POST", "/meters", KEEPERS, "meters", status=201),
        ),
        Command(
            name="retire-meter",
            command=RetireMeter,
            check=commands.retire,
            summary="Retire a meter",
            route=Route("POST", "/meters/{meter}/retirement", KEEPERS, "meters"),
        ),
    ),
)
