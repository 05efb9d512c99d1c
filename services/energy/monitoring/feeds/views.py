"""Feeds as rows: what lists read, and what the watch decides on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, DateTime, Integer, Table, Text

from services.energy.common.tables import metadata
from services.energy.monitoring.feeds.facts import FeedState, Flowing, Silent, Unwatched
from shared.kept import Kept

TABLE = Table(
    "feed_state",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("version", Integer),
    Column("silent_since", DateTime(timezone=True)),
)


def row(state: Flowing | Silent) -> Mapping[str, Any]:
    """The feed of one enterprise."""
    return {
        "enterprise": state.enterprise,
        "version": state.version,
        "silent_since": state.since if isinstance(state, Silent) else None,
    }


def _parts(state: FeedState) -> Mapping[str, Flowing | Silent]:
    return {} if isinstance(state, Unwatched) else {"": state}


KEPT: Kept[FeedState, Flowing | Silent] = Kept(TABLE, _parts, row)
