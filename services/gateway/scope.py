"""Checks that the regions a request names exist and are in the actor's scope, before the service checks by itself.

Only what the request names is checked here; where it names no region (a list without a filter), the service
narrows the answer to the actor's scope.
"""

import time
from typing import Any

from services.gateway.auth import CITY, COUNTY, ENTERPRISE
from services.gateway.routes import Route
from shared.areas import AreaTree
from shared.identity import Actor
from shared.language import Language
from shared.problems import Problem, forbidden
from shared.rpc import Client
from shared.unknown_region import unknown_region

_KEEP_S = 60.0
_AGAIN_S = 1.0
"""Seconds before an unknown code is looked up again, because each lookup fetches the list of all regions."""
_REGIONS = ("region", "regions")
"""Fields of requests that hold codes of regions."""


class Scope:
    """Checks regions against the tree of regions, queried from assessment and cached for a minute."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tree = AreaTree([])
        self._loaded_at = float("-inf")

    async def check(
        self, actor: Actor, request: dict[str, Any], route: Route, language: Language = "en"
    ) -> None:
        """Raises Problem 403 when the request names a region or an enterprise outside the actor's scope, 422 when
        there is no such region."""
        for name in _REGIONS:
            given = request.get(name)
            for code in given if isinstance(given, list) else [given]:
                if isinstance(code, str) and route.operation != "get-region":
                    await self.check_known(actor, code, name, language)
        if actor.role in (CITY, COUNTY) and route.area and isinstance(code := request.get(route.area), str):
            await self._check_area(actor, code)
        if actor.role == ENTERPRISE and route.organisation:
            named = request.get(route.organisation)
            if named is not None and named != actor.organisation:
                raise forbidden(f"Your token is for enterprise {actor.organisation}, not {named!r}.")

    async def check_known(self, actor: Actor, code: str, where: str, language: Language) -> None:
        """Raises Problem 422 if no plan defines a region with that code."""
        if code in self._tree:
            return
        try:
            tree = await self._areas(actor, code)
        except Problem as away:
            if away.status != 503:
                raise
            return  # assessment can't be reached; the service that gets the request checks regions too
        if len(tree) and code not in tree:
            raise unknown_region(tree, code, where, language)

    async def _check_area(self, actor: Actor, code: str) -> None:
        tree = await self._areas(actor, code)
        # Before a plan is loaded no code is known: the service's own check answers.
        if actor.area and code in tree and not tree.covers(actor.area, code):
            raise forbidden(f"Region {code} is not under {actor.area}, which your token is for.")

    async def _areas(self, actor: Actor, wanted: str) -> AreaTree:
        age = time.monotonic() - self._loaded_at
        if age > _KEEP_S or (age > _AGAIN_S and wanted not in self._tree):
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
