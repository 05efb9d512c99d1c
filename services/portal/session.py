"""Who is signed in: a cookie that only we can read or make, and the word that every form must bring back.

The cookie holds the access token, encrypted and authenticated (Fernet): no script can read it, and no page has it. It
is the whole session, so that any copy of the portal can serve any request. What is too long for one cookie (browsers
keep 4,096 bytes) goes on in the next.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import Response

SESSION, BEFORE = "shengji-session", "shengji-before"
BEFORE_S = 900
"""How long a begun sign-in may take, in seconds."""
_PIECE = 3_600
_MOST_PIECES = 4


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `ends_at`: epoch seconds; `form_word`: what this session's forms carry.

    `name`: the person's, as the token tells it, or a demo person's key.
    """

    token: str
    ends_at: int
    role: str
    form_word: str
    area: str | None = None
    organisation: str | None = None
    name: str = ""


class TooLong(Exception):
    """The session does not fit into cookies: the issuer's token is too large."""


class Sessions:
    """Makes and reads the cookies. `now`: system time, by which tokens end."""

    def __init__(self, key: str, now: Callable[[], float] = time.time) -> None:
        digest = hashlib.sha256(key.encode()).digest()
        self._box = Fernet(base64.urlsafe_b64encode(digest))
        self._now = now

    def read(self, request: Request) -> Session | None:
        """The session that the request brings; None for none, a forged one, or one that has ended."""
        found = self._open(request, SESSION)
        if found is None:
            return None
        try:
            session = Session(**found)
        except TypeError:
            return None  # of another release
        return session if session.ends_at > self._now() else None

    def write(self, response: Response, session: Session, *, secure: bool) -> None:
        """Sign in. Raises TooLong."""
        left = max(1, int(session.ends_at - self._now()))
        self._seal(response, SESSION, asdict(session), left, secure)

    def before(self, request: Request) -> Mapping[str, Any] | None:
        """What was noted when this browser began to sign in; None if that is too long ago."""
        found = self._open(request, BEFORE)
        return found if found is not None and found.get("until", 0) > self._now() else None

    def begin(self, response: Response, note: Mapping[str, Any], *, secure: bool) -> None:
        """Note something for the time of signing in."""
        self._seal(response, BEFORE, {**note, "until": int(self._now()) + BEFORE_S}, BEFORE_S, secure)

    def end(self, request: Request, response: Response) -> None:
        """Sign out: every cookie of ours goes."""
        for name in request.cookies:
            if name.startswith((SESSION, BEFORE)):
                response.delete_cookie(name, path="/", httponly=True, samesite="lax")

    def _seal(self, response: Response, name: str, data: Mapping[str, Any], age: int, secure: bool) -> None:
        sealed = self._box.encrypt(zlib.compress(json.dumps(data).encode())).decode()
        pieces = [sealed[at : at + _PIECE] for at in range(0, len(sealed), _PIECE)]
        if len(pieces) > _MOST_PIECES:
            raise TooLong(f"{len(sealed)} characters")
        # The first says how many there are: what an earlier, longer session left is not taken for a part of this one.
        pieces[0] = f"{len(pieces)}.{pieces[0]}"
        for number, piece in enumerate(pieces):
            response.set_cookie(
                _named(name, number),
                piece,
                max_age=age,
                path="/",
                httponly=True,
                samesite="lax",
                secure=secure,
            )

    def _open(self, request: Request, name: str) -> dict[str, Any] | None:
        count, _, first = request.cookies.get(name, "").partition(".")
        if not count.isdigit() or not 1 <= int(count) <= _MOST_PIECES:
            return None
        rest = [request.cookies.get(_named(name, number), "") for number in range(1, int(count))]
        try:
            opened = self._box.decrypt("".join((first, *rest)).encode())
            found = json.loads(zlib.decompress(opened))
        except (InvalidToken, zlib.error, ValueError):
            return None
        return found if isinstance(found, dict) else None


def _named(name: str, number: int) -> str:
    return name if number == 0 else f"{name}-{number}"


def new_word() -> str:
    """A word that nobody guesses."""
    return secrets.token_urlsafe(24)


def same_word(given: str, expected: str) -> bool:
    """Whether a form brought its session's word; an empty one never does."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
