"""The public routes: method and path, the operation that answers, who may call, what is scoped.

A service declares its routes with its operations, and its contract carries them here.
"""

from dataclasses import dataclass
from typing import Any

from services.gateway import contracts
from shared.rpc import Attached
from shared.rpc import Route as Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Declared):
    """A route as a service declares it, with the service and its operation that answers."""

    service: str
    operation: str

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
