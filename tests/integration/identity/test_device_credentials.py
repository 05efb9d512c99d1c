"""A device credential: believed while it holds, gone within a second of its revocation, and good for nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from services.energy.intake.credentials import (
    FRESH_S,
    HOLD_S,
    POLL_S,
    Credential,
    Credentials,
    Found,
    changes_in_log,
    from_database,
)
from services.energy.intake.limits import FairShare
from services.energy.intake.settings import IntakeSettings
from services.energy.readings.reference import credential_hash
from shared.event_log import EventLog, NewEvent, StreamWrite
from shared.problems import Problem
from tests.conftest import DatabaseFactory
from tests.kit.servers import Database, wait_for

NOON = datetime(2013, 3, 1, 4, tzinfo=UTC)


class Registry:
    """What the database says, its log of changes, and whether it answers."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.log: list[str] = []
        self.away: Exception | None = None
        self.looks = 0
        self.slow: asyncio.Event | None = None
        self.monotonic = 100.0
        self.now = NOON
        self.credentials = Credentials(self.lookup, lambda: self.now, lambda: self.monotonic)

    def issue(self, enterprise: str, *secrets: str, until: datetime | None = None) -> None:
        known = [Credential(credential_hash(secret), NOON, until) for secret in secrets]
        self.found[enterprise] = (0, known)
        self.log.append(enterprise)

    async def lookup(self, enterprise: str) -> Found:
        self.looks += 1
        if self.away:
            raise self.away
        found = self.found.get(enterprise)
        if self.slow is not None:
            await self.slow.wait()
        return found

    async def changes(self, after: int | None) -> tuple[int, list[str] | None]:
        if self.away:
            raise self.away
        if after is None or after > len(self.log):
            return len(self.log), None
        return len(self.log), self.log[after:]

    async def look(self) -> None:
        await self.credentials.look_for_changes(self.changes)

    async def status(self, token: str) -> int:
        try:
            await self.credentials.check(f"Bearer {token}")
        except Problem as problem:
            return problem.status
        return 200


@pytest.fixture
def registry() -> Registry:
    return Registry()


async def test_a_busy_feed_is_looked_up_once(registry: Registry) -> None:
    registry.issue("e1", "s")
    for _ in range(50):
        await registry.look()
        registry.monotonic += POLL_S
        assert await registry.status("e1.s") == 200
    assert registry.looks == 1


async def test_a_revoked_one_ends_with_the_next_look(registry: Registry) -> None:
    registry.issue("e1", "s")
    registry.issue("e2", "s")
    await registry.look()
    assert [await registry.status(token) for token in ("e1.s", "e2.s")] == [200, 200]
    registry.issue("e1")
    await registry.look()
    assert [await registry.status(token) for token in ("e1.s", "e2.s")] == [401, 200]
    assert registry.looks == 3


async def test_without_looks_it_lives_on_for_a_second_at_most(registry: Registry) -> None:
    registry.issue("e1", "s")
    await registry.look()
    assert await registry.status("e1.s") == 200
    registry.issue("e1")
    registry.monotonic += FRESH_S + 0.01
    assert await registry.status("e1.s") == 401


async def test_a_look_up_that_was_overtaken_is_not_remembered(registry: Registry) -> None:
    """It read what was true before; the change was told before there was anything to forget."""
    registry.issue("e1", "s")
    await registry.look()
    registry.slow = asyncio.Event()
    asking = asyncio.create_task(registry.status("e1.s"))
    await wait_for(lambda: registry.looks)
    registry.issue("e1")
    await registry.look()
    registry.slow.set()
    assert await asking == 200
    assert await registry.status("e1.s") == 401


async def test_rotation_leaves_both_valid_until_the_old_one_ends(registry: Registry) -> None:
    registry.issue("e1", "old")
    await registry.look()
    assert await registry.status("e1.old") == 200
    ends = NOON + timedelta(days=7)
    old, new = Credential(credential_hash("old"), NOON, ends), Credential(credential_hash("new"), NOON, None)
    registry.found["e1"] = (0, [old, new])
    registry.log.append("e1")
    await registry.look()
    assert [await registry.status(f"e1.{secret}") for secret in ("old", "new")] == [200, 200]
    registry.now = ends
    assert [await registry.status(f"e1.{secret}") for secret in ("old", "new")] == [401, 200], "to the moment"


async def test_a_new_one_is_valid_at_once(registry: Registry) -> None:
    registry.issue("e1", "old")
    await registry.look()
    assert await registry.status("e1.old") == 200
    registry.issue("e1", "old", "new")
    assert await registry.status("e1.new") == 200


