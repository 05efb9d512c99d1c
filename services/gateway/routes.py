"""The public routes: method and path, the operation that answers, who may call, what is scoped.

A service declares its routes with its operations, and its contract carries them here.
"""

from dataclasses import dataclass
from typing import Any

from services.gateway import contracts
from shared.rpc import Attached


@dataclass(frozen=True, slots=True)
class Route:
    """One public route.

    `path` is below /api/v1; its parameters, the query and the body make up the one request object.
    `area` and `organisation` name the request's fields that hold a region's code and an enterprise's id.
    `attached`: another service's query whose answer the gateway attaches to the request.
    `shared`: the answer is the same for everybody of one role and area. The gateway then calls without the person, so
    that the answer can't depend on it, and one call answers all concurrent requests.
    `media`: if it isn't JSON, the answer is the text in the operation's field `content`.
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
    """Every route, sorted by path: fixed segments before parameters, which would match them too."""
    declared = (_route(service, name, route) for service, name, route in contracts.routes())
    return sorted(declared, key=lambda route: (_fixed_first(route.path), route.method))


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
