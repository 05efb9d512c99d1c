"""The callers, a table's rows, and what a valid request for a route is made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.component.gateway.world import CITY, COUNTY, OTHER_CITY, OTHER_COUNTY, World

CALLERS = ("province", "ops", "city", "city'", "county", "county'", "enterprise", "enterprise'")
REASON = {"reason": "made for a test"}


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request: what goes into the path, the query, the body."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


Sample = Callable[[World], Awaitable[Ask]]


def rows(table: str) -> dict[str, dict[str, int]]:
    """The expected status by route ("GET /plans") and caller. ValueError where a route has two lines."""
    found: dict[str, dict[str, int]] = {}
    for line in table.strip().splitlines():
        if line.startswith("#"):
            continue
        method, path, *statuses = line.split()
        route = f"{method} {path}"
        if route in found:
            raise ValueError(f"{route} has two lines")
        found[route] = dict(zip(CALLERS, map(int, statuses), strict=True))
    return found


def client(world: World, caller: str) -> httpx.AsyncClient:
    """The client of a column."""
    role, foreign = caller.removesuffix("'"), caller.endswith("'")
    match role:
        case "city":
            return world.portal.city(OTHER_CITY if foreign else CITY)
        case "county":
            return world.portal.caller("county", OTHER_COUNTY if foreign else COUNTY)
        case "enterprise":
            return world.portal.caller("enterprise", organisation=world.away if foreign else world.home)
        case _:
            return world.portal.caller(role)


def same(
    path: Callable[[World], dict[str, Any]] | None = None,
    query: Callable[[World], dict[str, Any]] | None = None,
    body: Callable[[World], dict[str, Any]] | None = None,
) -> Sample:
    """A request that can be made again and again."""

    async def ask(world: World) -> Ask:
        return Ask(path(world) if path else {}, query(world) if query else {}, body(world) if body else {})

    return ask


def of_city(world: World) -> dict[str, Any]:
    """The city by its region."""
    return {"region": CITY}


def of_county(world: World) -> dict[str, Any]:
    """The county by its region."""
    return {"region": COUNTY}


def of_both(world: World) -> dict[str, Any]:
    """The county and its enterprise."""
    return {"region": COUNTY, "enterprise": world.home}


def tr6a(world: World) -> dict[str, Any]:
    """A target of the plan."""
    return {"target": "TR-6a"}
