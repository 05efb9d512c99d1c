"""A public route as a service declares it beside the operation; the gateway builds its API from what is written here.

It travels in the operation's contract (`operations.json`, under `route`), without what is as usual.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Attached:
    """A query that the gateway makes for a command or a query, in its caller's name; the answer is attached to it.

    A command needs the answer; a query is asked without it where the other service is away.

    `takes`: fields of the command's request that the question has too; `says`: what else it says. `roles`: it is asked
    for these only (None: for all). An organisation that doesn't name itself asks about itself. `attached`: what goes
    along with this question in its turn.
    """

    service: str
    operation: str
    takes: tuple[str, ...]
    says: Mapping[str, str | int]
    roles: tuple[str, ...] | None = None
    attached: "Attached | None" = None


@dataclass(frozen=True, slots=True)
class Route:
    """One public route.

    `path` is below /api/v1; its parameters, the query and the body make up the one request object.
    `area` and `organisation` name the fields of it that hold the code of an area and the id of an organisation, which
    must be the caller's.
    `attached`: for a command or a query that goes by another service's figures.
    `shared`: the answer is the same for everybody of one role and area. Then it is asked in nobody's name, so that it
    can't depend on the person, and one call answers all who ask it at the same time.
    `media`: where it isn't JSON, the answer is the text in the operation's field `content`.
    """

    method: str
    path: str
    roles: tuple[str, ...]
    tag: str
    area: str | None = None
    organisation: str | None = None
    status: int = 200
    media: str = "application/json"
    attached: Attached | None = None
    shared: bool = False

    def contract(self) -> dict[str, Any]:
        """It as data: only what differs from the defaults."""
        said = asdict(self)
        return {
            each.name: said[each.name]
            for each in fields(self)
            if each.default is MISSING or each.default != getattr(self, each.name)
        }
