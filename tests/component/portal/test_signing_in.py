"""Ways in and out: demo persons, a token, an OIDC issuer; and what a cookie, a form or a link may not do."""

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.portal import oidc
from services.portal.session import SESSION
from services.portal.settings import PortalSettings
from tests.kit import markup
from tests.kit.played_gateway import KEY, PlayedGateway, browser, me, portal, settings

_PRIVATE = Ed25519PrivateKey.generate()
PEM = _PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
ISSUER = "https://issuer.example"


def knows_tokens(request: httpx.Request) -> dict[str, Any] | None:
    """The gateway's /me, by the claims of a demo person's token."""
    if not request.url.path.endswith("/me"):
        return None
    token = request.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, _PRIVATE.public_key(), algorithms=["EdDSA"], audience="shengji")
    return me(claims["role"]) | {"area": claims.get("area"), "ends_at": claims["exp"]}


def demo() -> PortalSettings:
    return settings(demo_signing_key=PEM)


async def form_word(reader: httpx.AsyncClient, page: str = "/zh/sign-in") -> str:
    root = markup.check((await reader.get(page)).text, page[1:3])
    return next(each["value"] for each in root.all("input") if each["name"] == "form_word")


async def test_a_stranger_is_asked_who_he_is_and_comes_back_to_where_he_wanted():
    app = portal(PlayedGateway(knows_tokens), demo())
    async with browser(app) as reader:
        asked = await reader.get("/en/projects?stage=started")
        assert asked.status_code == 303
        page = await reader.get(asked.headers["location"])
        root = markup.check(page.text, "en")
        assert "Never there in production" in root.text
        fields = {each["name"]: each["value"] for each in root.all("form")[0].all("input")}
        answer = await reader.post("/en/sign-in", data={**fields, "person": "city-350100"})
        assert answer.headers["location"] == "/en/projects?stage=started"
        cookies = answer.headers.get_list("set-cookie")
        kept = next(each for each in cookies if each.startswith(f"{SESSION}=") and "Max-Age=0" not in each)
        assert "HttpOnly" in kept
        assert "SameSite=lax" in kept
        session = app.sessions.read(httpx_request(reader))
        assert session is not None
        assert (session.role, session.area) == ("city", "350100")


def httpx_request(reader: httpx.AsyncClient) -> Any:
    """A request with that browser's cookies, as Starlette has it."""
    from starlette.requests import Request

    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    return Request({"type": "http", "headers": [(b"cookie", cookies.encode())]})


async def test_a_form_without_its_word_signs_nobody_in():
    async with browser(portal(PlayedGateway(knows_tokens), demo())) as reader:
        await reader.get("/zh/sign-in")
        for word in ("", "guess"):
            answer = await reader.post("/zh/sign-in", data={"person": "province", "form_word": word})
            assert answer.status_code == 403
        stranger = await form_word(reader)
    async with browser(portal(PlayedGateway(knows_tokens), demo())) as other:
        answer = await other.post("/zh/sign-in", data={"person": "province", "form_word": stranger})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/zh\\evil", "javascript:1", "/x"]
)
async def test_nobody_is_led_away_after_signing_in(onward: str):
    async with browser(portal(PlayedGateway(knows_tokens), demo())) as reader:
        word = await form_word(reader)
        data = {"person": "province", "form_word": word, "next": onward}
        answer = await reader.post("/zh/sign-in", data=data)
        assert answer.headers["location"] == "/zh/province"


async def test_production_knows_no_demo_persons():
    with pytest.raises(ValueError, match="anybody could sign in"):
        PortalSettings(environment="production", session_key=KEY, demo_signing_key=PEM)
    made = PortalSettings(environment="production", session_key=KEY)
    async with browser(portal(PlayedGateway(), made)) as reader:
        word = await form_word(reader)
        answer = await reader.post("/zh/sign-in", data={"person": "province", "form_word": word})
        assert answer.status_code == 422
        answer = await reader.post(
            "/zh/sign-in", data={"token": "province", "form_word": await form_word(reader)}
        )
        assert answer.status_code == 303  # a token that an operator gave


async def test_a_token_that_the_gateway_refuses_signs_nobody_in():
    async with browser(portal(PlayedGateway())) as reader:
        data = {"token": "forged", "form_word": await form_word(reader)}
        answer = await reader.post("/zh/sign-in", data=data)
        assert answer.status_code == 403
        assert not reader.cookies.get(SESSION)
        markup.check(answer.text, "zh")


async def test_a_forged_or_old_cookie_is_no_session():
    async with browser(portal(PlayedGateway()), "province") as reader:
        good = reader.cookies[SESSION]
        assert (await reader.get("/zh/province")).status_code == 200
        for bad in (good[:-4] + "AAAA", "1.x", "9.x", "", "1." + base64.b64encode(b"{}").decode()):
            reader.cookies.clear()
            reader.cookies.set(SESSION, bad)
            assert (await reader.get("/zh/province")).status_code == 303


async def test_a_session_ends_with_its_token():
    async with browser(portal(PlayedGateway()), "province") as reader:
        app_late = portal(PlayedGateway())
        app_late.sessions._now = lambda: time.time() + 700
        async with browser(app_late) as late:
            late.cookies.set(SESSION, reader.cookies[SESSION])
            assert (await late.get("/zh/province")).status_code == 303
            data = {"form_word": "the-word", "form": "file"}
            answer = await late.post("/zh/reports/350100/2013-11", data=data)
            assert answer.status_code == 401
            assert "填写的内容仍在" in markup.check(answer.text, "zh").text


