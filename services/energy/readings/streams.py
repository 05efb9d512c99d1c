"""Which READINGS this is. A stream that is re-created after a loss begins at sequence 1 again: its number, the next
one, keeps the ranks of its readings above those of the streams before it (`readings.ranks`)."""

from datetime import datetime

from services.energy.readings.memory import Connection

_ADD = """
INSERT INTO reading_stream (number, created)
SELECT coalesce(max(number) + 1, 0), $1 FROM reading_stream HAVING NOT coalesce(bool_or(created = $1), false)
ON CONFLICT DO NOTHING
"""


async def number_of(conn: Connection, created: datetime) -> int:
    """The number of the stream that was made at this moment, its own for ever. Raises CheckViolationError after 64."""
    while True:
        found: int | None = await conn.fetchval(
            "SELECT number FROM reading_stream WHERE created = $1", created
        )
        if found is not None:
            return found
        # Of two workers that meet it at once, one may be refused: it finds what the other has written.
        await conn.execute(_ADD, created)
