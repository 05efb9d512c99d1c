"""Tokens of a real issuer: what is believed, how keys change, and what happens when the issuer is away."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request

from services.gateway.auth import Authenticator, Caller
from services.gateway.oidc import IssuerKeys
from services.gateway.settings import GatewaySettings
from shared.problems import Problem
from tests.integration.identity.conftest import trusting
from tests.integration.identity.issuer import Issuer, claims, jwk, new_key


class Gate:
    """A gateway's authenticator with a clock of its own for the age of keys."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.now = 1_000.0
        self.keys = IssuerKeys(settings, monotonic=lambda: self.now)
        self.authenticator = Authenticator(settings, self.keys)

    async def identify(self, token: str) -> Caller:
        headers = [(b"authorization", f"Bearer {token}".encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": ("127.0.0.1", 1)}
        return await self.authenticator.identify(Request(scope))

    async def refused(self, token: str) -> Problem:
        with pytest.raises(Problem) as refused:
            await self.identify(token)
        return refused.value


@pytest_asyncio.fixture
async def gate(issuer: Issuer) -> AsyncIterator[Gate]:
    made = Gate(trusting(issuer))
    yield made
    await made.keys.close()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_token_of_each_algorithm_names_its_caller(gate: Gate, issuer: Issuer, algorithm: str) -> None:
    issuer.rotate("two", algorithm)
    caller = await gate.identify(issuer.token("two"))
    assert (caller.actor.role, caller.actor.area) == ("city", "350100")
    assert (caller.subject, caller.name) == ("clerk-7", None)


async def test_services_see_a_reference_and_not_the_subject(gate: Gate, issuer: Issuer) -> None:
    first = await gate.identify(issuer.token(name="王小明", email="wang@example.cn"))
    again = await gate.identify(issuer.token(role="county"))
    other = await gate.identify(issuer.token(sub="clerk-8"))
    assert first.actor.subject == again.actor.subject != other.actor.subject
    assert first.actor.subject.startswith("p-")
    assert "clerk" not in json.dumps(first.actor.to_dict())
    assert (first.name, first.contact) == ("王小明", "wang@example.cn")
    elsewhere = Gate(trusting(issuer, pseudonym_key="q" * 32))
    assert (await elsewhere.identify(issuer.token())).actor.subject != first.actor.subject


@pytest.mark.parametrize(
    ("story", "changes", "why"),
    [
        ("expired, by more than the clocks may differ", {"exp": -15}, "expired"),
        ("not yet valid, by more than the clocks may differ", {"nbf": 15}, "not yet valid"),
        ("issued in the future, by more than the clocks may differ", {"iat": 15}, "not yet valid"),
        ("for another audience", {"aud": "payroll"}, "udience"),
        ("for several others", {"aud": ["payroll", "mail"]}, "udience"),
        ("from another issuer", {"iss": "https://elsewhere.example"}, "ssuer"),
        ("from an issuer of nearly that name", {"iss": "SLASH"}, "ssuer"),
        ("without an end", {"exp": None}, "exp"),
        ("without a subject", {"sub": None}, "sub"),
        ("with an empty subject", {"sub": ""}, "subject"),
        ("with a subject of a page", {"sub": "x" * 501}, "subject"),
        ("with a number as subject", {"sub": 7}, "ubject"),
        ("with an end that is no number", {"exp": "tomorrow"}, "not valid"),
        ("with an end beyond every calendar", {"exp": 10**400}, "longer"),
        ("with an end in a year", {"exp": 365 * 86_400}, "longer"),
        ("with an end in infinity", {"exp": float("inf")}, "not valid"),
    ],
)
async def test_a_token_that_does_not_hold_is_401(
    gate: Gate, issuer: Issuer, story: str, changes: dict[str, Any], why: str
) -> None:
    good = claims(issuer.url)
    for name, value in changes.items():
        if name in ("exp", "nbf", "iat") and isinstance(value, int) and abs(value) < 10**8:
            changes = {name: good["iat"] + value}
        if value == "SLASH":
            changes = {name: issuer.url + "/"}
    key, _ = issuer.private["one"]
    sent = {name: value for name, value in (good | changes).items() if value is not None}
    # Not jwt.encode alone: it refuses to make some of these.
    token = jwt.api_jws.encode(json.dumps(sent).encode(), key, algorithm="EdDSA", headers={"kid": "one"})
    problem = await gate.refused(token)
    assert problem.status == 401, story
    assert why in problem.detail


@pytest.mark.parametrize("changes", [{"exp": -5}, {"nbf": 5}, {"iat": 5}])
async def test_clocks_may_differ_by_some_seconds(gate: Gate, issuer: Issuer, changes: dict[str, int]) -> None:
    now = claims(issuer.url)["iat"]
    moved = {name: now + seconds for name, seconds in changes.items()}
    assert (await gate.identify(issuer.token(**moved))).actor.role == "city"


def unsigned(header: dict[str, Any], body: dict[str, Any]) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, body)
    ]
    return ".".join([*parts, ""])


