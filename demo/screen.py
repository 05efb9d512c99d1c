"""Draws the situation: live on a terminal, as a table every few seconds where output goes to a file or pipe."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
from rich.console import Console, RenderableType
from rich.live import Live

from clients.door import Door, DoorError
from demo.board import draw
from demo.state import Situation

ASK_S = 1.0
_SNAPSHOT_S = 10.0
_FRAMES_A_SECOND = 4


@contextlib.asynccontextmanager
async def shown(situation: Situation, door: Door, console: Console) -> AsyncIterator[None]:
    """Draw as long as the block runs; the last state stays on the screen."""
    asking = asyncio.create_task(_keep_asking(situation, door), name="ask for the board")
    drawing = asyncio.create_task(_keep_drawing(situation, console), name="draw the board")
    try:
        yield
    finally:
        for task in (asking, drawing):
            task.cancel()
        await asyncio.gather(asking, drawing, return_exceptions=True)


async def refresh(situation: Situation, door: Door) -> None:
    """Ask for the board once."""
    situation.show(await door.get("/api/v1/progress/board"))


async def _keep_asking(situation: Situation, door: Door) -> None:
    while True:
        try:
            await refresh(situation, door)
        except (DoorError, httpx.TransportError) as problem:
            # The board is a view: it says what is wrong and comes back by itself.
            situation.trouble = f"board: {problem!r}"
        await asyncio.sleep(ASK_S)


async def _keep_drawing(situation: Situation, console: Console) -> None:
    if not console.is_terminal:
        await _print_snapshots(situation, console)
    with Live(
        get_renderable=lambda: _frame(situation, console),
        console=console,
        refresh_per_second=_FRAMES_A_SECOND,
        vertical_overflow="crop",
    ):
        await asyncio.Event().wait()


def _frame(situation: Situation, console: Console) -> RenderableType:
    return draw(situation, console.width)


async def _print_snapshots(situation: Situation, console: Console) -> Any:
    printed: int = 0
    next_board = time.monotonic()
    while True:
        await asyncio.sleep(0.5)
        if situation.board is not None and time.monotonic() >= next_board:
            console.print(draw(situation, console.width))
            next_board = time.monotonic() + _SNAPSHOT_S
            printed += 1
