"""`shengji revoke`: end the access of a person of this machine's own token issuer, or of any reference."""

import re
from pathlib import Path

from rich.console import Console

from cli.tokens import ISSUER, token_for
from clients.door import Door
from deploy.local.attach import attach
from deploy.local.secrets import load_or_create
from shared.identity import reference

_REFERENCE = re.compile(r"p-[a-z2-7]{24}")


async def revoke(data: Path, person: str, reason: str, console: Console) -> None:
    """Revoke the access of a subject or a reference. Raises DoorError when the gateway says no."""
    system = attach(data)
    if not _REFERENCE.fullmatch(person):
        person = reference(load_or_create(data).pseudonym_key, ISSUER, person)
    token = token_for(data, role="ops", subject="operator")
    async with Door(system.gateway, token) as door:
        done = await door.post(f"/api/v1/people/{person}/revocations", {"reason": reason})
    console.print(f"[green]✓[/] tokens of {person} issued until {done['issued_until']} hold no longer")
