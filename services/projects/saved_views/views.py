"""Saved views as answers, and where they are kept."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue
from sqlalchemy import Column, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import JSON

from services.projects.common.models import Answer
from services.projects.common.tables import metadata
from services.projects.common.values import Line
from shared.areas import AreaTree
from shared.identity import Actor

ListName = Literal[
    "projects",
    "problems",
    "reports",
    "meetings",
    "listings",
    "matches",
    "reserve",
    "measures",
    "subsidies",
    "documents",
    "duties",
]
ViewName = Annotated[
    Line, Field(min_length=1, max_length=60, description="its name", examples=["在建大项目"])
]


Sharing = Literal["nobody", "office", "below"]
Subject = Annotated[
    str,
    Field(min_length=1, max_length=200, description="its owner, by reference", examples=["fuzhou-office"]),
]
GOVERNMENTS = frozenset({"province", "city", "county"})
BY_REGION = frozenset({"projects", "problems", "listings", "matches", "reserve", "subsidies", "duties"})
"""Lists whose filter `region` includes the regions below; in other lists it matches that region alone."""

TABLE = Table(
    "saved_view",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("view", Text, primary_key=True),
    Column("list", Text),
    Column("query", JSON),
    Column("saved_at", DateTime(timezone=True)),
    Column("shared", Text),
    Column("role", Text),
    Column("area", Text),
    Column("organisation", Text),
)


class ViewOwner(Answer):
    """Whose it is: only he changes it or withdraws it."""

    subject: str = Field(description="by reference", examples=["fuzhou-office"])
    role: str | None = Field(description="null: saved before views could be shared", examples=["city"])
    region: str | None = Field(examples=["350100"])


class SavedView(Answer):
    """Filters under a name: give `query` to the list, which shows each reader only what is his to see."""

    view: str
    list: ListName
    query: dict[str, JsonValue] = Field(
        description="of a shared view: narrowed to your own region where it named one above it"
    )
    saved_at: datetime
    shared: Sharing = Field(description="nobody else, the owner's office, or the governments below it too")
    mine: bool = Field(description="whether it is your own")
    owner: ViewOwner


class SavedViews(Answer):
    """One's own views by name, then those that others share, by owner and name."""

    items: list[SavedView]
    next_cursor: str | None = Field(default=None, description="for the next page; null: this was the last")


def area_of(actor: Actor, tree: AreaTree) -> str | None:
    """The region of the actor's office; tokens of the province may omit it."""
    if actor.role == "province":
        return next((each.code for each in tree.all() if each.level == "province"), actor.area)
    return actor.area


def narrowed(actor: Actor, tree: AreaTree, row: Any) -> dict[str, Any]:
    """The filters, with a region above the reader's replaced by the reader's own, which is all they may see of it."""
    query, region = dict(row.query), row.query.get("region")
    below = region != actor.area and actor.role in GOVERNMENTS and actor.area is not None
    if below and row.list in BY_REGION and region is not None and tree.covers(region, actor.area or ""):
        query["region"] = actor.area
    return query


def presented(actor: Actor, tree: AreaTree, row: Any) -> SavedView:
    mine = row.subject == actor.subject
    return SavedView(
        view=row.view,
        list=row.list,
        query=dict(row.query) if mine else narrowed(actor, tree, row),
        saved_at=row.saved_at,
        shared=row.shared,
        mine=mine,
        owner=ViewOwner(subject=row.subject, role=row.role, region=row.area),
    )
