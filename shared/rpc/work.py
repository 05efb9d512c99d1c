"""The calls that a service is working on: a repeat joins the call that it repeats, and abandoned work is cancelled."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.rpc.message import Call

_REMEMBERED = 1_000
"""How many calls that were given up before they began are remembered, so that they never begin."""


@dataclass(frozen=True, slots=True)
class _Running:
    call: Call
    ends: bool
    task: asyncio.Task[bytes]


class Work:
    """One task per call. A repeat is the same message byte for byte, so the message is its name."""

    def __init__(self) -> None:
        self._running: dict[bytes, _Running] = {}
        self._given_up: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def join(
        self, raw: bytes, call: Call, answer: Callable[[], Awaitable[bytes]], *, ends: bool
    ) -> bytes | None:
        """What `answer` returns, made once however often the call comes. None: its caller has given it up.

        `ends`: it may be cancelled, which a command never is.
        """
        if ends and _name(call) in self._given_up:
            return None
        running = self._running.get(raw)
        if running is None:
            task = asyncio.ensure_future(answer())
            running = self._running[raw] = _Running(call, ends, task)
            task.add_done_callback(lambda _: self._running.pop(raw, None))
        # One waiter may be cancelled; the work goes on for the other waiters.
        await asyncio.wait([running.task])
        return None if running.task.cancelled() else running.task.result()

    def give_up(self, call: Call) -> None:
        """Nobody waits for this caller's call of this id any more: cancel it, or don't begin it."""
        name = _name(call)
        found = [each for each in self._running.values() if _name(each.call) == name]
        for each in found:
            if each.ends:
                each.task.cancel()
        if not found:
            self._given_up[name] = None
            while len(self._given_up) > _REMEMBERED:
                self._given_up.popitem(last=False)


def _name(call: Call) -> tuple[str, str]:
    return call.actor.subject, call.command_id
