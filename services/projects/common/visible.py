"""Narrows a list to what its reader may see, and to the region asked for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false

from services.projects import scope
from shared.areas import AreaTree
from shared.identity import Actor


def conditions(
    actor: Actor, tree: AreaTree, table: Any, region: str | None = None
) -> Sequence[ColumnElement[bool]]:
    """Conditions on the columns `region` and `enterprise` of `table`.

    `region` narrows the list to that region and those below it. Raises Problem 422 for an
    unknown region, 403 for one outside the actor's scope.
    """
    found: list[ColumnElement[bool]] = []
    regions = scope.visible_regions(actor, tree)
    if actor.role == "enterprise":
        found.append(table.enterprise == actor.organisation if actor.organisation else false())
    elif regions is not None:
        found.append(table.region.in_(regions))
    if region:
        found.append(table.region.in_(scope.asked_regions(actor, tree, region)))
    return found