@pytest.mark.parametrize(
    "away",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        # What asyncpg makes of a session that was ended between two of its messages.
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    ],
    ids=["refused", "silent", "cut"],
)
async def test_while_the_database_is_away_known_ones_hold_and_others_are_asked_to_wait(
    registry: Registry, away: Exception
) -> None:
    registry.issue("e1", "s")
    registry.issue("e2", "s")
    await registry.look()
    assert await registry.status("e1.s") == 200
    registry.away = away
    await registry.look()
    registry.monotonic += 60
    assert [await registry.status(token) for token in ("e1.s", "e1.guess", "e2.s")] == [200, 401, 503]
    looks = registry.looks
    assert await registry.status("e1.s") == 200
    assert registry.looks == looks, "nobody waits for a database that is known to be away"
    registry.monotonic += HOLD_S
    assert await registry.status("e1.s") == 503
    registry.away = None
    registry.issue("e1")
    await registry.look()
    assert await registry.status("e1.s") == 401


async def test_a_log_from_before_forgets_everything(registry: Registry) -> None:
    registry.issue("e1", "s")
    await registry.look()
    assert await registry.status("e1.s") == 200
    registry.found, registry.log = {"e1": (0, [])}, []
    await registry.look()
    assert await registry.status("e1.s") == 401


async def test_guessing_is_no_lever_against_the_database(registry: Registry) -> None:
    registry.issue("e1", "s")
    await registry.look()
    assert await registry.status("e1.s") == 200
    assert {await registry.status(f"e1.guess-{number}") for number in range(1_000)} == {401}
    assert registry.looks <= 1 + 40
    names = [await registry.status(f"nobody-{number}.s") for number in range(4_000)]
    assert set(names) == {401, 503}
    assert registry.looks <= 41 + 3_000
    assert await registry.status("e1.s") == 200, "and those who are known notice nothing"


def test_one_enterprise_uses_up_its_own_share_only() -> None:
    now = [0.0]
    share = FairShare(IntakeSettings(readings_per_second=100, readings_burst=5_000), lambda: now[0])
    share.take("e1", 5_000)
    with pytest.raises(Problem) as refused:
        share.take("e1", 200)
    assert (refused.value.status, refused.value.retry_after) == (429, 2)
    share.take("e2", 5_000)
    now[0] += 2
    share.take("e1", 200)


# --- on the real database -------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def energy(database: DatabaseFactory) -> Database:
    return await database("energy")


@pytest_asyncio.fixture
async def pool(energy: Database) -> AsyncIterator["asyncpg.Pool[Any]"]:
    async with asyncpg.create_pool(energy.dsn, min_size=1, max_size=2) as made:
        yield made


async def append(energy: Database, kind: str, enterprise: str) -> None:
    """An event of that type, with the runtime role."""
    from shared.clock import SystemClock

    engine = energy.engine()
    log = EventLog(SystemClock())
    async with engine.begin() as conn:
        stream = f"credentials-{enterprise}"
        version = len(await log.load(conn, stream))
        event = NewEvent(kind, 1, {"enterprise": enterprise, "note": "示例"}, datetime.now(UTC))
        await log.append(conn, [StreamWrite(stream, version, [event])], {})
    await engine.dispose()


async def test_the_log_tells_whose_credentials_changed(energy: Database, pool: "asyncpg.Pool[Any]") -> None:
    changes = changes_in_log(pool)
    assert await changes(None) == (0, None)
    assert await changes(0) == (0, [])
    await append(energy, "DeviceCredentialIssued", "e1")
    await append(energy, "EnterpriseRegistered", "e2")
    await append(energy, "DeviceCredentialRevoked", "e3")
    head, changed = await changes(0)
    assert (head, sorted(changed or [])) == (3, ["e1", "e3"])
    assert await changes(1) == (3, ["e3"])
    assert await changes(3) == (3, [])
    assert await changes(9) == (3, None), "the log was restored to before what we know"


async def test_secrets_are_kept_as_hashes_only(energy: Database, pool: "asyncpg.Pool[Any]") -> None:
    secret = "the-secret-itself"
    owner = await asyncpg.connect(energy.owner_dsn)
    await owner.execute("INSERT INTO feed (enterprise, region, p) VALUES ('e1', '350181', 2)")
    await owner.execute(
        "INSERT INTO device_credential (enterprise, hash, valid_from, label) VALUES ('e1', $1, $2, 'x')",
        credential_hash(secret),
        NOON,
    )
    dump = await owner.fetch("SELECT d::text FROM device_credential d")
    await owner.close()
    assert secret not in str(dump)
    credentials = Credentials(from_database(pool), lambda: NOON)
    assert (await credentials.check(f"Bearer e1.{secret}")).partition == 2
    with pytest.raises(Problem):
        await credentials.check(f"Bearer e1.{credential_hash(secret).hex()}")
