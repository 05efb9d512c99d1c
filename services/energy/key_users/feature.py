"""Operations and routes of the lists of key energy users."""

from services.energy.access import EVERYONE, PROVINCE
from services.energy.key_users import commands, queries, views
from services.energy.key_users.decisions import KEY_USERS, DesignateKeyUsers
from services.energy.key_users.facts import KeyUsersDesignated, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

FEATURE = Feature(
    "key-users",
    history=History(KeyUsersDesignated, KEY_USERS, lambda command: stream(command.year), views.KEPT),
    answer=views.answer,
    operations=(
        Command(
            name="designate-key-users",
            command=DesignateKeyUsers,
            check=commands.designate,
            summary="Designate the key energy users of a year",
            route=Route("POST", "/key-users/{year}", PROVINCE, "key users", status=201),
        ),
        Query(
            name="get-key-users",
            ask=queries.get_key_users,
            summary="The key energy users of a year",
            route=Route("GET", "/key-users/{year}", EVERYONE, "key users", area="region"),
        ),
    ),
)