async def test_none_is_no_algorithm(gate: Gate, issuer: Issuer) -> None:
    for name in ("none", "None", "NONE", "", None, 5, ["EdDSA"]):
        problem = await gate.refused(unsigned({"alg": name, "kid": "one"}, claims(issuer.url)))
        assert problem.status == 401
    assert issuer.asked == 0, "what no key could save needs no key"


async def test_a_public_key_is_no_secret_of_hs256(gate: Gate, issuer: Issuer) -> None:
    issuer.rotate("rsa", "RS256")
    key, _ = issuer.private["rsa"]
    public = key.public_key()
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        pem = public.public_bytes(Encoding.PEM, form)
        body = jwt.api_jws.encode(
            json.dumps(claims(issuer.url)).encode(), b"k" * 32, algorithm="HS256", headers={"kid": "rsa"}
        )
        signed = body.rsplit(".", 1)[0]
        mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), pem)
        token = f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
        assert (await gate.refused(token)).status == 401


async def test_a_key_signs_with_its_own_algorithm_only(gate: Gate, issuer: Issuer) -> None:
    issuer.rotate("rsa", "RS256")
    key, _ = issuer.private["rsa"]
    for algorithm in ("RS384", "RS512", "PS256"):
        token = jwt.encode(claims(issuer.url), key, algorithm=algorithm, headers={"kid": "rsa"})
        assert (await gate.refused(token)).status == 401
    issuer.add("ed", "EdDSA")
    gate.now += 100
    mixed = jwt.encode(claims(issuer.url), key, algorithm="RS256", headers={"kid": "ed"})
    assert (await gate.refused(mixed)).status == 401


async def test_a_token_does_not_say_where_its_key_is(gate: Gate, issuer: Issuer) -> None:
    async with Issuer.running() as villain:
        theirs, _ = villain.private["one"]
        for header in (
            {"jku": f"{villain.url}/keys"},
            {"x5u": f"{villain.url}/keys"},
            {"jwk": jwk("one", theirs)},
        ):
            token = jwt.encode(
                claims(issuer.url), theirs, algorithm="EdDSA", headers={"kid": "one", **header}
            )
            assert (await gate.refused(token)).status == 401
        assert villain.asked == 0


@pytest.mark.parametrize("length", [8_001, 1_000_000])
async def test_an_oversized_token_is_refused_unread(gate: Gate, issuer: Issuer, length: int) -> None:
    problem = await gate.refused(issuer.token(padding="x" * length))
    assert problem.status == 401
    assert "8000" in problem.detail
    assert issuer.asked == 0


@pytest.mark.parametrize("token", ["a.b.c", "....", "e30.e30.e30", "é.é.é", "[" * 3_000 + ".a.b"])
async def test_garbage_is_401(gate: Gate, issuer: Issuer, token: str) -> None:
    with pytest.raises(Problem) as refused:
        headers = [(b"authorization", b"Bearer " + token.encode("latin-1"))]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": None}
        await gate.authenticator.identify(Request(scope))
    assert refused.value.status == 401


