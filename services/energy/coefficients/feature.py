"""Operations and routes of coefficients."""

from services.energy.access import EVERYONE, PROVINCE
from services.energy.coefficients import commands, queries, views
from services.energy.coefficients.decisions import COEFFICIENTS, PublishCoefficient
from services.energy.coefficients.facts import CoefficientPublished, stream
from services.energy.coefficients.restatements.feature import FEATURE as RESTATEMENTS
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

FEATURE = Feature(
    "coefficients",
    history=History(
        CoefficientPublished,
        COEFFICIENTS,
        lambda command: stream(command.carrier),
        beside=commands.beside,
    ),
    answer=views.answer,
    operations=(
        Command(
            name="publish-coefficient",
            command=PublishCoefficient,
            check=commands.publish,
            summary="Publish a coefficient",
            route=Route("POST", "/coefficients", PROVINCE, "coefficients", status=201),
        ),
        Query(
            name="list-coefficients",
            ask=queries.list_coefficients,
            summary="List conversion coefficients",
            route=Route("GET", "/coefficients", EVERYONE, "coefficients"),
        ),
    ),
    parts=(RESTATEMENTS,),
)
