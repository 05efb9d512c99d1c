"""Operations and routes of designations. They are public notices, so `region` only filters and is no access scope."""

from services.assessment.access import EVERYONE, OF_PROVINCE
from services.assessment.designations import commands, queries, views
from services.assessment.designations.decisions import (
    DESIGNATION,
    AssessDesignation,
    Designate,
    WarnDesignation,
    WithdrawDesignation,
)
from services.assessment.designations.facts import DesignationEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/designations/{designation}"
_TAG = "designations"

FEATURE = Feature(
    "designations",
    history=History(
        DesignationEvent, DESIGNATION, lambda command: stream(command.designation), (views.KEPT,)
    ),
    answer=views.answer,
    operations=(
        Command(
            name="designate",
            command=Designate,
            check=commands.designate,
            summary="Designate an enterprise, centre or park",
            route=Route("POST", "/designations", OF_PROVINCE, _TAG, status=201),
        ),
        Command(
            name="assess-designation",
            command=AssessDesignation,
            check=commands.assess,
            summary="Enter a periodic assessment",
            route=Route("POST", f"{_ONE}/assessments", OF_PROVINCE, _TAG),
        ),
        Command(
            name="warn-designation",
            command=WarnDesignation,
            check=commands.warn,
            summary="Warn a designated one",
            route=Route("POST", f"{_ONE}/warnings", OF_PROVINCE, _TAG),
        ),
        Command(
            name="withdraw-designation",
            command=WithdrawDesignation,
            check=commands.withdraw,
            summary="Withdraw a designation",
            route=Route("POST", f"{_ONE}/withdrawal", OF_PROVINCE, _TAG),
        ),
        Query(
            name="list-designations",
            ask=queries.list_designations,
            summary="List designations",
            route=Route("GET", "/designations", EVERYONE, _TAG),
        ),
        Query(
            name="get-designation",
            ask=queries.get_designation,
            summary="Read a designation with its history",
            route=Route("GET", _ONE, EVERYONE, _TAG),
        ),
        Query(
            name="list-designation-kinds",
            ask=queries.list_kinds,
            summary="List the kinds of designations",
            route=Route("GET", "/designation-kinds", EVERYONE, _TAG),
        ),
    ),
)
