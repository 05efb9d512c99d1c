"""The public routes: method and path, the operation that answers, who may call, what is scoped.

A service declares them with its operations, and they come here in its contract; those that none declares yet stand in
the modules of this package.
"""

from dataclasses import dataclass
from typing import Any

from services.gateway import contracts
from services.gateway.auth import CITY, COUNTY, ENTERPRISE, OPS, PROVINCE
from shared.rpc import Attached as Attached

EVERYONE = (PROVINCE, CITY, COUNTY, ENTERPRISE, OPS)
GOVERNMENT = (PROVINCE, CITY, COUNTY, OPS)


@dataclass(frozen=True, slots=True)
class Route:
    """One public route.

    `path` is below /api/v1; its parameters, the query and the body make up the one request object.
    `area` and `organisation` name the fields of it that hold a region's code and an enterprise's id.
    `attached`: for a command or a query that goes by another service's figures.
    `shared`: the answer is the same for everybody of one role and area. Then it is asked in nobody's name, so that it
    can't depend on the person, and one call answers all who ask it at the same time.
    `media`: where it isn't JSON, the answer is the text in the operation's field `content`.
    """

    method: str
    path: str
    service: str
    operation: str
    roles: tuple[str, ...]
    tag: str
    area: str | None = None
    organisation: str | None = None
    status: int = 200
    media: str = "application/json"
    attached: Attached | None = None
    shared: bool = False

    @property
    def path_parameters(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


def all_routes() -> list[Route]:
    """Every route, sorted by path: a fixed part comes before a parameter, which would swallow it."""
    from services.gateway.routes import (
        appraisals,
        energy,
        imports,
        matching,
        plan,
        pre_reviews,
        problems,
        projects,
        reserve,
    )

    declared = [_route(service, name, route) for service, name, route in contracts.routes()]
    listed = [
        *plan.ROUTES,
        *appraisals.ROUTES,
        *projects.ROUTES,
        *pre_reviews.ROUTES,
        *problems.ROUTES,
        *matching.ROUTES,
        *reserve.ROUTES,
        *imports.ROUTES,
        *energy.ROUTES,
    ]
    return sorted([*listed, *declared], key=lambda route: (_fixed_first(route.path), route.method))


def _fixed_first(path: str) -> list[tuple[bool, str]]:
    return [(part.startswith("{"), part) for part in path.split("/")]


def _route(service: str, operation: str, declared: dict[str, Any]) -> Route:
    """A route as its contract has it."""
    attached = _attached(declared.get("attached"))
    return Route(
        service=service,
        operation=operation,
        **{**declared, "roles": tuple(declared["roles"]), "attached": attached},
    )


def _attached(declared: dict[str, Any] | None) -> Attached | None:
    if declared is None:
        return None
    roles = declared["roles"]
    return Attached(
        **{
            **declared,
            "takes": tuple(declared["takes"]),
            "roles": None if roles is None else tuple(roles),
            "attached": _attached(declared.get("attached")),
        }
    )
