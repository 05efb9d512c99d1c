"""Questions about technology diagnoses."""

from sqlalchemy import func, select

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.events import CATALOGUE, DIAGNOSIS, diagnosis_stream
from services.projects.models import diagnoses as models
from services.projects.queries import paging, visible
from services.projects.views.diagnoses import diagnosis_view
from shared.problems import not_found
from shared.rpc import Call


async def get_diagnosis(app: App, call: Call, body: models.GetDiagnosis) -> models.DiagnosisView:
    """A diagnosis with its findings; 404 too where it isn't the actor's to see."""
    t = tables.diagnosis.c
    async with app.snapshots.connect() as conn:
        row = (
            await conn.execute(select(t.region, t.enterprise).where(t.diagnosis == body.diagnosis))
        ).one_or_none()
        tree = await reference.area_tree(conn)
        if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
            raise not_found("diagnosis", body.diagnosis)
        history = await app.log.load(conn, diagnosis_stream(body.diagnosis))
    return diagnosis_view(DIAGNOSIS.fold([CATALOGUE.decode(event) for event in history]))


async def list_diagnoses(app: App, call: Call, body: models.ListDiagnoses) -> models.DiagnosisPage:
    """A page of diagnoses in order of their ids, with the totals of all that the filters leave."""
    t = tables.diagnosis.c
    conditions = []
    if body.industry:
        conditions.append(t.industry.startswith(body.industry))
    if body.unsettled is not None:
        settled = t.needs + t.projects + t.dismissed
        conditions.append(settled < t.findings if body.unsettled else settled == t.findings)
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        conditions += visible.conditions(call.actor, tree, t, body.region)
        sums = (
            func.coalesce(func.sum(t[name]), 0) for name in ("findings", "needs", "projects", "dismissed")
        )
        total = (await conn.execute(select(func.count(), *sums).where(*conditions))).one()
        query = select(tables.diagnosis).where(*conditions)
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(t.diagnosis > after)
        rows = (await conn.execute(query.order_by(t.diagnosis).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    names = ("diagnoses", "findings", "needs", "projects", "dismissed")
    return models.DiagnosisPage(
        items=[models.DiagnosisSummary.model_validate(dict(row._mapping)) for row in page],
        next_cursor=paging.cursor(page[-1].diagnosis) if len(rows) > body.limit else None,
        totals=models.DiagnosisTotals(**dict(zip(names, total, strict=True))),
    )
