"""Commands on technology diagnoses (技术提升诊断)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import diagnosis
from services.projects.domain.diagnosis import DiagnosisCommand, DiagnosisHeld, FindingOutcome
from services.projects.domain.refusal import Refused
from services.projects.events import DIAGNOSIS, diagnosis_stream
from services.projects.models import diagnoses as models
from services.projects.views.diagnoses import diagnosis_view
from shared.problems import not_found
from shared.rpc import Call, Reply


async def hold(app: App, call: Call, body: models.HoldDiagnosis) -> Reply:
    """Record a diagnosis, by who keeps the region's projects."""
    today = app.today()

    async def command(conn: AsyncConnection) -> DiagnosisCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_project_write(call.actor, tree, body.region)
        checks.check_industry(body.industry, today)
        return diagnosis.HoldDiagnosis(
            DiagnosisHeld(
                diagnosis=body.diagnosis,
                enterprise=body.enterprise,
                enterprise_name=body.enterprise_name,
                region=body.region,
                industry=body.industry,
                institute=body.institute,
                findings=tuple(body.findings),
                evidence=body.evidence,
                on=body.on or today,
                reported_by=body.reported_by or call.actor.subject,
            ),
            today,
        )

    return await _run(app, call, body.diagnosis, command)


async def settle(app: App, call: Call, body: models.SettleFinding) -> Reply:
    """Say where a finding led: what it names must be there."""
    today = app.today()

    async def command(conn: AsyncConnection) -> DiagnosisCommand:
        t = tables.diagnosis.c
        region = (
            await conn.execute(select(t.region).where(t.diagnosis == body.diagnosis))
        ).scalar_one_or_none()
        tree = await reference.area_tree(conn)
        if region is None or not scope.may_see_project(call.actor, tree, region, None):
            raise not_found("diagnosis", body.diagnosis)
        scope.check_project_write(call.actor, tree, region)
        if body.reference is not None:
            await _check_reference(conn, call, body.outcome, body.reference)
        return diagnosis.SettleFinding(
            diagnosis=body.diagnosis,
            finding=body.finding,
            outcome=body.outcome,
            on=body.on or today,
            reported_by=body.reported_by or call.actor.subject,
            today=today,
            reference=body.reference,
            reason=body.reason,
        )

    return await _run(app, call, body.diagnosis, command)


async def _check_reference(conn: AsyncConnection, call: Call, outcome: FindingOutcome, name: str) -> None:
    """A project, or a need of the meeting point technology, that the actor may see. Raises Refused."""
    tree = await reference.area_tree(conn)
    if outcome is FindingOutcome.PROJECT:
        region = await reference.project_region(conn, name)
        found = region is not None and scope.may_see_project(call.actor, tree, region, None)
    else:
        t = tables.listing.c
        need = select(tables.listing).where(t.listing == name, t.meeting == "technology", t.side == "need")
        row = (await conn.execute(need)).one_or_none()
        found = row is not None and scope.may_see_listing(call.actor, tree, row)
    if not found:
        raise Refused(
            f"There is no {outcome} {name!r}.",
            code="unknown-reference",
            where="reference",
            remedy="Register the technology need or the project first.",
        )


async def _run(app: App, call: Call, name: str, command: Making[DiagnosisCommand]) -> Reply:
    def answer(state: diagnosis.DiagnosisState, events: Sequence[diagnosis.DiagnosisEvent]) -> object:
        return diagnosis_view(state).model_dump(mode="json")

    return await app.run(call, diagnosis_stream(name), DIAGNOSIS, command, answer=answer)
