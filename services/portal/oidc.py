"""Signing in at an OIDC issuer: authorisation code with PKCE (RFC 7636). The browser sees a code, never a token."""

import base64
import hashlib
import json
import secrets
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from services.portal.settings import PortalSettings

_KEEP_S = 300.0
CALLBACK = "/sign-in/back"


class SignInFailed(Exception):
    """The issuer gave no token; the text says why, for the log and for the person."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What must come back, or be shown, when the person does."""

    state: str
    nonce: str
    verifier: str


class Issuer:
    """The issuer's side, as far as the portal needs it."""

    def __init__(self, settings: PortalSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._issuer = (settings.oidc_issuer or "").rstrip("/")
        trust: ssl.SSLContext | bool = True
        if settings.oidc_ca is not None:
            trust = ssl.create_default_context(cafile=str(settings.oidc_ca))
        self._client = httpx.AsyncClient(transport=transport, verify=trust, timeout=10.0)
        self._known: tuple[float, dict[str, Any]] = (float("-inf"), {})

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def _back(self) -> str:
        return f"{(self._settings.portal_url or '').rstrip('/')}{CALLBACK}"

    async def begin(self, language: str) -> tuple[Begun, str]:
        """What to remember, and where to send the browser. Raises SignInFailed."""
        begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=")
        query = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._back,
            "scope": self._settings.oidc_scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
            "ui_locales": "zh-CN" if language == "zh" else "en",
        }
        endpoint = str((await self._configuration())["authorization_endpoint"])
        return begun, f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def finish(self, begun: Begun, code: str) -> str:
        """The access token for the code. Raises SignInFailed."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._settings.oidc_client_id,
            "code_verifier": begun.verifier,
        }
        if self._settings.oidc_client_secret is not None:
            form["client_secret"] = self._settings.oidc_client_secret.get_secret_value()
        answer = await self._ask("POST", str((await self._configuration())["token_endpoint"]), data=form)
        self._check_nonce(answer.get("id_token"), begun.nonce)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise SignInFailed("the issuer's answer has no access_token")
        return token

    def _check_nonce(self, id_token: Any, nonce: str) -> None:
        """It came from the token endpoint itself, so that its signature need not be checked (OIDC Core 3.1.3.7)."""
        if id_token is None:
            return  # an issuer of plain OAuth: PKCE ties the code to this browser
        try:
            part = str(id_token).split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (ValueError, IndexError) as error:
            raise SignInFailed("the issuer's id_token can't be read") from error
        if claims.get("nonce") != nonce or str(claims.get("iss", "")).rstrip("/") != self._issuer:
            raise SignInFailed("the issuer's id_token is for another sign-in")

    async def _configuration(self) -> dict[str, Any]:
        read_at, known = self._known
        if time.monotonic() - read_at < _KEEP_S:
            return known
        found = await self._ask("GET", f"{self._issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self._issuer:
            raise SignInFailed(f"the document at {self._issuer} is of issuer {found.get('issuer')!r}")
        if missing := {"authorization_endpoint", "token_endpoint"} - found.keys():
            raise SignInFailed(f"the issuer's document lacks {', '.join(sorted(missing))}")
        self._known = (time.monotonic(), found)
        return found

    async def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, url, **more)
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignInFailed(f"the issuer gave no answer ({type(error).__name__})") from error
        if not answer.is_success or not isinstance(found, dict):
            why = found.get("error", answer.status_code) if isinstance(found, dict) else answer.status_code
            raise SignInFailed(f"the issuer refused: {why}")
        return found
