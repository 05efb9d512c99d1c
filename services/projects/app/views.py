"""Saved views (常用视图) of lists: each caller's own, at most MOST of them, and those that others share with him.

A view holds filters and no rows: whoever uses a shared view queries the list in their own scope.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference
from services.projects.app.context import App
from services.projects.documents.queries import ListDocuments
from services.projects.duties.queries import DutyCalendar
from services.projects.events import CATALOGUE
from services.projects.funds.subsidies.queries import ListSubsidies
from services.projects.matching.listings.queries import ListListings
from services.projects.matching.matches.queries import ListMatches
from services.projects.measures.queries import ListMeasures
from services.projects.meetings.queries import ListMeetings
from services.projects.models import views as models
from services.projects.problems.queries import ListProblems
from services.projects.projects.queries import ListProjects
from services.projects.projects.reserve.queries import ListReserve
from services.projects.queries import paging
from services.projects.reports.queries import ListReports
from services.projects.tables.views import saved_view
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import Problem, invalid, not_found
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
BY_REGION = frozenset({"projects", "problems", "listings", "matches", "reserve", "subsidies", "duties"})
"""Lists whose filter `region` includes the regions below; in other lists it matches that region alone."""
_GOVERNMENTS = frozenset({"province", "city", "county"})
_VIEW = saved_view.c


async def save_view(app: App, call: Call, body: models.SaveView) -> Reply:
    """Keep filters that the list itself would take; the same name again replaces all of it."""
    if "cursor" in body.query:
        raise invalid("A view begins with the first page.", where="query", remedy="Leave the cursor out.")
    try:
        LISTS[body.list].model_validate(body.query)
    except ValidationError as error:
        raise invalid_fields(error) from None
    if body.shared == "below" and call.actor.role not in _GOVERNMENTS:
        raise invalid(
            f"There are no offices below yours: your role is {call.actor.role}.",
            where="shared",
            remedy="Share it with your office.",
        )
    async with app.engine.begin() as conn:
        await _keep(app, conn, call.actor, body.view, body.list, body.query, body.shared)
        return await _reply(app, conn, call)


async def copy_view(app: App, call: Call, body: models.CopyView) -> Reply:
    """Keep a view that is shared with the caller as his own, as he sees it; nothing of his is replaced."""
    name = body.name or body.view
    async with app.engine.begin() as conn:
        tree = await reference.area_tree(conn)
        wanted = select(saved_view).where(_VIEW.subject == body.owner, _VIEW.view == body.view)
        row = (await conn.execute(wanted.where(_seen_by(call.actor, tree)))).one_or_none()
        if row is None:
            raise not_found(
                "view", f"{body.owner} / {body.view}", "GET /views lists your own and those shared with you."
            )
        own = select(saved_view).where(_VIEW.subject == call.actor.subject, _VIEW.view == name)
        if (await conn.execute(own)).one_or_none() is not None:
            raise Problem(
                409,
                "exists",
                "A view of that name",
                f"You keep a view named {name!r} already.",
                where="name",
                remedy="Give the copy another name.",
            )
        query = _narrowed(call.actor, tree, row)
        await _keep(app, conn, call.actor, name, row.list, query, "nobody")
        return await _reply(app, conn, call)


async def remove_view(app: App, call: Call, body: models.RemoveView) -> Reply:
    """Forget a view, for those too with whom it was shared; one that isn't there is forgotten already."""
    async with app.engine.begin() as conn:
        await conn.execute(
            delete(saved_view).where(_VIEW.subject == call.actor.subject, _VIEW.view == body.view)
        )
        return await _reply(app, conn, call)


async def list_views(app: App, call: Call, body: models.ListViews) -> models.SavedViews:
    """The caller's own by name, then those shared with him."""
    async with app.snapshots.connect() as conn:
        return await _views(conn, call.actor, body)


