"""People as the running system knows them: the reference of a subject, and a person who is in the directory."""

from pathlib import Path

from cli.tokens import ISSUER, token_for
from deploy.local.secrets import load_or_create
from shared.identity import reference
from tests.kit.portal import Portal, ok
from tests.kit.servers import wait_for


def reference_of(data: Path, subject: str) -> str:
    """The reference under which that subject of the local issuer acts in the system of this data folder."""
    return reference(load_or_create(data).pseudonym_key, ISSUER, subject)


async def acting_person(portal: Portal, subject: str) -> str:
    """Let a person of that subject send a command; the reference, once the directory knows it."""
    data = portal.system.settings.data
    found = reference_of(data, subject)
    async with portal.with_token(token_for(data, role="province", subject=subject)) as person:
        ok(
            await person.post(
                "/key-users/2009", json={"basis": "equivalent", "source": "示例", "enterprises": []}
            )
        )

    async def known() -> bool:
        return (await portal.ops.get(f"/people/{found}")).status_code == 200

    await wait_for(known, what=f"{subject} is in the directory")
    return found
