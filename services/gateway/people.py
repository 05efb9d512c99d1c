"""Registers in the directory of people who sends commands: once per person, in the background.

Only senders of commands are registered, never readers. A command neither waits for the registration nor fails with it;
a failed one is repeated with the person's next command.
"""

import asyncio
from collections import OrderedDict

import structlog

from services.gateway.auth import Caller
from shared.identity import system_actor
from shared.problems import Problem
from shared.rpc import Client

_MOST_REMEMBERED = 50_000
_log = structlog.get_logger("gateway")


class People:
    """The gateway's side of the directory."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._told: OrderedDict[tuple[str, str | None, str | None], None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def acts(self, caller: Caller) -> None:
        """Registers the sender of a command in the background, unless this process did so before."""
        known = (caller.actor.subject, caller.name, caller.contact)
        if known in self._told:
            self._told.move_to_end(known)
            return
        self._told[known] = None
        if len(self._told) > _MOST_REMEMBERED:
            self._told.popitem(last=False)
        task = asyncio.create_task(self._tell(caller, known))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, caller: Caller, known: tuple[str, str | None, str | None]) -> None:
        person = {
            "reference": caller.actor.subject,
            "subject": caller.subject,
            "name": caller.name,
            "contact": caller.contact,
        }
        try:
            await self._client.call("assessment", "note-person", person, system_actor("gateway"))
        except Problem as problem:
            self._told.pop(known, None)
            _log.warning(
                "the directory of people was not told", reference=person["reference"], code=problem.code
            )
