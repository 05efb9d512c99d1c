"""A small OpenID Connect issuer on loopback: discovery, a key set that rotates, tokens of three algorithms."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.asgi import HttpServer

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
_RSA = rsa.generate_private_key(65537, 2048)  # one for all tests: making it takes a while


def new_key(algorithm: str) -> PrivateKey:
    """A key for that algorithm (RS256 always gets the same one)."""
    match algorithm:
        case "RS256":
            return _RSA
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def jwk(key_id: str | None, key: PrivateKey, **changes: Any) -> dict[str, Any]:
    """The public half, as a key set lists it."""
    public = key.public_key()
    match public:
        case rsa.RSAPublicKey():
            made = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True) | {"alg": "RS256"}
        case ec.EllipticCurvePublicKey():
            made = jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True) | {"alg": "ES256"}
        case _:
            made = jwt.algorithms.OKPAlgorithm.to_jwk(public, as_dict=True) | {"alg": "EdDSA"}
    made = {key: value for key, value in made.items() if key != "key_ops"}
    return {**made, "use": "sig", **({"kid": key_id} if key_id else {}), **changes}


class Issuer:
    """The issuer. `keys` is what its key set lists; `asked` counts how often that was read."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.asked = 0
        self.discovery: dict[str, Any] = {}
        self.answer: bytes | None = None
        self.private: dict[str | None, tuple[PrivateKey, str]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self._port = 0
        self._server: HttpServer | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        """Listening, with one EdDSA key "one"."""
        issuer = cls()
        await issuer.start()
        issuer.add("one", "EdDSA")
        try:
            yield issuer
        finally:
            await issuer.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._key_set),
            ]
        )
        self._server = HttpServer(app, "127.0.0.1", self._port)
        self._task = asyncio.create_task(self._server.run_until_cancelled())
        await asyncio.wait_for(self._server.listening.wait(), 10)
        self._port = self._server.port

    async def stop(self) -> None:
        """Nobody listens any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def add(self, key_id: str | None, algorithm: str) -> None:
        """A further key, listed at once."""
        key = new_key(algorithm)
        self.private[key_id] = (key, algorithm)
        self.keys.append(jwk(key_id, key))

    def rotate(self, key_id: str, algorithm: str = "EdDSA") -> None:
        """One new key instead of all that were."""
        self.keys = []
        self.add(key_id, algorithm)

    def token(self, key_id: str | None = "one", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """A good token, but for the changes (None leaves a claim out)."""
        key, algorithm = self.private[key_id]
        named = {"kid": key_id} if key_id else {}
        return jwt.encode(
            claims(self.url, **changes), key, algorithm=algorithm, headers={**named, **(headers or {})}
        )

    async def _discovery(self, _: Request) -> Response:
        document = {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.discovery}
        return Response(json.dumps(document), media_type="application/json")

    async def _key_set(self, _: Request) -> Response:
        self.asked += 1
        await self.gate.wait()
        return Response(self.answer or json.dumps({"keys": self.keys}), media_type="application/json")


def claims(issuer: str, **changes: Any) -> dict[str, Any]:
    """The claims of a good token of a city's clerk, but for the changes."""
    now = int(time.time())
    good = {
        "iss": issuer,
        "aud": "shengji",
        "sub": "clerk-7",
        "iat": now,
        "exp": now + 300,
        "role": "city",
        "area": "350100",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}
