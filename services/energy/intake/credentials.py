"""Who is at the door: "Authorization: Bearer <enterprise>.<secret>", checked against the hashes in the database."""

import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import structlog

from services.energy.readings.reference import credential_hash
from shared.problems import Problem, unavailable

KNOWN_FOR_S = 30.0
UNKNOWN_FOR_S = 5.0
MOST_CACHED = 100_000

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


class Credentials:
    """Checks credentials with a short memory, so that a busy feed doesn't ask the database each time."""

    def __init__(self, lookup: Lookup, now: Callable[[], datetime]) -> None:
        self._lookup = lookup
        self._now = now
        self._cache: dict[str, tuple[float, Found]] = {}

    async def check(self, authorization: str | None) -> Device:
        """The sender. Raises Problem 401, or 503 when it can't be found out."""
        scheme, _, token = (authorization or "").partition(" ")
        enterprise, dot, secret = token.strip().rpartition(".")
        if scheme.lower() != "bearer" or not dot or not enterprise or not secret or len(token) > 400:
            raise _refused("There is no device credential in the Authorization header.")
        found = await self._find(enterprise)
        given, now = credential_hash(secret), self._now()
        partition, credentials = found or (0, [])
        for credential in credentials:
            in_time = credential.valid_from <= now and (
                credential.valid_to is None or now < credential.valid_to
            )
            if hmac.compare_digest(credential.hash, given) and in_time:
                return Device(enterprise, partition)
        # One answer for all: who is registered is nobody's business here.
        raise _refused("The device credential is not valid.")

    async def _find(self, enterprise: str) -> Found:
        at = time.monotonic()
        until, found = self._cache.get(enterprise, (0.0, None))
        if at < until:
            return found
        try:
            found = await self._lookup(enterprise)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.error("credentials can't be looked up", error=repr(error))
            raise unavailable("Credentials can't be checked at the moment.") from error
        if len(self._cache) >= MOST_CACHED:
            self._cache.clear()
        self._cache[enterprise] = (at + (KNOWN_FOR_S if found else UNKNOWN_FOR_S), found)
        return found


def from_database(pool: "asyncpg.Pool[asyncpg.Record]") -> Lookup:
    """The look-up in the tables `feed` and `device_credential`."""

    async def lookup(enterprise: str) -> Found:
        rows = await pool.fetch(
            "SELECT f.p, d.hash, d.valid_from, d.valid_to FROM feed f LEFT JOIN device_credential d USING (enterprise) "
            "WHERE f.enterprise = $1",
            enterprise,
        )
        if not rows:
            return None
        known = [Credential(r["hash"], r["valid_from"], r["valid_to"]) for r in rows if r["hash"] is not None]
        return rows[0]["p"], known

    return lookup


def _refused(detail: str) -> Problem:
    return Problem(
        401,
        "no-device-credential",
        "Who are you?",
        detail,
        where="Authorization",
        remedy='Send "Authorization: Bearer <enterprise>.<secret>" as the registry issued it.',
    )
