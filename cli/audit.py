"""`shengji audit verify`: recompute the chain of every service's event log, and compare it with its anchors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy import topology
from deploy.local.attach import attach
from shared import anchors
from shared.anchors import Anchor
from shared.clock import SystemClock
from shared.database import runtime_engine
from shared.event_log import EventLog, Verification


@dataclass(frozen=True, slots=True)
class Audit:
    """What the check of one log found. `contradicted`: anchors that the log doesn't bear out, and why."""

    chain: Verification
    agreeing: int
    contradicted: tuple[str, ...]
    given_up: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return self.chain.broken_at is None and not self.contradicted


async def verify(data: Path, service: str | None, outside: Sequence[Path], console: Console) -> int:
    """Print what was found of each log; 1 if any chain is broken or an anchor contradicts it."""
    system = attach(data)
    names = [each.name for each in topology.SERVICES if each.stream]
    if service is not None and service not in names:
        raise ValueError(f"{service!r} has no event log: give one of {', '.join(names)}")
    unsound = 0
    for name in [service] if service else names:
        known = [each for folder in (data / "anchors", *outside) for each in _anchors(folder, name)]
        result = await audit_log(system.addresses.databases[name][0], known)
        unsound += not result.sound
        tell(name, result, console)
    return 1 if unsound else 0


def tell(name: str, audit: Audit, console: Console) -> None:
    """Print a line for the log, and one for each fault and each part that a restore gave up."""
    chain = audit.chain
    if chain.broken_at is None:
        head = chain.hash.hex()[:16] or "empty"
        mark = "[green]✓[/]" if audit.sound else "[red]✗[/]"
        console.print(
            f"{mark} {name}: {chain.checked} events, head {chain.position} {head}, {audit.agreeing} anchors agree"
        )
    else:
        console.print(f"[red]✗[/] {name}: broken at position {chain.broken_at}: {chain.reason}")
    for line in audit.contradicted:
        console.print(f"  [red]✗[/] {line}")
    for line in audit.given_up:
        console.print(f"  [yellow]·[/] {line}")


async def audit_log(database_url: str, known: Sequence[Anchor]) -> Audit:
    """Check one log as of this moment; concurrent appends don't affect the result."""
    engine = runtime_engine(database_url, application="audit", pool=1)
    try:
        async with engine.connect() as conn:
            await conn.execution_options(isolation_level="REPEATABLE READ")
            chain = await EventLog(SystemClock()).verify(conn)
            return await compare(conn, chain, known)
    finally:
        await engine.dispose()


async def compare(conn: AsyncConnection, chain: Verification, known: Sequence[Anchor]) -> Audit:
    """Anchors against the log: each must stand in it, unless a restore from backup says that it was given up."""
    log = EventLog(SystemClock())
    incarnation = str((await log.head(conn)).incarnation)
    kept = _kept(incarnation, known)
    agreeing, contradicted, given_up = 0, [], []
    for anchor in known:
        until = kept.get(anchor.incarnation)
        if until is None:
            contradicted.append(
                f"anchor of {anchor.at}: position {anchor.position} of another log ({anchor.incarnation[:8]}), "
                "and no restore says how this log came from it"
            )
        elif until >= 0 and anchor.position > until:
            given_up.append(
                f"anchor of {anchor.at}: position {anchor.position}, given up by a restore to {until}"
            )
        else:
            found = await log.hash_at(conn, anchor.position)
            if found is None:
                contradicted.append(
                    f"anchor of {anchor.at}: position {anchor.position}, but the log ends at {chain.position}"
                )
            elif found.hex() != anchor.hash:
                contradicted.append(
                    f"anchor of {anchor.at}: position {anchor.position} had {anchor.hash[:16]}, "
                    f"the log has {found.hex()[:16]}"
                )
            else:
                agreeing += 1
    return Audit(chain, agreeing, tuple(contradicted), tuple(given_up))


def _kept(incarnation: str, known: Sequence[Anchor]) -> dict[str, int]:
    """By incarnation, the last position that this log shares with it; -1: all, it is the log's own."""
    restores = {anchor.incarnation: anchor for anchor in known if anchor.restored_from}
    kept = {incarnation: -1}
    until: int | None = None
    while incarnation in restores:
        note = restores[incarnation]
        until = note.position if until is None else min(until, note.position)
        incarnation = str(note.restored_from)
        if incarnation in kept:
            break
        kept[incarnation] = until
    return kept


def _anchors(folder: Path, name: str) -> list[Anchor]:
    try:
        return anchors.read(folder, name)
    except anchors.AnchorError as error:
        raise ValueError(str(error)) from error
