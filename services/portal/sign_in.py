"""Signing in and out: as a demo person, at an issuer, or with a token that an operator gave."""

from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.portal import oidc, persons, rendering
from services.portal.ask import address
from services.portal.forms import read_form
from services.portal.roles import ROLES
from services.portal.session import Session, Sessions, TooLong, new_word, same_word
from services.portal.settings import PortalSettings
from services.portal.words import Words
from shared.problems import Problem

_log = structlog.get_logger("portal")
_LONGEST_NEXT = 1_000
GET_GO = "/sign-in/go"


class SignIn:
    """The pages around signing in. `gateway(token, language)` asks in the name of a token."""

    def __init__(
        self, settings: PortalSettings, sessions: Sessions, gateway: Any, issuer: oidc.Issuer | None, now: Any
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._gateway = gateway
        self._issuer = issuer
        self._now = now

    async def page(self, request: Request, words: Words, fault: str = "", status: int = 200) -> Response:
        """Who are you? With what went wrong before, if something did."""
        word, onward = new_word(), inside(request.query_params.get("next", ""))
        go = address(words.language, GET_GO, {"next": onward})
        people = [(each.key, words(f"person.{each.key}")) for each in persons.PERSONS]
        response = rendering.html(
            "sign_in.html",
            words,
            path="/sign-in",
            query={"next": onward},
            session=None,
            status=status,
            fault=fault,
            issuer=self._settings.oidc_issuer,
            go=go,
            persons=people if self._settings.demo else [],
            form_word=word,
            next=onward,
        )
        self._sessions.begin(response, {"word": word}, secure=secure(request))
        return response

    async def take(self, request: Request, words: Words) -> Response:
        """The form came back."""
        form = await read_form(request, words)
        before = self._sessions.before(request)
        if before is None or not same_word(form.get("form_word", ""), str(before.get("word", ""))):
            return await self.page(request, words, words("sign_in.again"), 403)
        token = ""
        if self._settings.demo and self._settings.demo_signing_key is not None and "person" in form:
            chosen = next((each for each in persons.PERSONS if each.key == form["person"]), None)
            if chosen is not None:
                token = persons.token(self._settings.demo_signing_key.get_secret_value(), chosen)
        elif self._settings.oidc_issuer is None:
            token = form.get("token", "").strip()
        if not token:
            return await self.page(request, words, words("sign_in.nothing"), 422)
        return await self._enter(request, words, token, inside(form.get("next", "")), form.get("person", ""))

    async def go(self, request: Request, words: Words) -> Response:
        """Off to the issuer."""
        if self._issuer is None:
            return await self.page(request, words)
        try:
            begun, where = await self._issuer.begin(words.language)
        except oidc.SignInFailed as failed:
            return await self._failed(request, words, failed)
        response = RedirectResponse(where, 303)
        note = {
            "state": begun.state,
            "nonce": begun.nonce,
            "verifier": begun.verifier,
            "language": words.language,
            "next": inside(request.query_params.get("next", "")),
        }
        self._sessions.begin(response, note, secure=secure(request))
        return response

    async def back(self, request: Request) -> Response:
        """From the issuer, with a code or with a refusal."""
        before = self._sessions.before(request) or {}
        words = Words("en" if before.get("language") == "en" else "zh")
        given = request.query_params
        if self._issuer is None or not same_word(given.get("state", ""), str(before.get("state", ""))):
            return await self.page(request, words, words("sign_in.again"), 403)
        try:
            if "code" not in given:
                raise oidc.SignInFailed(str(given.get("error", "no code"))[:100])
            begun = oidc.Begun(str(before["state"]), str(before["nonce"]), str(before["verifier"]))
            token = await self._issuer.finish(begun, given["code"])
        except oidc.SignInFailed as failed:
            return await self._failed(request, words, failed)
        return await self._enter(request, words, token, str(before.get("next", "")), "")

    def out(self, request: Request, words: Words) -> Response:
        """Signed out."""
        response = RedirectResponse(address(words.language, "/sign-in", {}), 303)
        self._sessions.end(request, response)
        return response

    async def _enter(self, request: Request, words: Words, token: str, onward: str, person: str) -> Response:
        try:
            me: Mapping[str, Any] = await self._gateway(token, words.language).get("/me")
        except Problem as refused:
            told = words("sign_in.refused", why=refused.detail)
            return await self.page(request, words, told, 503 if refused.status >= 500 else 403)
        if me.get("role") not in ROLES:
            return await self.page(request, words, words("sign_in.refused", why=str(me.get("role"))), 403)
        name = person or str(me.get("name") or "")
        session = Session(
            token=token,
            ends_at=min(int(me["ends_at"]), int(self._now()) + self._settings.session_longest),
            role=str(me["role"]),
            form_word=new_word(),
            area=me.get("area"),
            organisation=me.get("organisation"),
            name=name[:100],
        )
        response = RedirectResponse(onward or address(words.language, "/province", {}), 303)
        self._sessions.end(request, response)
        try:
            self._sessions.write(response, session, secure=secure(request))
        except TooLong as error:
            _log.error("a token is too long for a session", size=str(error))
            return await self.page(request, words, words("sign_in.too_long"), 502)
        return response

    async def _failed(self, request: Request, words: Words, failed: oidc.SignInFailed) -> Response:
        _log.warning("signing in at the issuer failed", reason=str(failed))
        return await self.page(request, words, words("sign_in.failed", why=str(failed)), 502)


def secure(request: Request) -> bool:
    """Whether the browser came by TLS: then its cookies go by TLS alone."""
    return request.url.scheme == "https"


def inside(onward: str) -> str:
    """Where to go on: a path of ours, or nothing. `//elsewhere` and `/\\elsewhere` are other hosts to a browser."""
    fits = onward.startswith(("/zh", "/en")) and len(onward) <= _LONGEST_NEXT
    return onward if fits and "\\" not in onward and onward.isprintable() else ""
