"""Moments as the readings' store has them: whole seconds since 1970."""

from datetime import UTC, datetime


def moment(seconds: int) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
