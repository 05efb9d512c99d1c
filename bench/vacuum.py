"""What PostgreSQL's autovacuum works on while something is measured: looked at four times a second."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg

_EVERY_S = 0.25
_AT_WORK = """
    SELECT regexp_replace(query, '^autovacuum: | \\(.*$', '', 'g') FROM pg_stat_activity
    WHERE backend_type = 'autovacuum worker' AND query <> ''
"""


@dataclass(slots=True)
class Vacuums:
    """How often each kind of work was seen, and in how many looks."""

    looks: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def shares(self) -> list[tuple[str, float]]:
        """Work (VACUUM or ANALYZE, and of what) with the share of the looks in which it was under way."""
        return [(work, count / self.looks) for work, count in self.seen.most_common()]

    def __str__(self) -> str:
        return ", ".join(f"{work} {share:.0%}" for work, share in self.shares()) or "none"


@contextlib.asynccontextmanager
async def vacuums(admin_url: str) -> AsyncIterator[Vacuums]:
    """Look while the block runs. `admin_url`: the superuser's, to whom everybody's work is shown."""
    found = Vacuums()
    db = await asyncpg.connect(admin_url)

    async def look() -> None:
        while True:
            rows = await db.fetch(_AT_WORK)
            found.looks += 1
            found.seen.update({row[0] for row in rows})
            await asyncio.sleep(_EVERY_S)

    looking = asyncio.create_task(look())
    try:
        yield found
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await db.close()
