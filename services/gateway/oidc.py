"""The issuer's keys from OIDC discovery: cached, refetched for an unknown key id, kept while the issuer is unreachable.

The key decides the algorithm, not the token: RSA is RS256, P-256 is ES256, Ed25519 is EdDSA, and nothing else is
accepted. Header fields that say where to find a key (`jku`, `x5u`, `jwk`) are ignored.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.gateway.settings import GatewaySettings
from shared.problems import Problem, unavailable

ALGORITHMS = ("RS256", "ES256", "EdDSA")
LEAST_RSA_BITS = 2048
_WELL_KNOWN = "/.well-known/openid-configuration"
_TIMEOUT_S = 3.0
_MOST_BYTES = 200_000
_MOST_KEYS = 100
log = structlog.get_logger("gateway")


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key and the only algorithm that it verifies."""

    key: RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
    algorithm: str


class IssuerAway(Exception):
    """The issuer is unreachable or gave no usable answer; the message says why."""


class IssuerKeys:
    """The keys of one issuer, by key id.

    Keys are refetched in the background after `oidc_keys_fresh_s`, and at once when a token names an unknown key,
    but at most every `oidc_refetch_s`, so that made-up key ids can't flood the issuer. While the issuer is
    unreachable the last keys hold for at most `oidc_keys_longest_s`, so that a withdrawn key expires eventually.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        client: httpx.AsyncClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if settings.oidc_issuer is None:
            raise ValueError("SHENGJI_OIDC_ISSUER is not set")
        self._issuer = settings.oidc_issuer
        self._secure = settings.environment == "production"
        self._refetch_s = settings.oidc_refetch_s
        self._fresh_s = settings.oidc_keys_fresh_s
        self._longest_s = settings.oidc_keys_longest_s
        self._client = client or _client(settings)
        self._monotonic = monotonic
        self._keys: dict[str | None, VerificationKey] = {}
        self._unnamed: list[VerificationKey] = []
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._failure: str | None = None
        self._lock = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> VerificationKey | None:
        """The key with that id, or None if the issuer has no such key.

        Without an id: the issuer's only key. Raises Problem 503 if the issuer can't be asked.
        """
        age = self._monotonic() - self._fetched_at
        if age > self._longest_s:
            self._keys, self._unnamed = {}, []
        found = self._lookup(key_id)
        if found is not None:
            if age > self._fresh_s:
                self._renew()
            return found
        seen = self._asked_at
        async with self._lock:
            # Another request may have fetched the keys while this one waited for the lock.
            if self._asked_at == seen and self._monotonic() - self._asked_at >= self._refetch_s:
                await self._fetch()
        found = self._lookup(key_id)
        if found is None and self._failure is not None:
            raise unavailable("Tokens can't be checked at the moment: their issuer gives no answer.")
        return found

    async def close(self) -> None:
        """Close the connections to the issuer."""
        if self._renewal is not None:
            self._renewal.cancel()
        await self._client.aclose()

    def _lookup(self, key_id: str | None) -> VerificationKey | None:
        if key_id is not None:
            return self._keys.get(key_id)
        every = [*self._keys.values(), *self._unnamed]
        return every[0] if len(every) == 1 else None

    def _renew(self) -> None:
        """Refetches the keys in the background; until then the cached ones are used."""
        due = self._monotonic() - self._asked_at >= self._refetch_s
        if due and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._fetch_in_turn())

    async def _fetch_in_turn(self) -> None:
        async with self._lock:
            await self._fetch()

    async def _fetch(self) -> None:
        self._asked_at = self._monotonic()
        try:
            named, unnamed = await self._ask()
        except IssuerAway as away:
            if self._failure is None:
                log.error("the token issuer's keys can't be read", issuer=self._issuer, reason=str(away))
            self._failure = str(away)
            return
        if self._failure is not None:
            log.info("the token issuer answers again", issuer=self._issuer)
        self._failure = None
        self._keys, self._unnamed = named, unnamed
        self._fetched_at = self._monotonic()

    async def _ask(self) -> tuple[dict[str | None, VerificationKey], list[VerificationKey]]:
        document = await self._get(self._issuer.rstrip("/") + _WELL_KNOWN)
        if document.get("issuer") != self._issuer:
            # OpenID Connect Discovery 4.3: otherwise one issuer could speak in another's name.
            raise IssuerAway(f"its discovery document is for {document.get('issuer')!r}")
        where = document.get("jwks_uri")
        if not isinstance(where, str):
            raise IssuerAway("its discovery document has no jwks_uri")
        if self._secure and urlsplit(where).scheme != "https":
            raise IssuerAway(f"its jwks_uri is not https: {where}")
        listed = (await self._get(where)).get("keys")
        if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
            raise IssuerAway("its key set has no list of keys, or too long a one")
        named: dict[str | None, VerificationKey] = {}
        unnamed: list[VerificationKey] = []
        for raw in listed:
            key = verification_key(raw)
            if key is None:
                continue
            if isinstance(key_id := raw.get("kid"), str):
                named[key_id] = key
            else:
                unnamed.append(key)
        if not named and not unnamed:
            raise IssuerAway("its key set has no key that is taken here")
        return named, unnamed

    async def _get(self, url: str) -> dict[str, Any]:
        """Fetches a small JSON object from the issuer; redirects are not followed. Raises IssuerAway."""
        try:
            async with asyncio.timeout(_TIMEOUT_S), self._client.stream("GET", url) as response:
                if response.status_code != 200:
                    raise IssuerAway(f"{url} answers {response.status_code}")
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise IssuerAway(f"{url} answers with over {_MOST_BYTES} bytes")
            parsed = httpx.Response(200, content=body).json()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, RecursionError) as error:
            raise IssuerAway(f"{url}: {error!r}") from error
        if not isinstance(parsed, dict):
            raise IssuerAway(f"{url} answers with no object")
        return parsed


def verification_key(raw: Any) -> VerificationKey | None:
    """The key of a JWK set entry if it may verify tokens here; None for any other kind of key."""
    if not isinstance(raw, dict) or raw.get("use", "sig") != "sig":
        return None
    if raw.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        key = jwt.PyJWK(raw).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    match key:
        case RSAPublicKey() if key.key_size >= LEAST_RSA_BITS:
            algorithm = "RS256"
        case EllipticCurvePublicKey() if isinstance(key.curve, SECP256R1):
            algorithm = "ES256"
        case Ed25519PublicKey():
            algorithm = "EdDSA"
        case _:
            return None
    return VerificationKey(key, algorithm) if raw.get("alg", algorithm) == algorithm else None


def _client(settings: GatewaySettings) -> httpx.AsyncClient:
    context = ssl.create_default_context(cafile=settings.oidc_ca) if settings.oidc_ca else True
    return httpx.AsyncClient(timeout=_TIMEOUT_S, verify=context, follow_redirects=False)


def unknown_key() -> Problem:
    """401 for a token signed with a key that the issuer doesn't name."""
    return Problem(
        401,
        "unauthenticated",
        "Who is calling?",
        "The token is signed with a key that its issuer doesn't name.",
        where="Authorization",
        remedy="Get a new token from the issuer.",
    )
