"""What release 517f57c stored, queued and archived in thousandths comes along, and its cut digits come back.

Its own code writes the store; then the migration, the recount and the restored month must end where the oracle does,
which has only ever counted exactly.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.energy import archive
from services.energy.readings import audit, ranks, recount, wire
from shared.database import migrate
from tests.conftest import DatabaseFactory
from tests.kit.energy_oracle import VOID, Meter, Read, expected
from tests.kit.energy_store import Store
from tests.kit.servers import Database
from tests.upgrades import previous

JANUARY = date(2013, 1, 1)
BEGIN = 1_358_870_400  # 2013-01-23 00:00 in +08:00: ten days before the month's end, and five after it
MILLI = Fraction(1, 1000)
REPORTED = 1_388_534_400_000_000
METERS = (
    Meter("plain", modulus=1_000_000_000, capacity=Decimal(400)),
    Meter("ratio", factor=Decimal(40)),
    Meter("broken-ratio", factor=Decimal("0.024")),
    Meter("watt-hours", factor=Decimal("0.001"), register=False, slot=60),
    Meter("limited", capacity=Decimal(100)),
)


def feed(rng: random.Random) -> list[Read]:
    """Fifteen days as the old release took them: values in 1/1000, telemetry without rank; some of it wrong."""
    rows: list[Read] = []
    for meter in METERS:
        register = rng.randrange(1_000_000)
        for n in range(1440):
            t = BEGIN + 900 * n + rng.choice([0, 0, 0, 7])
            if meter.register:
                register = (register + rng.choice([0, 901, 1001, 1503, 20_000])) % 1_000_000
            row = Read(meter.name, t, register if meter.register else 12_900, rank=0)
            if rng.random() < 0.03:
                continue
            rows.append(row)
            if rng.random() < 0.02:
                rows.append(replace(row, v=rng.randrange(1_000_000)))
            if rng.random() < 0.01:
                rows.append(replace(row, v=rng.randrange(1_000_000), rank=REPORTED + n))
            if rng.random() < 0.003:
                rows.append(replace(row, v=VOID, rank=REPORTED + 10_000 + n))
    rows.sort(key=lambda row: row.t + (rng.randrange(86_400) if rng.random() < 0.05 else 0))
    return rows


def today(row: Read) -> Read:
    """The same reading in this release's integers."""
    assert row.rank is not None
    rank = ranks.correction(row.rank) if row.rank else 0
    return replace(row, v=row.v if row.v == VOID else row.v * 1000, rank=rank)