async def test_a_token_that_was_revoked_leads_to_the_sign_in():
    from tests.kit.played_gateway import problem

    gateway = PlayedGateway(lambda _: problem(401, "unauthenticated"))
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.get("/zh/province")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/zh/sign-in?next=")
        assert f'{SESSION}=""' in answer.headers["set-cookie"]


async def test_signing_out_needs_the_session_s_word_and_forgets():
    async with browser(portal(PlayedGateway()), "province") as reader:
        assert (await reader.post("/zh/sign-out", data={"form_word": "guess"})).status_code == 403
        answer = await reader.post("/zh/sign-out", data={"form_word": "the-word"})
        assert answer.status_code == 303
        assert f'{SESSION}=""' in answer.headers["set-cookie"]
        assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_long_token_goes_into_several_cookies_and_too_long_a_one_is_told():
    app = portal(PlayedGateway(lambda request: me("province") if request.url.path.endswith("/me") else None))
    import secrets

    async with browser(app) as reader:
        data = {"token": secrets.token_urlsafe(4_500), "form_word": await form_word(reader)}
        assert (await reader.post("/zh/sign-in", data=data)).status_code == 303
        assert f"{SESSION}-1" in reader.cookies
        session = app.sessions.read(httpx_request(reader))
        assert session is not None
        assert session.token == data["token"]
        data = {"token": secrets.token_urlsafe(40_000), "form_word": await form_word(reader)}
        answer = await reader.post("/zh/sign-in", data=data)
        assert answer.status_code == 502


class SmallIssuer:
    """An OIDC issuer with one person: discovery, a code for who signs in, a token for code and verifier."""

    def __init__(self, token: str = "province") -> None:
        self.token = token
        self.codes: dict[str, dict[str, str]] = {}
        self.nonce: str | None = None

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def authorise(self, url: str) -> str:
        """What the person's browser does there: signs in, and is sent back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?code={code}&state={query['state']}"

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/openid-configuration":
            places = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
            return httpx.Response(200, json={"issuer": ISSUER, **places})
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(form["code"], None)
        if asked is None:
            return httpx.Response(400, json={"error": "invalid_grant"})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        claims = {"iss": ISSUER, "nonce": self.nonce or asked["nonce"], "sub": "somebody"}
        id_token = jwt.encode(claims, "not checked by us: it came from here" * 2, algorithm="HS256")
        return httpx.Response(200, json={"access_token": self.token, "id_token": id_token})


def with_issuer(issuer: SmallIssuer) -> Any:
    made = settings(oidc_issuer=ISSUER, portal_url="http://portal")
    return portal(PlayedGateway(), made, oidc.Issuer(made, issuer.transport()))


async def test_signing_in_at_an_issuer():
    issuer = SmallIssuer()
    app = with_issuer(issuer)
    async with browser(app) as reader:
        page = markup.check((await reader.get("/en/sign-in?next=/en/energy")).text, "en")
        assert not page.all("form"), "no demo person and no pasted token where there is an issuer"
        go = next(each["href"] for each in page.all("a") if "/sign-in/go" in each["href"])
        off = await reader.get(go)
        assert off.headers["location"].startswith(f"{ISSUER}/authorization_endpoint?")
        back = await reader.get(issuer.authorise(off.headers["location"]))
        assert back.headers["location"] == "/en/energy"
        session = app.sessions.read(httpx_request(reader))
        assert session is not None
        assert session.role == "province"


async def test_a_code_of_another_browser_or_sign_in_is_refused():
    issuer = SmallIssuer()
    async with browser(with_issuer(issuer)) as reader, browser(with_issuer(issuer)) as other:
        off = await reader.get("/zh/sign-in/go")
        back = issuer.authorise(off.headers["location"])
        assert (await other.get(back)).status_code == 403
        assert (await reader.get(back.replace("state=", "state=x"))).status_code == 403
        assert (await reader.get(back)).status_code == 403, "that sign-in is over"
        issuer.nonce = "another"
        off = await reader.get("/zh/sign-in/go")
        back = issuer.authorise(off.headers["location"])
        assert (await reader.get(back)).status_code == 502


async def test_an_issuer_that_refuses_or_is_away_is_told_in_words():
    issuer = SmallIssuer()
    async with browser(with_issuer(issuer)) as reader:
        off = await reader.get("/zh/sign-in/go")
        back = issuer.authorise(off.headers["location"])
        state = parse_qs(urlsplit(back).query)["state"][0]
        answer = await reader.get(f"/sign-in/back?error=access_denied&state={state}")
        assert answer.status_code == 502
        assert "access_denied" in markup.check(answer.text, "zh").text
        off = await reader.get("/zh/sign-in/go")
        back = issuer.authorise(off.headers["location"])
        issuer.codes.clear()
        assert (await reader.get(back)).status_code == 502
    made = settings(oidc_issuer=ISSUER, portal_url="http://portal")
    gone = httpx.MockTransport(lambda _: httpx.Response(500, content=json.dumps({})))
    async with browser(portal(PlayedGateway(), made, oidc.Issuer(made, gone))) as reader:
        answer = await reader.get("/zh/sign-in/go")
        assert answer.status_code == 502
        markup.check(answer.text, "zh")


async def test_one_s_language_is_known_from_the_browser():
    async with browser(portal(PlayedGateway())) as reader:
        for accept, language in (("en-GB", "en"), ("zh-CN,zh;q=0.9", "zh")):
            answer = await reader.get("/", headers={"accept-language": accept})
            assert answer.headers["location"] == f"/{language}/province"
        assert (await reader.get("/favicon.ico")).status_code == 404
        assert (await reader.get("/fr/province")).status_code == 404
        assert (await reader.delete("/zh/province")).status_code == 405
