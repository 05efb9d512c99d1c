"""Consistent reads: all statements of a query see the database as of one moment.

A list's page and its totals, a thing and its version, come from several statements. Under READ COMMITTED each of them
sees a moment of its own, so that a page could show 35 of 247 while the totals knew 248.
"""

from sqlalchemy.ext.asyncio import AsyncEngine


def snapshots(engine: AsyncEngine) -> AsyncEngine:
    """The same pool; every transaction of its connections sees the state at its first statement (REPEATABLE READ)."""
    return engine.execution_options(isolation_level="REPEATABLE READ")
