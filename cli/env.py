"""`shengji env`: where the running system is, as lines for a shell."""

import shlex
from pathlib import Path

from cli.tokens import token_for
from deploy.local.attach import attach


def shell_lines(data: Path, *, role: str, area: str | None = None, organisation: str | None = None) -> str:
    """`export API=…`, METERS and TOKEN (an hour). Raises StartError when no system runs in `data`."""
    system = attach(data)
    token = token_for(data, role=role, area=area, organisation=organisation, hours=1.0)
    known = {"API": f"{system.gateway}/api/v1", "METERS": system.intake, "TOKEN": token}
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in known.items())
