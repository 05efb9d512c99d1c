"""What a caller does with views: keep, copy, forget."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.models import Request
from services.projects.documents.queries import ListDocuments
from services.projects.duties.queries import DutyCalendar
from services.projects.funds.subsidies.queries import ListSubsidies
from services.projects.matching.listings.queries import ListListings
from services.projects.matching.matches.queries import ListMatches
from services.projects.measures.queries import ListMeasures
from services.projects.meetings.queries import ListMeetings
from services.projects.plan import reference
from services.projects.problems.queries import ListProblems
from services.projects.projects.queries import ListProjects
from services.projects.projects.reserve.queries import ListReserve
from services.projects.reports.queries import ListReports
from services.projects.saved_views.queries import ListViews, seen_by, views
from services.projects.saved_views.views import (
    GOVERNMENTS,
    TABLE,
    ListName,
    Sharing,
    Subject,
    ViewName,
    area_of,
    narrowed,
)
from shared.identity import Actor
from shared.problems import Problem, invalid, not_found
from shared.rpc import Call, Reply, invalid_fields
from shared.service import Service

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
_VIEW = TABLE.c


class SaveView(Request):
    """Filters to keep under a name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "view": "在建大项目",
                    "list": "projects",
                    "query": {"stage": "started", "sort": "total_investment", "descending": True},
                }
            ]
        }
    )

    view: ViewName
    list: ListName = Field(
        description="of which list; `duties` is the duty calendar, `subsidies` the applications to funds"
    )
    query: dict[Annotated[str, Field(max_length=40)], JsonValue] = Field(
        max_length=40, description="that list's own filters and order, without a cursor"
    )
    shared: Sharing = Field(
        default="nobody",
        description="who may see it and copy it: nobody else; your office (the same role and region, or "
        "organisation); or the governments below it too. To withdraw it, save it with nobody",
    )


class RemoveView(Request):
    """A view that is no longer wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"view": "在建大项目"}]})

    view: ViewName


class CopyView(Request):
    """Make a shared view one's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"owner": "fuzhou-office", "view": "在建大项目", "name": "福清在建大项目"}]
        }
    )

    owner: Subject
    view: ViewName
    name: ViewName | None = Field(default=None, description="its name among yours; null: the same")


async def save_view(service: Service, call: Call, body: SaveView) -> Reply:
    """Under a name, for yourself or shared with your office or those below; the same name again replaces them."""
    if "cursor" in body.query:
        raise invalid("A view begins with the first page.", where="query", remedy="Leave the cursor out.")
    try:
        LISTS[body.list].model_validate(body.query)
    except ValidationError as error:
        raise invalid_fields(error) from None
    if body.shared == "below" and call.actor.role not in GOVERNMENTS:
        raise invalid(
            f"There are no offices below yours: your role is {call.actor.role}.",
            where="shared",
            remedy="Share it with your office.",
        )
    async with service.engine.begin() as conn:
        await _keep(service, conn, call.actor, body.view, body.list, body.query, body.shared)
        return await _reply(service, conn, call)


async def copy_view(service: Service, call: Call, body: CopyView) -> Reply:
    """As you see it; from then on it is yours to change, and what its owner changes doesn't touch it."""
    name = body.name or body.view
    async with service.engine.begin() as conn:
        tree = await reference.area_tree(conn)
        wanted = select(TABLE).where(_VIEW.subject == body.owner, _VIEW.view == body.view)
        row = (await conn.execute(wanted.where(seen_by(call.actor, tree)))).one_or_none()
        if row is None:
            raise not_found(
                "view", f"{body.owner} / {body.view}", "GET /views lists your own and those shared with you."
            )
        own = select(TABLE).where(_VIEW.subject == call.actor.subject, _VIEW.view == name)
        if (await conn.execute(own)).one_or_none() is not None:
            raise Problem(
                409,
                "exists",
                "A view of that name",
                f"You keep a view named {name!r} already.",
                where="name",
                remedy="Give the copy another name.",
            )
        query = narrowed(call.actor, tree, row)
        await _keep(service, conn, call.actor, name, row.list, query, "nobody")
        return await _reply(service, conn, call)


async def remove_view(service: Service, call: Call, body: RemoveView) -> Reply:
    """What isn't there is forgotten already."""
    async with service.engine.begin() as conn:
        await conn.execute(delete(TABLE).where(_VIEW.subject == call.actor.subject, _VIEW.view == body.view))
        return await _reply(service, conn, call)


async def _keep(
    service: Service,
    conn: AsyncConnection,
    actor: Actor,
    view: str,
    list_name: str,
    query: Mapping[str, Any],
    shared: Sharing,
) -> None:
    tree = await reference.area_tree(conn)
    others = select(func.count()).select_from(TABLE).where(_VIEW.subject == actor.subject, _VIEW.view != view)
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
        "saved_at": service.clock.now(),
        "shared": shared,
        "role": actor.role,
        "area": area_of(actor, tree),
        "organisation": actor.organisation,
    }
    statement = insert(TABLE).values(subject=actor.subject, view=view, **values)
    await conn.execute(statement.on_conflict_do_update(constraint="saved_view_pkey", set_=values))


async def _reply(service: Service, conn: AsyncConnection, call: Call) -> Reply:
    found = await views(conn, call.actor, ListViews(mine=True, limit=200, cursor=None))
    return Reply(
        found.model_dump(mode="json"), service.catalogue.source, (await service.log.head(conn)).position
    )
