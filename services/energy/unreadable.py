"""`python -m services.energy.unreadable`: the messages on READINGS that no worker could read.

Without options it lists those that nobody has looked at. `--acknowledge --by WHO --reason WHY` says that they have
been: their alert ends, and they stay, whole, with who and why. None of them counts; their devices send again.
"""

import argparse
import asyncio
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import runtime_engine
from shared.settings import Settings

_OPEN = text(
    "SELECT id, p, sequence, reason, quarantined_at, length(body) AS bytes FROM undecodable "
    "WHERE acknowledged_at IS NULL ORDER BY id"
)
_ACKNOWLEDGE = text(
    "UPDATE undecodable SET acknowledged_at = now(), acknowledged_by = :by, acknowledged_because = :because "
    "WHERE acknowledged_at IS NULL AND id <= :last"
)


async def listed(conn: AsyncConnection) -> list[str]:
    """A line for each that nobody has looked at, the oldest first."""
    return [
        f"{row.id}\tpartition {row.p}, sequence {row.sequence}\t{row.quarantined_at.isoformat()}\t"
        f"{row.bytes} bytes\t{row.reason}"
        for row in await conn.execute(_OPEN)
    ]


async def acknowledge(conn: AsyncConnection, by: str, because: str, last: int) -> int:
    """Say that those up to number `last` have been looked at; how many that were."""
    done = await conn.execute(_ACKNOWLEDGE, {"by": by, "because": because, "last": last})
    return done.rowcount


async def main(options: argparse.Namespace) -> None:
    """The command."""
    url = Settings().database_url
    if url is None:
        raise SystemExit("set SHENGJI_DATABASE_URL, as the process energy has it")
    engine = runtime_engine(url.get_secret_value(), application="unreadable", pool=1)
    try:
        async with engine.begin() as conn:
            lines = await listed(conn)
            for line in lines:
                print(line)
            if options.acknowledge and lines:
                last = int(lines[-1].split("\t")[0])  # one that came since has not been shown to anybody
                count = await acknowledge(conn, options.by, options.reason, last)
                print(f"{count} acknowledged")
            elif not lines:
                print("none waits to be looked at")
    finally:
        await engine.dispose()


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; acknowledging wants both who and why."""
    parser = argparse.ArgumentParser(prog="python -m services.energy.unreadable", description=__doc__)
    parser.add_argument(
        "--acknowledge", action="store_true", help="say that all that are listed have been looked at"
    )
    parser.add_argument("--by", default="", help="who did")
    parser.add_argument("--reason", default="", help="what was found")
    options = parser.parse_args(arguments)
    if options.acknowledge and not (options.by.strip() and options.reason.strip()):
        parser.error("--acknowledge needs --by and --reason: they stand beside the messages")
    return options


if __name__ == "__main__":
    asyncio.run(main(parse(sys.argv[1:])))
