"""Operations and routes of the quarantine. Its table belongs to the readings' store, which the worker writes."""

from services.energy.access import DECIDERS, EVERYONE
from services.energy.quarantine import commands, queries, views
from services.energy.quarantine.decisions import QUARANTINE, DecideOnQuarantined
from services.energy.quarantine.facts import QuarantineEvent, stream
from services.energy.quarantine.store import carry
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

FEATURE = Feature(
    "quarantine",
    history=History(QuarantineEvent, QUARANTINE, lambda command: stream(command.enterprise), beside=carry),
    answer=views.answer,
    operations=(
        Command(
            name="release-quarantined",
            command=DecideOnQuarantined,
            check=commands.release,
            summary="Release quarantined readings",
            route=Route("POST", "/quarantine/releases", DECIDERS, "review"),
        ),
        Command(
            name="drop-quarantined",
            command=DecideOnQuarantined,
            check=commands.drop,
            summary="Drop quarantined readings",
            route=Route("POST", "/quarantine/drops", DECIDERS, "review"),
        ),
        Query(
            name="get-quarantined",
            ask=queries.get_quarantined,
            summary="Get a quarantined reading",
            route=Route("GET", "/quarantine/{reading}", EVERYONE, "review"),
        ),
        Query(
            name="list-quarantine",
            ask=queries.list_quarantine,
            summary="List quarantined readings",
            route=Route("GET", "/quarantine", EVERYONE, "review", organisation="enterprise"),
        ),
    ),
)
