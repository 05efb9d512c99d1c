"""Operations on technology diagnoses (技术提升诊断): IN-14."""

from services.projects.api.base import Serving, ops
from services.projects.app import diagnoses
from services.projects.models import diagnoses as models
from services.projects.queries import diagnoses as queries
from shared.rpc import Call, Reply


@ops.command(
    "hold-diagnosis",
    request=models.HoldDiagnosis,
    response=models.DiagnosisView,
    summary="Record a technology diagnosis of an enterprise",
)
async def hold_diagnosis(call: Call, body: models.HoldDiagnosis) -> Reply:
    """Who diagnosed, and what was found, numbered from 1. The same again changes nothing."""
    return await diagnoses.hold(Serving.app, call, body)


@ops.command(
    "settle-finding",
    request=models.SettleFinding,
    response=models.DiagnosisView,
    summary="Say where a finding of a diagnosis led",
)
async def settle_finding(call: Call, body: models.SettleFinding) -> Reply:
    """To a technology need of the meeting point, to a project, or dismissed with a reason: once."""
    return await diagnoses.settle(Serving.app, call, body)


@ops.query(
    "get-diagnosis",
    request=models.GetDiagnosis,
    response=models.DiagnosisView,
    summary="One technology diagnosis with its findings",
)
async def get_diagnosis(call: Call, body: models.GetDiagnosis) -> models.DiagnosisView:
    """What was found, and where each finding led."""
    return await queries.get_diagnosis(Serving.app, call, body)


@ops.query(
    "list-diagnoses",
    request=models.ListDiagnoses,
    response=models.DiagnosisPage,
    summary="Technology diagnoses, filtered",
)
async def list_diagnoses(call: Call, body: models.ListDiagnoses) -> models.DiagnosisPage:
    """Every filter narrows; the totals are of all that they leave."""
    return await queries.list_diagnoses(Serving.app, call, body)
