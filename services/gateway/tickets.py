"""Tickets for live streams: a browser's EventSource can set no header, and a token doesn't belong into a URL.

The holder of a token gets a ticket that opens streams for a minute. It names the holder and when the token expires, and
is signed, so that every gateway replica can verify it. Revoking the person's access ends the ticket like the token.
"""

import base64
import binascii
import hashlib
import hmac

import msgspec

from services.gateway.auth import Caller
from shared.identity import Actor
from shared.problems import Problem

VALID_S = 60
_MAC_BYTES = 32


class _Said(msgspec.Struct, frozen=True):
    actor: dict[str, str]
    issued_at: int
    ends_at: int
    opens_until: int


class Tickets:
    """Makes and reads tickets with a key of its own, derived from the gateway's."""

    def __init__(self, key: str) -> None:
        self._key = hmac.digest(key.encode(), b"stream ticket", hashlib.sha256)

    def make(self, caller: Caller, now: float) -> tuple[str, int]:
        """A ticket, and until when (epoch seconds of system time) it opens streams."""
        opens_until = min(int(now) + VALID_S, caller.ends_at)
        said = _Said(caller.actor.to_dict(), caller.issued_at, caller.ends_at, opens_until)
        body = msgspec.json.encode(said)
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("="), opens_until

    def read(self, ticket: str, now: float) -> Caller:
        """The ticket's holder. Raises Problem 401 for a ticket with a wrong signature, or older than a minute."""
        try:
            raw = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
            mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(body)):
                raise ValueError("signature")
            said = msgspec.json.decode(body, type=_Said)
        except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
            raise _refused("The ticket was not made by this gateway.") from error
        if now >= said.opens_until:
            raise _refused("The ticket's minute is over.")
        return Caller(Actor.from_dict(said.actor), said.ends_at, said.issued_at, subject="")

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)


def _refused(detail: str) -> Problem:
    return Problem(
        401,
        "bad-ticket",
        "Not a ticket",
        detail,
        where="ticket",
        remedy="POST /api/v1/progress/stream-tickets with your token gives a new one.",
    )
