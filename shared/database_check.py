"""Whether a process's database answers, for its readiness: asked, not remembered."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from shared.health import OK, Check, Status
from shared.outage import is_outage, reason

ANSWER_S = 1.5
"""How long the answer may take, in seconds: less than a check may."""


class DatabaseCheck:
    """A round trip at each look.

    Before the first one the process is not ready: a wrong password or address is found at the start, and not by whoever
    asks first. `away` is the status while the database is away later: `degraded` for a process that works on without.
    """

    def __init__(self, engine: AsyncEngine, away: Status = "failing") -> None:
        self._engine = engine
        self._answered = False
        self.away = away

    async def __call__(self) -> Check:
        """Ask it."""
        try:
            async with asyncio.timeout(ANSWER_S), self._engine.connect() as conn:
                await conn.execute(text("SELECT 1"))
        except (TimeoutError, PoolTimeout):
            if self._answered and self._busy():
                return Check("degraded", "every connection of the pool is in use")
            return self._failing(f"no answer within {ANSWER_S:g} s")
        except Exception as error:
            if not is_outage(error):
                raise
            return self._failing(reason(error))
        self._answered = True
        return OK

    def _failing(self, why: str) -> Check:
        return Check(self.away if self._answered else "failing", f"the database: {why}")

    def _busy(self) -> bool:
        pool = self._engine.pool
        return isinstance(pool, QueuePool) and pool.checkedout() >= pool.size()
