"""Who is calling: a bearer token (JWT) becomes an Actor, or a problem that says what is wrong.

Tokens are verified with the keys of an OIDC issuer, or with one local Ed25519 key if no issuer is configured.
Their expiry is judged by system time, never by the Clock. Services receive a pseudonym derived from the token's
subject, not the subject itself: events are kept for ever, and a person's name or number must not be (ADR 0100).
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from starlette.requests import Request
from starlette.types import Scope

from services.gateway.limits import Limits
from services.gateway.oidc import ALGORITHMS, IssuerKeys, VerificationKey, unknown_key
from services.gateway.revocations import Revocations
from services.gateway.settings import GatewaySettings
from shared.http_refusals import address
from shared.identity import Actor, reference
from shared.problems import Problem

PROVINCE, CITY, COUNTY, ENTERPRISE, OPS = "province", "city", "county", "enterprise", "ops"
ROLES = (PROVINCE, CITY, COUNTY, ENTERPRISE, OPS)
MOST_CHARACTERS = 8_000
LEEWAY_S = 10
_LONGEST_SUBJECT = 500
_MOST_REMEMBERED = 4_000


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller: the actor that services see, and when the token was issued and expires (epoch seconds).

    `subject`, `name` and `contact` are the person's own; only the directory of people may have them.
    """

    actor: Actor
    ends_at: int
    issued_at: int
    subject: str
    name: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class _Verified:
    """A verified token and the key that verified it. Valid until it expires, unless the issuer replaces the key.

    Cached because checking a signature costs more than everything else that the gateway does for a query.
    """

    caller: Caller
    key: VerificationKey
    header: Mapping[str, Any]
    ends_at: float


