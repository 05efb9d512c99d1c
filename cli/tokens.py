"""Bearer tokens for one machine: signed with the local Ed25519 key, verified by the gateway."""

import time
from pathlib import Path

import jwt

from deploy.local.secrets import load_or_create

ISSUER = "shengji-local"
AUDIENCE = "shengji"
ROLES = ("province", "city", "county", "enterprise", "ops")


def mint(
    signing_key: str,
    *,
    subject: str,
    role: str,
    area: str | None = None,
    organisation: str | None = None,
    hours: float = 8.0,
) -> str:
    """A token for `hours`. What a role needs (city: an area, enterprise: an organisation) is checked here too."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is no role: give one of {', '.join(ROLES)}")
    if role in ("city", "county") and not area:
        raise ValueError(f"a token for role {role} needs --area, a region's code such as 350100")
    if role == "enterprise" and not organisation:
        raise ValueError("a token for role enterprise needs --org, the enterprise's id")
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": now,
        "exp": now + int(hours * 3600),
        "role": role,
        "area": area,
        "org": organisation,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, signing_key, algorithm="EdDSA")


def token_for(
    data: Path,
    *,
    role: str,
    area: str | None = None,
    organisation: str | None = None,
    subject: str = "local-user",
    hours: float = 8.0,
    signing_key: Path | None = None,
) -> str:
    """A token signed with the key of that file, else of the data folder. Raises ValueError for a folder without one."""
    if signing_key is not None:
        key = signing_key.read_text("utf-8")
        return mint(key, subject=subject, role=role, area=area, organisation=organisation, hours=hours)
    if not (data / "secrets.json").exists():
        raise ValueError(
            f"{data} holds no signing key. Start the system once with `shengji up` or `make demo`, "
            "or name its folder with --data."
        )
    key = load_or_create(data).signing_key
    return mint(key, subject=subject, role=role, area=area, organisation=organisation, hours=hours)
