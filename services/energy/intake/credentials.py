"""Authenticates senders: "Authorization: Bearer <enterprise>.<secret>", checked against the hashes in the database.

What was looked up is remembered, so that a busy feed doesn't ask the database each time; and every half second the
log is asked what has changed. A revoked credential therefore lives on for at most `FRESH_S`, however busy its feed.
"""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import structlog

from services.energy.intake.limits import Bucket
from services.energy.readings.reference import credential_hash
from shared.outage import LOST
from shared.problems import Problem, unavailable

FRESH_S = 1.0
"""How long a cached look-up is believed after it was last known to be true."""
POLL_S = 0.4
HOLD_S = 900.0
"""How long it is believed while the database is away: nobody can revoke anything then, and readings must be taken."""
UNKNOWN_FOR_S = 1.0
MOST_CACHED = 100_000
_POLL_TIMEOUT_S = 0.5
_LOOKUP_TIMEOUT_S = 2.0
_FAR_BEHIND = 10_000
_OUTAGE = (*LOST, asyncpg.PostgresError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Device:
    """An enterprise's sender and its partition."""

    enterprise: str
    partition: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential's hash and when it is valid."""

    hash: bytes
    valid_from: datetime
    valid_to: datetime | None


Found = tuple[int, list[Credential]] | None
Lookup = Callable[[str], Awaitable[Found]]
"""Partition and credentials of an enterprise; None if nobody knows it."""
Changes = Callable[[int | None], Awaitable[tuple[int, list[str] | None]]]
"""The log's head, and whose credentials changed after a position; None: too many to tell, or nobody knows."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    looked_at: float
    found: Found


class Credentials:
    """Checks credentials against a cache that `watch` keeps up to date."""

    def __init__(
        self, lookup: Lookup, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._lookup = lookup
        self._now = now
        self._monotonic = monotonic
        self._known: dict[str, _Remembered] = {}
        self._unknown: dict[str, float] = {}
        self._position: int | None = None
        self._true_at = float("-inf")
        self._away = False
        self._generation = 0
        # Past the first bucket, wrong secrets are answered from the cache; past the second, first-time senders get 503.
        self._second_looks = Bucket(20.0, 40, monotonic)
        self._first_looks = Bucket(300.0, 3_000, monotonic)

    async def check(self, authorization: str | None) -> Device:
        """The sender. Raises Problem 401, or 503 when it can't be found out."""
        scheme, _, token = (authorization or "").partition(" ")
        enterprise, dot, secret = token.strip().rpartition(".")
        if scheme.lower() != "bearer" or not dot or not enterprise or not secret or len(token) > 400:
            raise _refused("There is no device credential in the Authorization header.")
        remembered = self._remembered(enterprise)
        found = remembered.found if remembered is not None else await self._look(enterprise)
        device = self._match(enterprise, secret, found)
        if device is None and remembered is not None and not self._away and self._second_looks.take():
            # The credential may have been issued after the cache was filled.
            device = self._match(enterprise, secret, await self._look(enterprise))
        if device is None:
            # One answer for all cases, so that it doesn't tell which enterprises are registered.
            raise _refused("The device credential is not valid.")
        return device

    async def watch(self, changes: Changes) -> None:
        """Keep the cache up to date for the life of the process."""
        while True:
            await self.look_for_changes(changes)
            await asyncio.sleep(POLL_S)

    async def look_for_changes(self, changes: Changes) -> None:
        """Ask once whose credentials have changed, and drop those from the cache."""
        asked_at = self._monotonic()
        try:
            head, changed = await changes(self._position)
        except _OUTAGE as error:
            if not self._away:
                log.warning("changes of credentials can't be read", error=repr(error))
            self._away = True
            return
        self._away = False
        if changed is None:
            self._known.clear()
        else:
            for enterprise in changed:
                self._known.pop(enterprise, None)
        if changed is None or changed:
            self._generation += 1
        self._position, self._true_at = head, asked_at

    def _match(self, enterprise: str, secret: str, found: Found) -> Device | None:
        given, now = credential_hash(secret), self._now()
        partition, credentials = found or (0, [])
        for credential in credentials:
            in_time = credential.valid_from <= now and (
                credential.valid_to is None or now < credential.valid_to
            )
            if hmac.compare_digest(credential.hash, given) and in_time:
                return Device(enterprise, partition)
        return None

    def _remembered(self, enterprise: str) -> _Remembered | None:
        """The enterprise's cached look-up, if it may still be believed."""
        at = self._monotonic()
        known = self._known.get(enterprise)
        if known is not None:
            age = at - max(known.looked_at, self._true_at)
            return known if age <= (HOLD_S if self._away else FRESH_S) else None
        until = self._unknown.get(enterprise)
        return _Remembered(at, None) if until is not None and at < until else None

    async def _look(self, enterprise: str) -> Found:
        held = self._known.get(enterprise)
        if held is None and not self._first_looks.take():
            raise unavailable("Too many new senders at the moment.")
        at, generation = self._monotonic(), self._generation
        try:
            async with asyncio.timeout(_LOOKUP_TIMEOUT_S):
                found = await self._lookup(enterprise)
        except _OUTAGE as error:
            if held is not None and at - max(held.looked_at, self._true_at) <= HOLD_S:
                return held.found
            log.error("credentials can't be looked up", error=repr(error))
            raise unavailable("Credentials can't be checked at the moment.") from error
        if found is None:
            if len(self._unknown) >= MOST_CACHED:
                self._unknown.clear()
            self._unknown[enterprise] = at + UNKNOWN_FOR_S
        elif generation == self._generation:  # otherwise the look-up may be from before the change
            if len(self._known) >= MOST_CACHED:
                self._known.clear()
            self._known[enterprise] = _Remembered(at, found)
            self._unknown.pop(enterprise, None)
        return found


def from_database(pool: "asyncpg.Pool[asyncpg.Record]") -> Lookup:
    """The look-up in the tables `feed` and `device_credential`."""

    async def lookup(enterprise: str) -> Found:
        # The time limit holds for giving the connection back, too: a half-open one is thrown away.
        async with pool.acquire(timeout=_LOOKUP_TIMEOUT_S) as conn:
            rows = await conn.fetch(
                "SELECT f.p, d.hash, d.valid_from, d.valid_to FROM feed f "
                "LEFT JOIN device_credential d USING (enterprise) WHERE f.enterprise = $1",
                enterprise,
            )
        if not rows:
            return None
        known = [Credential(r["hash"], r["valid_from"], r["valid_to"]) for r in rows if r["hash"] is not None]
        return rows[0]["p"], known

    return lookup


def changes_in_log(pool: "asyncpg.Pool[asyncpg.Record]") -> Changes:
    """The log as the feed of changes: its positions are in the order of commits, so none is missed."""

    async def changes(after: int | None) -> tuple[int, list[str] | None]:
        async with asyncio.timeout(_POLL_TIMEOUT_S), pool.acquire(timeout=_POLL_TIMEOUT_S) as conn:
            head = int(await conn.fetchval("SELECT position FROM event_counter"))
            if after is None or head < after or head - after > _FAR_BEHIND:
                return head, None
            if head == after:
                return head, []
            rows = await conn.fetch("SELECT credential_changes($1, $2) AS enterprise", after, head)
            return head, [row["enterprise"] for row in rows]

    return changes


def _refused(detail: str) -> Problem:
    return Problem(
        401,
        "no-device-credential",
        "Who are you?",
        detail,
        where="Authorization",
        remedy='Send "Authorization: Bearer <enterprise>.<secret>" as the registry issued it.',
    )
