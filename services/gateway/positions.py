"""Position tokens: "what I have just written must be in what I read" (read-your-writes).

Every command is answered with a signed token; the signature keeps callers from making a query wait for a position
that never existed.
"""

import base64
import binascii
import hashlib
import hmac

from shared.problems import Problem

HEADER = "Position-Token"


class PositionTokens:
    """Signs and reads tokens for one position of one service's log."""

    def __init__(self, key: str) -> None:
        if len(key) < 32:
            raise ValueError("SHENGJI_POSITION_KEY must have at least 32 characters")
        self._key = key.encode()

    def sign(self, source: str, position: int) -> str:
        body = f"{source}:{position}".encode()
        return base64.urlsafe_b64encode(body + b"." + self._mac(body)).decode().rstrip("=")

    def read(self, token: str) -> dict[str, int]:
        """{source: position}. Raises Problem 400 for a token that this gateway's key didn't sign."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            body, mac = raw[:-17], raw[-16:]
            if raw[-17:-16] != b"." or not hmac.compare_digest(mac, self._mac(body)):
                raise ValueError("signature")
            source, _, position = body.decode().partition(":")
            return {source: int(position)}
        except (ValueError, binascii.Error) as error:
            raise Problem(
                400,
                "bad-position-token",
                "Not a position token",
                "The position token was not made by this gateway.",
                where=HEADER,
                remedy=f"Use the {HEADER} header of a command's answer, unchanged, or leave it out.",
            ) from error

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)[:16]