async def test_deeply_nested_claims_are_no_error(gate: Gate, issuer: Issuer) -> None:
    key, _ = issuer.private["one"]
    deep = b'{"a":' + b"[" * 2_500 + b"]" * 2_500 + b"}"
    token = jwt.api_jws.encode(deep, key, algorithm="EdDSA", headers={"kid": "one"})
    assert (await gate.refused(token)).status == 401


# --- keys that change -----------------------------------------------------------------------------------------


async def test_keys_are_read_once_for_many_tokens(gate: Gate, issuer: Issuer) -> None:
    await asyncio.gather(*(gate.identify(issuer.token(sub=f"clerk-{number}")) for number in range(50)))
    assert issuer.asked == 1


async def test_a_new_key_is_found_and_an_old_one_ends(gate: Gate, issuer: Issuer) -> None:
    old = issuer.token()
    await gate.identify(old)
    issuer.rotate("two")
    gate.now += 11
    assert (await gate.identify(issuer.token("two"))).subject == "clerk-7"
    assert (await gate.refused(old)).status == 401


async def test_invented_key_ids_are_no_lever_against_the_issuer(gate: Gate, issuer: Issuer) -> None:
    await gate.identify(issuer.token())
    key, _ = issuer.private["one"]

    async def guess(number: int) -> int:
        token = jwt.encode(claims(issuer.url), key, algorithm="EdDSA", headers={"kid": f"guess-{number}"})
        return (await gate.refused(token)).status

    gate.now += 11
    assert set(await asyncio.gather(*(guess(number) for number in range(100)))) == {401}
    assert issuer.asked == 2
    gate.now += 9
    assert await guess(100) == 401
    assert issuer.asked == 2
    await gate.identify(issuer.token())


async def test_keys_are_renewed_behind_the_callers_back(gate: Gate, issuer: Issuer) -> None:
    token = issuer.token()
    await gate.identify(token)
    issuer.gate.clear()
    gate.now += 301
    await asyncio.wait_for(gate.identify(token), 1.0)  # it doesn't wait for the issuer, who is slow
    issuer.gate.set()
    renewal = gate.keys._renewal
    assert renewal is not None
    await renewal
    assert issuer.asked == 2


async def test_a_token_without_a_key_id_is_of_the_only_key(gate: Gate, issuer: Issuer) -> None:
    issuer.keys = []
    issuer.add(None, "ES256")
    assert (await gate.identify(issuer.token(None))).actor.role == "city"
    issuer.add("other", "ES256")
    gate.now += 301
    await gate.identify(issuer.token(None))
    renewal = gate.keys._renewal
    assert renewal is not None
    await renewal
    assert (await gate.refused(issuer.token(None))).status == 401


