"""Operations and routes of the energy saving (节能量) of projects: EN-15b."""

from services.projects.access import KEEPERS, PROVINCE
from services.projects.projects import views
from services.projects.projects.energy_savings import commands
from services.projects.projects.energy_savings.decisions import ExpectEnergySaving, VerifyEnergySaving
from services.projects.projects.history import HISTORY
from shared.feature import Command, Feature
from shared.rpc import Route

_ALL = "/projects/{project}/energy-savings"

FEATURE = Feature(
    "energy_savings",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="expect-energy-saving",
            command=ExpectEnergySaving,
            check=commands.expect,
            summary="State what a project should save in a year",
            route=Route("POST", _ALL, KEEPERS, "projects", status=201),
        ),
        Command(
            name="verify-energy-saving",
            command=VerifyEnergySaving,
            check=commands.verify,
            summary="State what a running project was found to save",
            route=Route("POST", f"{_ALL}/verification", PROVINCE, "projects", status=201),
        ),
    ),
)
