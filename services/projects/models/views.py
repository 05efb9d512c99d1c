"""Requests and answers about saved views (常用视图) of lists."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.projects.models.base import Answer, Line, Request

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


class RemoveView(Request):
    """A view that is no longer wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"view": "在建大项目"}]})

    view: ViewName


class ListViews(Request):
    """Ask for one's own views."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class SavedView(Answer):
    """Filters under a name: give `query` to the list."""

    view: str
    list: ListName
    query: dict[str, JsonValue]
    saved_at: datetime


class SavedViews(Answer):
    """One's own views, by name."""

    items: list[SavedView]