async def test_keys_that_are_not_for_this_are_passed_over(gate: Gate, issuer: Issuer) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    other_curve = ec.generate_private_key(ec.SECP384R1())
    issuer.keys += [
        jwk("weak", weak),
        jwk("curve", other_curve),
        jwk("encrypting", new_key("EdDSA"), use="enc"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared-secret", "alg": "HS256"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        "not even an object",  # type: ignore[list-item]
    ]
    await gate.identify(issuer.token())
    for key, name, algorithm in ((weak, "weak", "RS256"), (other_curve, "curve", "ES384")):
        token = jwt.encode(claims(issuer.url), key, algorithm=algorithm, headers={"kid": name})
        assert (await gate.refused(token)).status == 401


# --- the issuer is away ---------------------------------------------------------------------------------------


async def test_known_keys_hold_while_the_issuer_is_away(gate: Gate, issuer: Issuer) -> None:
    token, newer = issuer.token(), None
    await gate.identify(token)
    await issuer.stop()
    gate.now += 3_600
    assert (await gate.identify(token)).subject == "clerk-7"
    issuer.rotate("two")
    newer = issuer.token("two")
    gate.now += 11
    assert (await gate.refused(newer)).status == 503, "it may be right: nobody can say"
    assert (await gate.identify(token)).subject == "clerk-7"
    await issuer.start()
    gate.now += 11
    assert (await gate.identify(newer)).subject == "clerk-7"


async def test_known_keys_do_not_hold_for_ever(gate: Gate, issuer: Issuer) -> None:
    token = issuer.token()
    await gate.identify(token)
    await issuer.stop()
    gate.now += 86_401
    assert (await gate.refused(token)).status == 503


async def test_without_any_key_it_is_503_and_not_401(gate: Gate, issuer: Issuer) -> None:
    token = issuer.token()
    await issuer.stop()
    problem = await gate.refused(token)
    assert (problem.status, problem.retry_after) == (503, 1)
    await issuer.start()
    gate.now += 11
    assert (await gate.identify(token)).subject == "clerk-7"


@pytest.mark.parametrize(
    ("story", "discovery", "answer"),
    [
        ("it speaks for another issuer", {"issuer": "https://elsewhere.example"}, None),
        ("it names no key set", {"jwks_uri": None}, None),
        ("its key set is elsewhere and closed", {"jwks_uri": "http://127.0.0.1:9/keys"}, None),
        ("its key set is no URL", {"jwks_uri": "gopher://\x00"}, None),
        ("its key set is no JSON", {}, b"<html>"),
        ("its key set is a list", {}, b"[]"),
        ("its key set has no keys", {}, b'{"keys": {}}'),
        ("its key set is empty", {}, b'{"keys": []}'),
        ("its key set is larger than any", {}, b'{"keys": [' + b" " * 300_000 + b"]}"),
        ("its key set is deep", {}, b"[" * 100_000),
    ],
)
async def test_an_issuer_that_answers_nonsense_is_away(
    gate: Gate, issuer: Issuer, story: str, discovery: dict[str, Any], answer: bytes | None
) -> None:
    token = issuer.token()
    issuer.discovery, issuer.answer = discovery, answer
    assert (await gate.refused(token)).status == 503, story


# --- settings -------------------------------------------------------------------------------------------------


async def test_claims_may_have_other_names(issuer: Issuer) -> None:
    settings = trusting(
        issuer,
        claim_role="realm_access.roles",
        claim_area="https://fujian.example/area",
        claim_organisation="company.id",
    )
    gate = Gate(settings)
    roles = {"roles": ["offline_access", "enterprise"]}
    company = {"id": "E-7"}
    token = issuer.token(role=None, area=None, realm_access=roles, company=company)
    assert (await gate.identify(token)).actor.organisation == "E-7"
    named: dict[str, Any] = {"realm_access": {"roles": ["city"]}, "https://fujian.example/area": "350200"}
    city = issuer.token(role="ops", area=None, **named)
    assert (await gate.identify(city)).actor.area == "350200"
    for wrong in (["offline_access"], ["city", "ops"], "king", None, 3, [["city"]]):
        assert (await gate.refused(issuer.token(realm_access={"roles": wrong}))).status == 401


def test_a_gateway_that_could_believe_nobody_does_not_start(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="SHENGJI_OIDC_ISSUER"):
        trusting(issuer, oidc_issuer=None)


def test_production_wants_an_issuer_by_https(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="https"):
        trusting(issuer, environment="production")
    trusting(issuer, environment="production", oidc_issuer="https://issuer.example")


async def test_with_an_issuer_the_local_key_opens_nothing(issuer: Issuer) -> None:
    local = new_key("EdDSA")
    pem = local.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    gate = Gate(trusting(issuer, jwt_public_key=pem))
    for name in ("shengji-local", issuer.url):
        token = jwt.encode(claims(name), local, algorithm="EdDSA")
        assert (await gate.refused(token)).status == 401
