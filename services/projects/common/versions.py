"""The version of each row of a list, which an edit must name, so that edits can be made straight from the list.

Versions are counted in the log, as the command runner does (`shared.decider.Edit`); no table stores them. Rows and
versions must come from one snapshot (`Service.snapshots`): an old row with a new version would let an edit undo
another.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.service import Service


async def of_streams(service: Service, conn: AsyncConnection, streams: Sequence[str]) -> list[int]:
    """The versions of things that have a stream of their own, in the order of `streams`."""
    found = await service.log.count(conn, streams)
    return [found.get((stream, None), 0) for stream in streams]
