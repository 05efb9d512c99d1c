"""The gateway alone, in this process: its real application over services that a test plays."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from services.gateway.settings import GatewaySettings
from shared.identity import Actor
from shared.rpc import Client, Encoded

_KEY = Ed25519PrivateKey.generate()
_AREAS = {"city": "350100", "county": "350181"}


def settings(**more: Any) -> GatewaySettings:
    """Settings with the keys of this test run."""
    public = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return GatewaySettings(
        environment="test",
        jwt_public_key=public,
        position_key=SecretStr("k" * 32),
        pseudonym_key=SecretStr("p" * 32),
        **more,
    )


def token(subject: str, role: str = "province", *, area: str | None = None, **claims: Any) -> str:
    """A good token of that person; `claims` replace its own."""
    now = int(time.time())
    own = {
        "iss": "shengji-local",
        "aud": "shengji",
        "sub": subject,
        "iat": now,
        "exp": now + 600,
        "role": role,
        "area": area or _AREAS.get(role),
        "org": "E-1" if role == "enterprise" else None,
    }
    pem = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    present = {name: value for name, value in (own | claims).items() if value is not None}
    return jwt.encode(present, pem, algorithm="EdDSA")


Answer = Callable[[str, str, dict[str, Any], Actor], Awaitable[Any]]


@dataclass
class PlayedServices(Client):
    """Answers every call as the test says; remembers who asked what."""

    answer: Answer
    asked: list[tuple[str, str, dict[str, Any], Actor]] = field(default_factory=list)

    async def call(
        self, service: str, operation: str, body: dict[str, Any], actor: Actor, **_: Any
    ) -> dict[str, Any]:
        self.asked.append((service, operation, body, actor))
        data = await self.answer(service, operation, body, actor)
        return {"data": data, "source": service, "position": 1}

    async def query(
        self, service: str, operation: str, body: dict[str, Any], actor: Actor, **_: Any
    ) -> Encoded:
        self.asked.append((service, operation, body, actor))
        data = await self.answer(service, operation, body, actor)
        return Encoded(data if isinstance(data, bytes) else httpx.Request("GET", "/", json=data).content)


def caller(app: Any, bearer: str | None = None) -> httpx.AsyncClient:
    """A client of the application's API with that token."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway/api/v1", headers=headers)
