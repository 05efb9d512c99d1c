"""Operations on the energy saving (节能量) of projects: EN-15b."""

from services.projects.api.base import Serving, ops
from services.projects.app import energy_savings
from services.projects.models import energy_savings as models
from services.projects.models.projects import ProjectView
from shared.rpc import Call, Reply


@ops.command(
    "expect-energy-saving",
    request=models.ExpectEnergySaving,
    response=ProjectView,
    summary="State what a project should save in a year",
)
async def expect_energy_saving(call: Call, body: models.ExpectEnergySaving) -> Reply:
    """In tonnes of standard coal, with how it was computed. A later statement takes its place."""
    return await energy_savings.state_saving(Serving.app, call, body)


@ops.command(
    "verify-energy-saving",
    request=models.VerifyEnergySaving,
    response=ProjectView,
    summary="State what a running project was found to save",
)
async def verify_energy_saving(call: Call, body: models.VerifyEnergySaving) -> Reply:
    """By the province, of a project that runs: this is what the target of 80万吨 counts (EN-15b)."""
    return await energy_savings.state_saving(Serving.app, call, body)
