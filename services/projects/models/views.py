"""Requests and answers about saved views (常用视图) of lists."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.projects.models.base import Answer, Cursor, Line, Request

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


class ListViews(Request):
    """Ask for one's own views, and those that others share with one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"list": "projects"}]})

    list: ListName | None = Field(default=None, description="of this list only")
    mine: bool | None = Field(default=None, description="true: one's own only; false: those of others only")
    limit: Annotated[int, Field(default=200, ge=1, le=200, description="items on a page")]
    cursor: Cursor


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
