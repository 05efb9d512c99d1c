"""Tells an outage of the database, which passes, from an error in what was asked of it."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises of a connection that is gone. The last: its session was ended between two of its messages, and
asyncpg takes that for an error of its own ("cannot switch to state 15; another operation is in progress")."""
# SQLSTATE classes: connection, resources, operator intervention and time limits, serialization failure, and a login
# that is refused: that is the installation's fault, never that of what was asked.
_CLASSES = ("08", "53", "57", "40", "28")
# A lock, or the transaction itself, took too long; no such database; a missing right; a database that
# takes no connections, as while it is restored.
_STATES = ("55P03", "25P03", "3D000", "42501", "55000")


def is_outage(error: BaseException) -> bool:
    """Whether the same request may succeed later: no connection, none free, cut off, refused, or too slow."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_CLASSES) or state in _STATES
    if isinstance(error, asyncpg.PostgresError):
        # The driver's own: parts of a transaction may go past SQLAlchemy.
        return (error.sqlstate or "").startswith(_CLASSES) or error.sqlstate in _STATES
    return isinstance(error, (PoolTimeout, *LOST))


def reason(error: BaseException) -> str:
    """An outage in one line, with what to look at where the login is refused."""
    cause = error
    if (
        isinstance(error, DBAPIError) and error.orig is not None
    ):  # SQLAlchemy's words, and the driver's own below
        cause = error.orig.__cause__ or error.orig
    said = str(cause).strip().splitlines()
    line = f"{type(cause).__name__}: {said[0]}" if said else type(cause).__name__
    state = getattr(cause, "sqlstate", None) or ""
    if state.startswith("28") or state in ("3D000", "42501"):
        line += " (see SHENGJI_DATABASE_URL, and the roles that `python -m deploy.databases` makes)"
    return line[:500]
