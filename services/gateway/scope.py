"""Where an actor may look and act: the gateway's own check, before the service makes its own.

Only what the request names is checked here; what it leaves out (a list without a filter) the service
narrows to the actor's scope.
"""

import time
from typing import Any

from services.gateway.auth import CITY, COUNTY, ENTERPRISE
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import forbidden
from shared.rpc import Client

_KEEP_S = 60.0


class Scope:
    """Checks regions against a tree that is asked of assessment and kept for a minute."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tree = AreaTree([])
        self._loaded_at = float("-inf")

    async def check(
        self, actor: Actor, request: dict[str, Any], area: str | None, organisation: str | None
    ) -> None:
        """Raises Problem 403 when the request names a region or an enterprise outside the actor's scope."""
        if actor.role in (CITY, COUNTY) and area and isinstance(code := request.get(area), str):
            await self._check_area(actor, code)
        if actor.role == ENTERPRISE and organisation:
            named = request.get(organisation)
            if named is not None and named != actor.organisation:
                raise forbidden(f"Your token is for enterprise {actor.organisation}, not {named!r}.")

    async def _check_area(self, actor: Actor, code: str) -> None:
        tree = await self._areas(actor, code)
        # An unknown code is the service's to refuse: it knows what codes there are, and says so.
        if actor.area and code in tree and not tree.covers(actor.area, code):
            raise forbidden(f"Region {code} is not under {actor.area}, which your token is for.")

    async def _areas(self, actor: Actor, wanted: str) -> AreaTree:
        stale = time.monotonic() - self._loaded_at > _KEEP_S
        if stale or wanted not in self._tree:
            self._tree = AreaTree.read(await self._all_regions(actor))
            self._loaded_at = time.monotonic()
        return self._tree

    async def _all_regions(self, actor: Actor) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next_cursor": None}
        while True:
            query = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = (await self._client.call("assessment", "list-regions", query, actor))["data"]
            items += page["items"]
            if not page["next_cursor"]:
                return items