async def _keep(
    app: App,
    conn: AsyncConnection,
    actor: Actor,
    view: str,
    list_name: str,
    query: Mapping[str, Any],
    shared: models.Sharing,
) -> None:
    tree = await reference.area_tree(conn)
    others = (
        select(func.count()).select_from(saved_view).where(_VIEW.subject == actor.subject, _VIEW.view != view)
    )
    if (await conn.execute(others)).scalar_one() >= MOST:
        raise Problem(
            409,
            "too-many-views",
            "Too many views",
            f"You keep {MOST} views already.",
            remedy="Remove one that you don't need.",
        )
    values = {
        "list": list_name,
        "query": query,
        "saved_at": app.clock.now(),
        "shared": shared,
        "role": actor.role,
        "area": _area(actor, tree),
        "organisation": actor.organisation,
    }
    statement = insert(saved_view).values(subject=actor.subject, view=view, **values)
    await conn.execute(statement.on_conflict_do_update(constraint="saved_view_pkey", set_=values))


async def _reply(app: App, conn: AsyncConnection, call: Call) -> Reply:
    views = await _views(conn, call.actor, models.ListViews(mine=True, limit=200, cursor=None))
    return Reply(views.model_dump(mode="json"), CATALOGUE.source, (await app.log.head(conn)).position)


async def _views(conn: AsyncConnection, actor: Actor, body: models.ListViews) -> models.SavedViews:
    tree = await reference.area_tree(conn)
    theirs = (_VIEW.subject != actor.subject).label("theirs")
    query = select(saved_view, theirs).where(_seen_by(actor, tree))
    if body.mine is not None:
        query = query.where(theirs != body.mine)
    if body.list is not None:
        query = query.where(_VIEW.list == body.list)
    if body.cursor:
        whose, subject, name = paging.read(body.cursor, 3)
        after = tuple_(theirs, _VIEW.subject, _VIEW.view)
        query = query.where(after > tuple_(whose == "theirs", subject, name))
    query = query.order_by(theirs, _VIEW.subject, _VIEW.view).limit(body.limit + 1)
    rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    last = page[-1] if len(rows) > body.limit else None
    return models.SavedViews(
        items=[_view(actor, tree, row) for row in page],
        next_cursor=last and paging.cursor("theirs" if last.theirs else "mine", last.subject, last.view),
    )


def _seen_by(actor: Actor, tree: AreaTree) -> ColumnElement[bool]:
    """The actor's own views, and those shared by the same office or by an office above it."""
    area = _area(actor, tree)
    office = and_(
        _VIEW.shared != "nobody",
        _VIEW.role == actor.role,
        _VIEW.area.is_not_distinct_from(area),
        _VIEW.organisation.is_not_distinct_from(actor.organisation),
    )
    seen = or_(_VIEW.subject == actor.subject, office)
    if actor.role not in _GOVERNMENTS or area is None:
        return seen
    above = [each.code for each in tree.all() if tree.covers(each.code, area)]
    return or_(seen, and_(_VIEW.shared == "below", _VIEW.area.in_(above)))


def _area(actor: Actor, tree: AreaTree) -> str | None:
    """The region of the actor's office; tokens of the province may omit it."""
    if actor.role == "province":
        return next((each.code for each in tree.all() if each.level == "province"), actor.area)
    return actor.area


def _narrowed(actor: Actor, tree: AreaTree, row: Any) -> dict[str, Any]:
    """The filters, with a region above the reader's replaced by the reader's own, which is all they may see of it."""
    query, region = dict(row.query), row.query.get("region")
    below = region != actor.area and actor.role in _GOVERNMENTS and actor.area is not None
    if below and row.list in BY_REGION and region is not None and tree.covers(region, actor.area or ""):
        query["region"] = actor.area
    return query


def _view(actor: Actor, tree: AreaTree, row: Any) -> models.SavedView:
    mine = row.subject == actor.subject
    return models.SavedView(
        view=row.view,
        list=row.list,
        query=dict(row.query) if mine else _narrowed(actor, tree, row),
        saved_at=row.saved_at,
        shared=row.shared,
        mine=mine,
        owner=models.ViewOwner(subject=row.subject, role=row.role, region=row.area),
    )
