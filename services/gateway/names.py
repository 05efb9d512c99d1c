"""Names of codes (regions, industries, programmes, tags, stages), queried from projects and cached for a minute."""

import time

from services.gateway.exports import Names as Known
from shared.identity import Actor
from shared.language import Language
from shared.problems import Problem
from shared.rpc import Client

_KEEP_S = 60.0


class Names:
    """What codes are called, by language."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[Language, tuple[float, Known]] = {}

    async def of(self, actor: Actor, language: Language) -> Known:
        """The names by list and code; empty if projects runs an older release without this query."""
        found = self._known.get(language)
        if found is None or time.monotonic() - found[0] > _KEEP_S:
            try:
                answer = await self._client.call("projects", "list-names", {"language": language}, actor)
            except Problem as problem:
                if problem.code != "no-such-operation":
                    raise
                return {}
            found = self._known[language] = (time.monotonic(), answer["data"]["names"])
        return found[1]
