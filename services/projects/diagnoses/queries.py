"""Questions about technology diagnoses."""

from pydantic import ConfigDict, Field
from sqlalchemy import func, select

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import RegionCode
from services.projects.diagnoses.decisions import DIAGNOSIS, DiagnosisId
from services.projects.diagnoses.facts import Diagnosis, stream
from services.projects.diagnoses.views import TABLE, DiagnosisSummary, DiagnosisView, view
from services.projects.plan import reference
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_ORDER = lists.Order(TABLE.c.diagnosis)


class GetDiagnosis(Request):
    """Ask for one diagnosis."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"diagnosis": "ZD-2013-03"}]})

    diagnosis: DiagnosisId


class ListDiagnoses(Request):
    """Ask for diagnoses; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100"}]})

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    industry: str | None = Field(
        default=None, pattern=r"^[A-Z]?\d{1,4}$", description="whose industry code begins so", examples=["34"]
    )
    unsettled: bool | None = Field(default=None, description="true: with a finding that led nowhere yet")
    limit: Limit
    cursor: Cursor


class DiagnosisTotals(Answer):
    """What all diagnoses that the filters leave come to."""

    diagnoses: int
    findings: int
    needs: int
    projects: int
    dismissed: int


class DiagnosisPage(Answer):
    """A page of diagnoses, and what all of them come to."""

    items: list[DiagnosisSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    totals: DiagnosisTotals


async def get_diagnosis(service: Service, call: Call, body: GetDiagnosis) -> DiagnosisView:
    """What was found, and where each finding led."""
    async with service.snapshots.connect() as conn:
        state, _ = await service.state(conn, DIAGNOSIS, stream(body.diagnosis))
        tree = await reference.area_tree(conn)
    if not isinstance(state, Diagnosis) or not access.may_see_project(
        call.actor, tree, state.held.region, state.held.enterprise
    ):
        raise not_found("diagnosis", body.diagnosis)
    return view(state)


async def list_diagnoses(service: Service, call: Call, body: ListDiagnoses) -> DiagnosisPage:
    """Every filter narrows; the totals are of all that they leave."""
    t = TABLE.c
    where = []
    if body.industry:
        where.append(t.industry.startswith(body.industry))
    if body.unsettled is not None:
        settled = t.needs + t.projects + t.dismissed
        where.append(settled < t.findings if body.unsettled else settled == t.findings)
    sums = {each.name: func.sum(each) for each in (t.findings, t.needs, t.projects, t.dismissed)}
    async with service.snapshots.connect() as conn:
        where += access.conditions(call.actor, await reference.area_tree(conn), t, body.region)
        query = select(TABLE).where(*where)
        page = await _ORDER.page(conn, query, body)
        totals = await lists.totals(conn, query, diagnoses=func.count(), **sums)
    return DiagnosisPage(
        items=[DiagnosisSummary.model_validate(row._mapping) for row in page.rows],
        next_cursor=page.next_cursor,
        totals=DiagnosisTotals(**totals),
    )
