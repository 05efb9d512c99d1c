"""Moments as the readings' store has them: whole seconds since 1970. Their days are those of `shared.clock`."""

from datetime import UTC, datetime

# Decisions may import nothing of `shared` but values: what they know of days comes through here.
from shared.clock import local_day as local_day


def moment(seconds: int) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
