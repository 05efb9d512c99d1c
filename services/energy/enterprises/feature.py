"""Operations and routes of enterprises."""

from services.energy.access import EVERYONE, KEEPERS
from services.energy.enterprises import commands, queries, views
from services.energy.enterprises.decisions import (
    ENTERPRISE,
    AssignExternalId,
    ChangeEnterprise,
    RegisterEnterprise,
)
from services.energy.enterprises.facts import EnterpriseEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/enterprises/{enterprise}"

FEATURE = Feature(
    "enterprises",
    history=History(
        EnterpriseEvent,
        ENTERPRISE,
        lambda command: stream(command.enterprise),
        views.KEPT,
        beside=commands.beside,
    ),
    answer=views.answer,
    operations=(
        Command(
            name="register-enterprise",
            command=RegisterEnterprise,
            check=commands.register,
            summary="Register an enterprise",
            route=Route("POST", "/enterprises", KEEPERS, "enterprises", area="region", status=201),
            named=commands.named,
        ),
        Command(
            name="change-enterprise",
            command=ChangeEnterprise,
            check=commands.change,
            summary="Change an enterprise",
            route=Route("POST", f"{_ONE}/changes", KEEPERS, "enterprises", area="region"),
        ),
        Command(
            name="assign-external-id",
            command=AssignExternalId,
            check=commands.assign,
            summary="Assign an external id",
            route=Route("POST", f"{_ONE}/external-ids", KEEPERS, "enterprises"),
        ),
        Query(
            name="get-enterprise",
            ask=queries.get_enterprise,
            summary="One enterprise",
            route=Route("GET", _ONE, EVERYONE, "enterprises", organisation="enterprise"),
        ),
        Query(
            name="list-enterprises",
            ask=queries.list_enterprises,
            summary="List enterprises",
            route=Route(
                "GET", "/enterprises", EVERYONE, "enterprises", area="region", organisation="enterprise"
            ),
        ),
    ),
)
