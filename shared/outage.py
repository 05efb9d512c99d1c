"""Tells an outage of the database, which passes, from an error in what was asked of it."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises of a connection that is gone. The last: its session was ended between two of its messages, and
asyncpg takes that for an error of its own ("cannot switch to state 15; another operation is in progress")."""
# SQLSTATE classes: connection, resources, operator intervention and time limits, serialization failure.
_CLASSES = ("08", "53", "57", "40")
_STATES = ("55P03", "25P03")  # a lock, or the transaction itself, took too long


def is_outage(error: BaseException) -> bool:
    """Whether the same request may succeed later: no connection, none free, cut off, or too slow."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_CLASSES) or state in _STATES
    if isinstance(error, asyncpg.PostgresError):
        # The driver's own: parts of a transaction may go past SQLAlchemy.
        return (error.sqlstate or "").startswith(_CLASSES) or error.sqlstate in _STATES
    return isinstance(error, (PoolTimeout, *LOST))
