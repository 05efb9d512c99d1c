"""The public routes, as a table: method and path, the operation that answers, who may call, what is scoped."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.gateway.auth import CITY, COUNTY, ENTERPRISE, OPS, PROVINCE

EVERYONE = (PROVINCE, CITY, COUNTY, ENTERPRISE, OPS)
GOVERNMENT = (PROVINCE, CITY, COUNTY, OPS)


@dataclass(frozen=True, slots=True)
class Attached:
    """A question that the door asks for a command or a query, as its caller; the answer goes along with it.

    A command needs the answer; a query is asked without it where the other service is away.

    `takes`: fields of the command's request that the question has too; `says`: what else it says. `roles`: it is asked
    for these only (None: for all). An enterprise that doesn't name itself asks about itself.
    """

    service: str
    operation: str
    takes: tuple[str, ...]
    says: Mapping[str, str | int]
    roles: tuple[str, ...] | None = None


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
    """Every route of the table, in the order of the documentation."""
    from services.gateway.routes import (
        appraisals,
        designations,
        diagnoses,
        documents,
        duties,
        energy,
        imports,
        matching,
        measures,
        money,
        plan,
        pre_reviews,
        problems,
        progress,
        projects,
        reserve,
    )

    return [
        *progress.ROUTES,
        *plan.ROUTES,
        *appraisals.ROUTES,
        *designations.ROUTES,
        *projects.ROUTES,
        *pre_reviews.ROUTES,
        *problems.ROUTES,
        *duties.ROUTES,
        *money.ROUTES,
        *matching.ROUTES,
        *reserve.ROUTES,
        *diagnoses.ROUTES,
        *imports.ROUTES,
        *documents.ROUTES,
        *measures.ROUTES,
        *energy.ROUTES,
    ]
