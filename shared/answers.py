"""Stored answers to commands are kept for a time, then forgotten: the log keeps what was done, not what was answered.

Within that time a repeat gets the answer that its command got; a key that comes back later is a new command.
"""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.cancellation import end_if_cancelled
from shared.clock import Clock

EVERY_S = 3600.0
AT_ONCE = 5_000
"""Rows deleted in one transaction: few, so that commands that store their answers at that time don't wait."""

_FORGET = text("""
    DELETE FROM command WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM command WHERE recorded_at < :before LIMIT :most))
""")
_log = structlog.get_logger(__name__)


async def forget_old(engine: AsyncEngine, clock: Clock, days: int) -> int:
    """Forget the answers that are older than `days` days of the Clock; returns how many they were."""
    before, forgotten = clock.now() - timedelta(days=days), 0
    while True:
        async with engine.begin() as conn:
            count = (await conn.execute(_FORGET, {"before": before, "most": AT_ONCE})).rowcount
        forgotten += count
        if count < AT_ONCE:
            return forgotten


async def forget_regularly(engine: AsyncEngine, clock: Clock, days: int) -> None:
    """Call `forget_old` once an hour until cancelled. A failure is logged and tried again an hour later."""
    while True:
        end_if_cancelled()
        try:
            if count := await forget_old(engine, clock, days):
                _log.info("old answers forgotten", count=count, days=days)
        except Exception as error:
            _log.warning("old answers are kept for now", error=repr(error))
        await asyncio.sleep(EVERY_S)
