"""The version of each row of a list, which an edit must name, so that edits can be made straight from the list.

Versions are counted in the log, as the command runner does (`shared.decider.Edit`); no table stores them. Rows and
versions must come from one snapshot (`App.snapshots`): an old row with a new version would let an edit undo another.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.duties.facts import EDITS, stream
from services.projects.funds import facts as funds
from shared.service import Service


async def of_streams(service: Service, conn: AsyncConnection, streams: Sequence[str]) -> list[int]:
    """The versions of things that have a stream of their own, in the order of `streams`."""
    found = await service.log.count(conn, streams)
    return [found.get((stream, None), 0) for stream in streams]


async def of_applications(
    service: Service, conn: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> list[int]:
    """The versions of applications, each named by fund and id."""
    found = await service.log.count(conn, list({funds.stream(fund) for fund, _ in keys}), None, "application")
    return [found.get((funds.stream(fund), application), 0) for fund, application in keys]


async def of_occasions(
    service: Service, conn: AsyncConnection, keys: Sequence[tuple[str, str, str]]
) -> list[int]:
    """The versions of occasions of duties, each named by duty, region and period."""
    streams = list({stream(duty, region) for duty, region, _ in keys})
    found = await service.log.count(conn, streams, [each.__name__ for each in EDITS], "period")
    return [found.get((stream(duty, region), period), 0) for duty, region, period in keys]