class Authenticator:
    """Verifies tokens and applies the rate limits to whoever sent them."""

    def __init__(
        self,
        settings: GatewaySettings,
        keys: IssuerKeys | None = None,
        limits: Limits | None = None,
        revocations: Revocations | None = None,
    ) -> None:
        self._settings = settings
        self._issuer = settings.oidc_issuer or settings.jwt_issuer
        self._local = None
        self._keys = keys
        if settings.oidc_issuer is None:
            self._local = _local_key(settings.jwt_public_key or "")
        elif keys is None:
            self._keys = IssuerKeys(settings)
        self._limits = limits or Limits(settings)
        self._revocations = revocations or Revocations(complete=True)
        self._verified_before: OrderedDict[str, _Verified] = OrderedDict()

    async def identify(self, request: Request) -> Caller:
        """Authenticates the request. Raises Problem 401, 429 over the rate limit, 503 when no key can be fetched."""
        try:
            caller = await self._verified(request)
            self.still_holds(caller)
        except Problem as refused:
            if refused.status == 401:
                self._limits.anonymous(address(request.scope))
            raise
        self._limits.subject(caller.actor.subject)
        return caller

    def still_holds(self, caller: Caller) -> None:
        """Raises Problem 401 when the caller's token was revoked since it was verified."""
        self._revocations.check(caller.actor.subject, caller.issued_at)

    async def knows(self, scope: Scope) -> bool:
        """Whether the token is valid. Unlike `identify`, it counts nothing against a limit and raises nothing."""
        try:
            self.still_holds(await self._verified(Request(scope)))
        except Problem:
            return False
        return True

    async def _verified(self, request: Request) -> Caller:
        token = _bearer(request)
        known = self._verified_before.get(token)
        if known is not None and known.ends_at > time.time() and await self._key(known.header) is known.key:
            return known.caller
        verified = await self._verify(token)
        self._verified_before[token] = verified
        self._verified_before.move_to_end(token)
        if len(self._verified_before) > _MOST_REMEMBERED:
            self._verified_before.popitem(last=False)
        return verified.caller

    async def _verify(self, token: str) -> "_Verified":
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _unauthorised(f"The token is not valid: {error}.") from error
        if header.get("alg") not in ALGORITHMS:
            raise _unauthorised(f"The token is not valid: its algorithm is none of {', '.join(ALGORITHMS)}.")
        key = await self._key(header)
        try:
            claims = jwt.decode(
                token,
                key.key,
                # The key decides the algorithm: the one named by the token proves nothing.
                algorithms=[key.algorithm],
                audience=self._settings.jwt_audience,
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise _unauthorised("The token has expired.") from error
        except (jwt.InvalidTokenError, RecursionError, OverflowError) as error:
            raise _unauthorised(f"The token is not valid: {error}.") from error
        caller = self._caller(claims)
        return _Verified(caller, key, {"kid": header.get("kid")}, caller.ends_at + LEEWAY_S)

    async def _key(self, header: Mapping[str, Any]) -> VerificationKey:
        if self._local is not None:
            return self._local
        assert self._keys is not None  # noqa: S101
        key_id = header.get("kid")
        if key_id is not None and not isinstance(key_id, str):
            raise _unauthorised("The token's key id is not a text.")
        key = await self._keys.find(key_id)
        if key is None:
            raise unknown_key()
        return key

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        names = self._settings
        subject = str(claims["sub"])
        if not 1 <= len(subject) <= _LONGEST_SUBJECT:
            raise _unauthorised(f"The token's subject has not 1 to {_LONGEST_SUBJECT} characters.")
        if int(claims["exp"]) - int(claims["iat"]) > self._settings.token_longest:
            raise _unauthorised(f"The token lasts longer than {self._settings.token_longest / 3600:g} hours.")
        role = _role(claim(claims, names.claim_role))
        area = _text(claims, names.claim_area)
        organisation = _text(claims, names.claim_organisation)
        if role in (CITY, COUNTY) and not area:
            raise _unauthorised(
                f"A token for role {role} needs the claim {names.claim_area!r}, a region's code."
            )
        if role == ENTERPRISE and not organisation:
            raise _unauthorised(
                f"A token for role enterprise needs the claim {names.claim_organisation!r}, the enterprise's id."
            )
        person = reference(names.pseudonym_key.get_secret_value(), self._issuer, subject)
        return Caller(
            Actor(person, role, area or None, organisation or None),
            int(claims["exp"]),
            int(claims["iat"]),
            subject,
            _told(claims, names.claim_name),
            _told(claims, names.claim_contact),
        )


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that name; if there is none, the name is a dotted path into objects (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _role(value: Any) -> str:
    """The role that a claim names. A list may hold other values, but exactly one of our roles."""
    ours = [role for role in value if role in ROLES] if isinstance(value, list) else [value]
    if isinstance(value, list) and len(ours) != 1:
        raise _unauthorised(f"The token has {len(ours)} of the roles {', '.join(ROLES)}: it must have one.")
    if ours[0] not in ROLES:
        raise _unauthorised(f"The token's role {str(ours[0])[:100]!r} is none of {', '.join(ROLES)}.")
    return str(ours[0])


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claim(claims, name)
    if value is not None and not isinstance(value, str):
        raise _unauthorised(f"The token's claim {name!r} is not a text.")
    return value


def _told(claims: Mapping[str, Any], name: str) -> str | None:
    """A personal claim (name, contact) of the token; a missing or malformed one never causes a refusal."""
    value = claim(claims, name)
    return value[:200] if isinstance(value, str) and value else None


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthorised("There is no bearer token.")
    if len(token) > MOST_CHARACTERS:
        raise _unauthorised(f"The token is over {MOST_CHARACTERS} characters.")
    return token


def _local_key(pem: str) -> VerificationKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("SHENGJI_JWT_PUBLIC_KEY is no Ed25519 key")
    return VerificationKey(key, "EdDSA")


def _unauthorised(detail: str) -> Problem:
    return Problem(
        401,
        "unauthenticated",
        "Who is calling?",
        detail,
        where="Authorization",
        remedy="Send 'Authorization: Bearer <token>'; on one machine, `shengji token` makes one.",
    )


def seconds_left(caller: Caller, now: float | None = None) -> float:
    """Seconds until the token expires, by system time; 0 once it has expired."""
    return max(0.0, caller.ends_at - (time.time() if now is None else now))
