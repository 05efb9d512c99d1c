"""`shengji audit verify`: recompute the chain of every service's event log."""

from pathlib import Path

from rich.console import Console

from deploy import topology
from deploy.local.attach import attach
from shared.clock import SystemClock
from shared.database import runtime_engine
from shared.event_log import EventLog, Verification


async def verify(data: Path, service: str | None, console: Console) -> int:
    """Print one line per log; 1 if any chain is broken."""
    system = attach(data)
    names = [each.name for each in topology.SERVICES if each.stream]
    if service is not None and service not in names:
        raise ValueError(f"{service!r} has no event log: give one of {', '.join(names)}")
    broken = 0
    for name in [service] if service else names:
        result = await verify_log(system.addresses.databases[name][0])
        if result.broken_at is None:
            head = result.hash.hex()[:16] or "empty"
            console.print(f"[green]✓[/] {name}: {result.checked} events, head {result.position} {head}")
        else:
            broken += 1
            console.print(f"[red]✗[/] {name}: broken at position {result.broken_at}: {result.reason}")
    return 1 if broken else 0


async def verify_log(database_url: str) -> Verification:
    """Check one log as of this moment: appends that go on meanwhile don't disturb."""
    engine = runtime_engine(database_url, application="audit", pool=1)
    try:
        async with engine.connect() as conn:
            await conn.execution_options(isolation_level="REPEATABLE READ")
            return await EventLog(SystemClock()).verify(conn)
    finally:
        await engine.dispose()
