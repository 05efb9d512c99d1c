"""Where in an answer names are looked for: everywhere that its types let one stand, and nowhere else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, cast

import pytest
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.identity import Actor
from shared.naming import Name, Naming
from shared.rpc import Call

CALL = Call("1", Actor("office", "province", "350000"), "any", {})


class Place(BaseModel):
    region: str = "350181"
    region_name: Name = None


class Branch(BaseModel):
    kind: Literal["leaf", "branch"] = "leaf"
    place: Place | None = None
    branches: list["Branch"] = []


class Held(BaseModel):
    """One of everything that a name can stand in."""

    place: Place = Place()
    maybe: Place | None = Place()
    many: list[Place] = [Place()]
    limited: Annotated[list[Annotated[Place, Field()]], Field(max_length=9)] = [Place()]
    by_key: dict[str, Place] = {"a": Place()}
    anything: Any = Place()
    plain: dict[str, Any] = {"deep": [{"region": "350181", "region_name": None}]}
    branch: Branch = Branch(kind="branch", branches=[Branch(place=Place())])


class Figure(BaseModel):
    amount: int = 1


class Figures(BaseModel):
    place: Place = Place()
    unnamed: str | None = None
    figures: list[Figure] = [Figure()]


async def _names(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    return dict.fromkeys(ids, "福清市")


class NoDatabase:
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        yield None


async def named(answer: Any) -> Any:
    names = Naming({"region": "region"}, {"region": _names})
    return await names.named(cast(AsyncEngine, NoDatabase()), CALL, answer)


@pytest.mark.parametrize("field", list(Held.model_fields))
async def test_a_name_is_found_wherever_it_can_stand(field: str) -> None:
    told = (await named(Held())).model_dump_json(include={field})
    assert told.count('"region_name":"福清市"') == 1
    assert '"region_name":null' not in told


async def test_a_part_that_can_hold_no_name_is_left_as_it_is() -> None:
    figures = Figures()
    told = await named(figures)
    assert told.place.region_name == "福清市"
    assert told.figures is figures.figures


async def test_what_needs_no_name_is_answered_itself() -> None:
    figure = Figure()
    assert await named(figure) is figure
    known = Place(region_name="长乐市")
    assert (await named([known]))[0].region_name == "长乐市"
