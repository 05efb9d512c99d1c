"""Who is calling: a bearer token (JWT, EdDSA) becomes an Actor, or a problem that says what is wrong.

Tokens are ruled by system time, whatever the Clock says.
"""

import jwt
from starlette.requests import Request

from services.gateway.settings import GatewaySettings
from shared.identity import Actor
from shared.problems import Problem

PROVINCE, CITY, COUNTY, ENTERPRISE, OPS = "province", "city", "county", "enterprise", "ops"
ROLES = (PROVINCE, CITY, COUNTY, ENTERPRISE, OPS)
_MAX_TOKEN = 8_000
_LEEWAY_S = 10


class Authenticator:
    """Verifies tokens with one public key. Only EdDSA: an algorithm named by the token is no argument."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._key = settings.jwt_public_key
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience

    def identify(self, request: Request) -> tuple[Actor, int]:
        """The actor and the second (epoch) at which its token ends. Raises Problem 401."""
        header = request.headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorised("There is no bearer token.")
        if len(token) > _MAX_TOKEN:
            raise _unauthorised(f"The token is over {_MAX_TOKEN} characters.")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["EdDSA"],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise _unauthorised("The token has expired.") from error
        except jwt.InvalidTokenError as error:
            raise _unauthorised(f"The token is not valid: {error}.") from error
        return _actor(claims), int(claims["exp"])


def _actor(claims: dict[str, object]) -> Actor:
    role, area, organisation = claims.get("role"), claims.get("area"), claims.get("org")
    for name, value in (("role", role), ("area", area), ("org", organisation)):
        if value is not None and not isinstance(value, str):
            raise _unauthorised(f"The token's claim {name!r} is not a text.")
    if role not in ROLES:
        raise _unauthorised(f"The token's role {role!r} is none of {', '.join(ROLES)}.")
    if role in (CITY, COUNTY) and not area:
        raise _unauthorised(f"A token for role {role} needs the claim 'area', a region's code.")
    if role == ENTERPRISE and not organisation:
        raise _unauthorised("A token for role enterprise needs the claim 'org', the enterprise's id.")
    return Actor(
        str(claims["sub"]),
        str(role),
        str(area) if area else None,
        str(organisation) if organisation else None,
    )


def _unauthorised(detail: str) -> Problem:
    return Problem(
        401,
        "unauthenticated",
        "Who is calling?",
        detail,
        where="Authorization",
        remedy="Send 'Authorization: Bearer <token>'; on one machine, `shengji token` makes one.",
    )