async def written(database: Database, folder: Path, rows: list[Read], archived: Path | None) -> str:
    """Let release 517f57c write the store; a message that it left on the queue, in hex."""
    await migrate(database.owner_url, "energy", revision="0007_writer")
    batches = [rows[n : n + 3000] for n in range(0, len(rows), 3000)]
    asked: dict[str, Any] = {
        "dsn": database.dsn,
        "owner": database.owner_dsn,
        "folder": None if archived is None else str(archived),
        "batches": [[[row.meter, row.t, row.v, row.rank] for row in batch] for batch in batches],
        "meters": [
            {
                "meter": meter.name,
                "enterprise": "e1",
                "carrier": "electricity",
                "unit": "kWh",
                "kind": "register" if meter.register else "interval",
                "ratio": "1",
                "unit_factor": str(meter.factor),
                "capacity": None if meter.capacity is None else str(meter.capacity / meter.factor),
                "digits": None if meter.modulus is None else len(str(meter.modulus // 10**6)) - 1,
                "interval_seconds": meter.slot,
            }
            for meter in METERS
        ],
    }
    code = await asyncio.to_thread(previous.unpack, folder / "previous")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-P", str(Path(__file__).with_name("readings_517f57c.py"))],
        input=json.dumps(asked).encode(),
        env={**os.environ, "PYTHONPATH": str(code)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode().strip()


async def same(store: Store, wanted: list[Read]) -> None:
    """The whole store is what the oracle says."""
    found, right = (
        await store.content("e1"),
        expected([replace(each, grain=MILLI, rules_of_517f57c=True) for each in METERS], wanted),
    )
    assert found.reading == right.reading
    assert found.history == right.history
    assert found.irregular == right.irregular
    assert found.meter_hour == right.meter_hour
    assert found.hour == right.hour
    assert await audit.differences(store.conn) == []


@pytest.mark.parametrize("seed", range(3))
async def test_the_store_counts_exactly_after_the_upgrade(
    empty_database: DatabaseFactory, tmp_path: Path, seed: int
) -> None:
    database, rows = await empty_database("energy"), feed(random.Random(seed))
    queued = await written(database, tmp_path, rows, None)
    await migrate(database.owner_url, "energy")
    conn = await asyncpg.connect(database.dsn)
    store = Store(conn)
    p = await store.partition("e1")
    assert await recount.recount_marked(conn, p, store.now) == 2
    assert await recount.recount_marked(conn, p, store.now) == 0
    came = [today(row) for row in rows]
    await same(store, came)
    # What waits on the queue since then counts by its meaning; here all of it is there already.
    posts = wire.decode(bytes.fromhex(queued))
    wire.stamp(posts, ranks.place(0, 1))
    done = await store.run(posts, p)
    assert done.outcomes["accepted"] == done.outcomes["quarantined"] == 0
    # And what comes after it is not cut any more: 1,440 times 12.9 Wh are 18.576 kWh.
    minutes = [Read("watt-hours", BEGIN + 20 * 86_400 + 60 * n, 12_900_000) for n in range(1, 1441)]
    await store.push(minutes)
    day = await conn.fetchval(
        "SELECT native FROM ent_day WHERE enterprise = 'e1' AND day = $1", date(2013, 2, 12)
    )
    assert day == Decimal("18.576")
    assert await audit.differences(conn) == []
    await conn.close()


async def test_a_month_that_it_archived_comes_back_exactly(
    empty_database: DatabaseFactory, tmp_path: Path
) -> None:
    database, rows = await empty_database("energy"), feed(random.Random(7))
    await written(database, tmp_path, rows, tmp_path / "archive")
    await migrate(database.owner_url, "energy")
    conn, owner = await asyncpg.connect(database.dsn), await asyncpg.connect(database.owner_dsn)
    store = Store(conn)
    await recount.recount_marked(conn, await store.partition("e1"), store.now)
    assert await audit.differences(conn) == []
    await archive.restore(owner, JANUARY, datetime(2014, 6, 1, tzinfo=UTC))
    await same(store, [today(row) for row in rows])
    await archive.archive(owner, tmp_path / "again", JANUARY, store.now)
    await archive.restore(owner, JANUARY, store.now)
    await same(store, [today(row) for row in rows])
    await conn.close()
    await owner.close()


async def test_the_migration_waits_until_the_release_before_is_stopped(
    empty_database: DatabaseFactory,
) -> None:
    database = await empty_database("energy")
    await migrate(database.owner_url, "energy", revision="0007_writer")
    worker = await asyncpg.connect(database.dsn, server_settings={"application_name": "energy-worker"})
    with pytest.raises(Exception, match="still works here: energy-worker"):
        await migrate(database.owner_url, "energy")
    await worker.close()
    await migrate(database.owner_url, "energy")


async def test_what_cannot_be_held_exactly_is_named_before_anything_changes(
    empty_database: DatabaseFactory,
) -> None:
    """A device that reported 999999999999999 kWh: the old release took it."""
    database = await empty_database("energy")
    await migrate(database.owner_url, "energy", revision="0007_writer")
    conn = await asyncpg.connect(database.owner_dsn)
    await conn.execute(
        """
        INSERT INTO feed (enterprise, region, p) VALUES ('e1', '350100', 0);
        INSERT INTO carrier VALUES ('electricity', '电力', 'kWh');
        INSERT INTO series (meter, enterprise, p, carrier, unit, kind, valid_from, generation)
        VALUES ('M-1', 'e1', 0, 'electricity', 'kWh', 'interval', '2012-01-01', 1);
        SELECT ensure_reading_month('2013-01-01');
        INSERT INTO reading SELECT s, 1357000200, 0, 999999999999999000, 999999999999999000 FROM series;
        """
    )
    with pytest.raises(Exception, match="too large to be held exactly: meter M-1"):
        await migrate(database.owner_url, "energy")
    assert await conn.fetchval("SELECT ratio_num FROM series") == 1
    await conn.execute("UPDATE reading SET v = -1, e = 0, rk = 1")
    await migrate(database.owner_url, "energy")
    await conn.close()
