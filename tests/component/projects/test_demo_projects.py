"""The demo's projects of six programmes, played day by day against the service: every act of theirs is possible."""

import re
from dataclasses import dataclass
from typing import Any, cast

from cli.demo import projects
from cli.demo.world import CITIES
from cli.door import Door
from plans.loader import load_plan
from services.gateway.routes import all_routes
from shared.identity import Actor
from tests.component.projects.conftest import OPS, PLAN, PROVINCE, Service, local

ROUTES = [(re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path)), route) for route in all_routes()]


@dataclass
class ServiceDoor:
    """The demo's door without HTTP: the gateway's table of routes leads to the service's operation."""

    service: Service
    actor: Actor

    async def post(self, path: str, body: dict[str, Any], key: str = "") -> Any:
        for pattern, route in ROUTES:
            found = pattern.fullmatch(path.removeprefix("/api/v1"))
            if found and route.method == "POST":
                named = found.groupdict() | body
                return await self.service.ask(self.actor, route.operation, key=key, **named)
        raise AssertionError(f"no route for {path}")


async def test_the_demos_projects_go_their_way(bare_service: Service) -> None:
    service = bare_service
    await service.ask(OPS, "load-plan", **{**PLAN, **load_plan("fujian-2013").parts()["projects"]})
    province = cast(Door, ServiceDoor(service, PROVINCE))
    cities = {city: cast(Door, ServiceDoor(service, Actor(f"demo-{city}", "city", city))) for city in CITIES}
    for day, _, act in projects.acts(province, cities):
        service.clock.set(local(day.year, day.month, day.day, 11))
        await act()
    listed = (await service.ask(PROVINCE, "list-projects"))["items"]
    assert {each["project"]: each["stage"] for each in listed} == {
        "demo-di-01": "producing",
        "demo-ei-01": "partly_producing",
        "demo-en-01": "producing",
        "demo-in-01": "started",
        "demo-pm-01": "started",
        "demo-tr-01": "accepted",
    }
    assert {code for each in listed for code in each["programmes"]} == {"TR", "PM", "EI", "EN", "IN", "DI"}
    (signed,) = (await service.ask(PROVINCE, "list-signings", ceremony=projects.CEREMONY))["items"]
    assert (signed["project"], signed["standing"], signed["amount"]) == (
        "demo-pm-01",
        "signed",
        "960000000.00",
    )
