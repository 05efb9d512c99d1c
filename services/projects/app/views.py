"""Saved views (常用视图) of lists: each caller's own, at most MOST of them."""

from pydantic import BaseModel, ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.app.context import App
from services.projects.events import CATALOGUE
from services.projects.models import views as models
from services.projects.models.documents import ListDocuments
from services.projects.models.duties import DutyCalendar
from services.projects.models.matching import ListListings, ListMatches
from services.projects.models.measures import ListMeasures
from services.projects.models.meetings import ListMeetings
from services.projects.models.problems import ListProblems
from services.projects.models.projects import ListProjects
from services.projects.models.reports import ListReports
from services.projects.models.reserve import ListReserve
from services.projects.models.subsidies import ListSubsidies
from services.projects.tables.views import saved_view
from shared.problems import Problem, invalid
from shared.rpc import Call, Reply, invalid_fields

MOST = 100
LISTS: dict[str, type[BaseModel]] = {
    "projects": ListProjects,
    "problems": ListProblems,
    "reports": ListReports,
    "meetings": ListMeetings,
    "listings": ListListings,
    "matches": ListMatches,
    "reserve": ListReserve,
    "measures": ListMeasures,
    "subsidies": ListSubsidies,
    "documents": ListDocuments,
    "duties": DutyCalendar,
}


async def save_view(app: App, call: Call, body: models.SaveView) -> Reply:
    """Keep filters that the list itself would take; the same name again replaces them."""
    if "cursor" in body.query:
        raise invalid("A view begins with the first page.", where="query", remedy="Leave the cursor out.")
    try:
        LISTS[body.list].model_validate(body.query)
    except ValidationError as error:
        raise invalid_fields(error) from None
    async with app.engine.begin() as conn:
        if await _count(conn, call.actor.subject) >= MOST:
            raise Problem(
                409,
                "too-many-views",
                "Too many views",
                f"You keep {MOST} views already.",
                remedy="Remove one that you don't need.",
            )
        values = {"list": body.list, "query": body.query, "saved_at": app.clock.now()}
        statement = insert(saved_view).values(subject=call.actor.subject, view=body.view, **values)
        await conn.execute(statement.on_conflict_do_update(constraint="saved_view_pkey", set_=values))
        return await _reply(app, conn, call)


async def remove_view(app: App, call: Call, body: models.RemoveView) -> Reply:
    """Forget a view; one that isn't there is forgotten already."""
    table = saved_view.c
    async with app.engine.begin() as conn:
        await conn.execute(
            delete(saved_view).where(table.subject == call.actor.subject, table.view == body.view)
        )
        return await _reply(app, conn, call)


async def list_views(app: App, call: Call, body: models.ListViews) -> models.SavedViews:
    """The caller's own, by name."""
    async with app.engine.connect() as conn:
        return await _views(conn, call.actor.subject)


async def _reply(app: App, conn: AsyncConnection, call: Call) -> Reply:
    views = await _views(conn, call.actor.subject)
    return Reply(views.model_dump(mode="json"), CATALOGUE.source, (await app.log.head(conn)).position)


async def _views(conn: AsyncConnection, subject: str) -> models.SavedViews:
    table = saved_view.c
    rows = await conn.execute(select(saved_view).where(table.subject == subject).order_by(table.view))
    return models.SavedViews(items=[models.SavedView.model_validate(dict(row._mapping)) for row in rows])


async def _count(conn: AsyncConnection, subject: str) -> int:
    counted = select(func.count()).select_from(saved_view).where(saved_view.c.subject == subject)
    return int((await conn.execute(counted)).scalar_one())
