"""Operations and routes of technology diagnoses."""

from services.projects.access import GOVERNMENT, KEEPERS
from services.projects.diagnoses import commands, queries, views
from services.projects.diagnoses.decisions import DIAGNOSIS, HoldDiagnosis, SettleFinding
from services.projects.diagnoses.facts import DiagnosisEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/diagnoses/{diagnosis}"

FEATURE = Feature(
    "diagnoses",
    history=History(DiagnosisEvent, DIAGNOSIS, lambda command: stream(command.diagnosis), (views.KEPT,)),
    answer=views.answer,
    operations=(
        Command(
            name="hold-diagnosis",
            command=HoldDiagnosis,
            check=commands.hold,
            summary="Record a technology diagnosis of an enterprise",
            route=Route("POST", "/diagnoses", KEEPERS, "matching", area="region", status=201),
        ),
        Command(
            name="settle-finding",
            command=SettleFinding,
            check=commands.settle,
            summary="Say where a finding of a diagnosis led",
            route=Route("POST", f"{_ONE}/findings/{{finding}}", KEEPERS, "matching", status=201),
        ),
        Query(
            name="get-diagnosis",
            ask=queries.get_diagnosis,
            summary="One technology diagnosis with its findings",
            route=Route("GET", _ONE, GOVERNMENT, "matching"),
        ),
        Query(
            name="list-diagnoses",
            ask=queries.list_diagnoses,
            summary="Technology diagnoses, filtered",
            route=Route("GET", "/diagnoses", GOVERNMENT, "matching", area="region"),
        ),
    ),
)
