"""The operation and route of restatements."""

from datetime import date

from services.energy.access import PROVINCE
from services.energy.coefficients.restatements import commands
from services.energy.coefficients.restatements.decisions import RESTATEMENTS, Restate
from services.energy.coefficients.restatements.facts import CoefficientsRestated, Restatements, stream
from services.energy.common.models import Answer
from shared.feature import Command, Done, Feature, History
from shared.naming import Name
from shared.rpc import Route


class Restated(Answer):
    """How many enterprise-days got another coefficient; each follows as a new revision."""

    carrier: str
    carrier_name: Name = None
    first: date
    last: date
    enterprise: str | None
    enterprise_name: Name = None
    enterprise_days: int


def answer(done: Done[Restatements, Restate]) -> Restated:
    """What this restatement has changed."""
    return Restated(
        carrier=done.command.carrier,
        first=done.command.first,
        last=done.command.last,
        enterprise=done.command.enterprise,
        enterprise_days=sum(event.enterprise_days for event in done.events),
    )


FEATURE = Feature(
    "restatements",
    history=History(CoefficientsRestated, RESTATEMENTS, lambda command: stream(command.carrier)),
    answer=answer,
    operations=(
        Command(
            name="restate-coefficients",
            command=Restate,
            check=commands.restate,
            summary="Count past days with today's coefficients",
            route=Route("POST", "/coefficients/restatements", PROVINCE, "coefficients"),
        ),
    ),
)
