"""What waits for a person, as metrics: quarantine by reason, messages that nobody could read, silent feeds."""

import asyncio

import structlog
from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import telemetry
from shared.outage import LOST

EVERY_S = 15.0

_log = structlog.get_logger(__name__)
_HELD = text(
    "SELECT reason, count(*) AS n FROM quarantine WHERE state = 'held' GROUP BY reason ORDER BY reason"
)
_UNDECODABLE = text("SELECT count(*) FROM undecodable WHERE acknowledged_at IS NULL")
_SILENT = text("SELECT count(*) FROM feed_state WHERE silent_since IS NOT NULL")
_depth: dict[str, int] = {}
_unreadable: int | None = None
_silent: int | None = None


async def look(engine: AsyncEngine) -> None:
    """Count once. A reason that is empty by now stays, with 0."""
    global _unreadable, _silent
    async with engine.connect() as conn:
        held = {row.reason: row.n for row in await conn.execute(_HELD)}
        _unreadable = int(await conn.scalar(_UNDECODABLE) or 0)
        _silent = int(await conn.scalar(_SILENT) or 0)
    for reason in {"unknown_meter", *_depth, *held}:
        _depth[reason] = held.get(reason, 0)


async def run(engine: AsyncEngine) -> None:
    """Count at intervals until cancelled. An outage of the database only makes the figures stale."""
    while True:
        try:
            await look(engine)
        except (SQLAlchemyError, *LOST) as error:
            _log.warning("the quarantine could not be counted", error=repr(error))
        await asyncio.sleep(EVERY_S)


def _depths(_options: CallbackOptions) -> list[Observation]:
    return [Observation(count, {"reason": reason}) for reason, count in sorted(_depth.items())]


def _messages(_options: CallbackOptions) -> list[Observation]:
    return [] if _unreadable is None else [Observation(_unreadable)]


def _silent_feeds(_options: CallbackOptions) -> list[Observation]:
    return [] if _silent is None else [Observation(_silent)]


_meter = telemetry.meter(__name__)
_meter.create_observable_gauge(
    "shengji.quarantine.readings", [_depths], unit="{reading}", description="held in quarantine, by reason"
)
_meter.create_observable_gauge(
    "shengji.quarantine.messages",
    [_messages],
    unit="{message}",
    description="kept because nobody can read them, and not yet acknowledged",
)
_meter.create_observable_gauge(
    "shengji.feeds.silent", [_silent_feeds], unit="{feed}", description="feeds that should speak and do not"
)
