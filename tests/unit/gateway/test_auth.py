"""A token is believed for what its issuer signed, for as long as it lasts, and for nothing else."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request

from cli.tokens import mint
from services.gateway.auth import LEEWAY_S, Authenticator
from services.gateway.settings import GatewaySettings
from shared.problems import Problem
from tests.kit.servers import wait_for


def request(header: str | None) -> Request:
    headers = [(b"authorization", header.encode())] if header is not None else []
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": "shengji-local",
        "aud": "shengji",
        "sub": "clerk",
        "iat": now,
        "exp": now + 60,
        "role": "city",
        "area": "350100",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


@pytest.fixture
def authenticator(settings: GatewaySettings) -> Authenticator:
    return Authenticator(settings)


async def test_a_minted_token_names_its_actor(authenticator: Authenticator, signing_key: str) -> None:
    token = mint(signing_key, subject="clerk", role="city", area="350100")
    caller = await authenticator.identify(request(f"Bearer {token}"))
    assert (caller.actor.role, caller.actor.area, caller.actor.organisation) == ("city", "350100", None)
    assert caller.subject == "clerk"
    assert 0 < caller.ends_at - time.time() <= 8 * 3600


async def test_a_token_that_was_good_before_still_ends(
    authenticator: Authenticator, signing_key: str
) -> None:
    almost_over = int(time.time()) - LEEWAY_S + 2
    header = f"Bearer {jwt.encode(claims(exp=almost_over), signing_key, algorithm='EdDSA')}"
    first = await authenticator.identify(request(header))
    assert await authenticator.identify(request(header)) is first

    async def refused() -> bool:
        try:
            await authenticator.identify(request(header))
        except Problem as problem:
            return "expired" in problem.detail
        return False

    await wait_for(refused)


@pytest.mark.parametrize(
    ("story", "changes", "why"),
    [
        ("expired", {"exp": int(time.time()) - 60}, "expired"),
        ("no end", {"exp": None}, "exp"),
        ("for another audience", {"aud": "somebody"}, "udience"),
        ("from another issuer", {"iss": "somebody"}, "ssuer"),
        ("unknown role", {"role": "king"}, "king"),
        ("no role", {"role": None}, "role"),
        ("a city without its region", {"area": None}, "area"),
        ("an enterprise without its id", {"role": "enterprise"}, "org"),
        ("an area that is no text", {"area": 350100}, "area"),
    ],
)
async def test_a_token_is_refused(
    authenticator: Authenticator, signing_key: str, story: str, changes: dict[str, Any], why: str
) -> None:
    token = jwt.encode(claims(**changes), signing_key, algorithm="EdDSA")
    with pytest.raises(Problem) as refused:
        await authenticator.identify(request(f"Bearer {token}"))
    assert refused.value.status == 401
    assert why in refused.value.detail


async def test_a_token_of_another_key_is_refused(authenticator: Authenticator) -> None:
    token = jwt.encode(claims(), Ed25519PrivateKey.generate(), algorithm="EdDSA")
    with pytest.raises(Problem, match="ignature"):
        await authenticator.identify(request(f"Bearer {token}"))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_the_algorithm_is_not_the_tokens_choice(authenticator: Authenticator, algorithm: str) -> None:
    key = "" if algorithm == "none" else "0" * 32
    token = jwt.encode(claims(), key, algorithm=algorithm)
    with pytest.raises(Problem, match="not valid"):
        await authenticator.identify(request(f"Bearer {token}"))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "Bearer " + "x" * 9000, "Bearer a.b.c"])
async def test_no_token_is_401(authenticator: Authenticator, header: str | None) -> None:
    with pytest.raises(Problem) as refused:
        await authenticator.identify(request(header))
    assert refused.value.status == 401
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("role", "missing"), [("city", "--area"), ("county", "--area"), ("enterprise", "--org")]
)
def test_minting_says_what_a_role_needs(signing_key: str, role: str, missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        mint(signing_key, subject="x", role=role)
