"""Old months go into files and come back; sums stay, what follows is measured on, and nothing late is lost."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pyarrow.parquet as pq
import pytest
import pytest_asyncio
from pydantic import SecretStr

from services.energy import archive
from services.energy.common.registers import Verdict
from services.energy.readings import audit, revise
from shared.problems import Problem
from shared.settings import Settings
from tests.conftest import DatabaseFactory
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import Store, at, moment, quarter_hours, spec_of
from tests.kit.servers import TestNats

NOW = datetime(2014, 6, 1, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH = (date(2013, month, 1) for month in (1, 2, 3))
LINE = at("02-01 00:00")
SLOTS = 200
BEGIN = LINE - 900 * SLOTS
SUMS = (
    "SELECT enterprise, carrier, h, native, over_gaps, present FROM ent_hour ORDER BY enterprise, carrier, h"
)


@pytest_asyncio.fixture
async def old(database: DatabaseFactory) -> AsyncIterator[tuple[Store, asyncpg.Connection]]:
    """Two meters over the end of January 2013, one of which has fallen silent there; and the owner's connection."""
    made = await database("energy")
    conn, owner = await asyncpg.connect(made.dsn), await asyncpg.connect(made.owner_dsn)
    store = Store(conn)
    for name in ("m1", "m2"):
        await store.meter(Meter(name))
    await store.push(quarter_hours("m1", BEGIN, range(0, 25_000_000 * SLOTS * 2, 25_000_000)))
    await store.push(quarter_hours("m2", BEGIN, range(0, 7_000_000 * 100, 7_000_000)))
    yield store, owner
    await conn.close()
    await owner.close()


async def rows(store: Store) -> list[tuple[int, ...]]:
    """Every reading that the database holds."""
    found = await store.conn.fetch("SELECT s, t, rk, v, e FROM reading ORDER BY s, t")
    return [tuple(row) for row in found]


async def test_a_month_goes_and_comes_back_as_it_was(
    old: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    store, owner = old
    before, sums = await rows(store), await store.conn.fetch(SUMS)
    january = [row for row in before if row[1] <= LINE]
    done = await archive.archive(owner, tmp_path, JANUARY, NOW)
    assert done.rows == len(january)
    table = pq.read_table(done.file)
    assert sorted(zip(*(table.column(c).to_pylist() for c in table.column_names), strict=True)) == january
    # Of each meter its last reading stays.
    left = [row for row in await rows(store) if row[1] <= LINE]
    assert left == [max(row for row in january if row[0] == s) for s in (1, 2)]
    assert await store.conn.fetch(SUMS) == sums
    assert await audit.differences(store.conn) == []
    assert await archive.restore(owner, JANUARY, NOW) == [JANUARY]
    assert await rows(store) == before
    assert await store.conn.fetch(SUMS) == sums
    assert await audit.differences(store.conn) == []


async def test_what_comes_after_an_archived_month_is_measured_from_its_last_reading(
    old: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    store, owner = old
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    # m2 was silent since the middle of the month's last days: 99 × 7 kWh then, 800 kWh now.
    await store.push([Read("m2", LINE + 900, 800_000_000)])
    total = "SELECT sum(native) FROM ent_day"
    assert await store.conn.fetchval(total) == 25 * (SLOTS * 2 - 1) + 800
    assert await audit.differences(store.conn) == []


async def test_a_reading_of_an_archived_month_waits_until_it_is_restored(
    old: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    store, owner = old
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    before = await rows(store)
    done = await store.push([Read("m1", BEGIN + 450, 12_500_000)])
    assert done.quarantined == {"archived": 1}
    assert await rows(store) == before
    await archive.restore(owner, JANUARY, NOW)
    state = "SELECT state FROM quarantine"
    assert await store.conn.fetchval(state) == "releasing"
    assert (await store.push([Read("m1", BEGIN + 450, 12_500_000)])).outcomes["accepted"] == 1
    assert await audit.differences(store.conn) == []


async def test_what_reaches_behind_the_line_is_refused_and_changes_nothing(
    database: DatabaseFactory, tmp_path: Path
) -> None:
    """A verdict there was accepted, found none of the readings that it is about, and took away later energy."""
    made = await database("energy")
    conn, owner = await asyncpg.connect(made.dsn), await asyncpg.connect(made.owner_dsn)
    store = Store(conn)
    await store.meter(Meter("m1", capacity=Decimal(200)))
    jump = quarter_hours("m1", BEGIN, [0, 900_000_000, 901_000_000])
    await store.push([*jump, *quarter_hours("m1", LINE + 900, [902_000_000, 903_000_000])])
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    before, sums = await rows(store), await conn.fetch(SUMS)
    start, end = (moment(each.t) for each in jump[:2])
    refused = [
        lambda: revise.give_verdict(conn, "m1", 0, start, end, Verdict.SO, "someone", NOW),
        lambda: revise.void_reading(conn, "m1", 0, moment(max(t for _, t, *_ in before if t <= LINE)), NOW),
        lambda: revise.close_meter(conn, "m1", 0, moment(LINE), NOW),
        lambda: revise.replace_register(
            conn, spec_of(Meter("m1", factor=Decimal(2)), valid_from=moment(LINE)), NOW, closing=0, opening=0
        ),
    ]
    for change in refused:
        with pytest.raises(Problem) as caught:
            async with conn.transaction():
                await change()
        assert (caught.value.status, caught.value.code) == (409, "archived")
    assert await rows(store) == before
    assert await conn.fetch(SUMS) == sums
    assert await audit.differences(conn) == []
    await archive.restore(owner, JANUARY, NOW)
    async with conn.transaction():
        await revise.give_verdict(conn, "m1", 0, start, end, Verdict.SO, "someone", NOW)
    assert await conn.fetchval("SELECT sum(native) FROM ent_day") == 903
    await conn.close()
    await owner.close()


async def test_batches_go_on_while_a_month_is_taken_out_and_brought_back(
    database: DatabaseFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The month's work is done beside; the partitions are locked for the exchange alone."""
    made = await database("energy")
    store = Store(await asyncpg.connect(made.dsn))
    await store.meter(Meter("m1"))
    await store.push(quarter_hours("m1", BEGIN, range(0, 25_000_000 * SLOTS * 2, 25_000_000)))
    await store.conn.execute("SET lock_timeout = '2s'")
    pushed: list[int] = []

    async def push() -> None:
        pushed.append(LINE + 900 * (1000 + len(pushed)))
        await store.push([Read("m1", pushed[-1], 25_000_000 * (SLOTS * 2 + 1 + len(pushed)))])

    class Filling(asyncpg.Connection):
        async def execute(self, query: str, *arguments: Any, **more: Any) -> str:
            if query.lstrip().startswith("INSERT INTO reading_2013"):
                await push()
            done: str = await super().execute(query, *arguments, **more)
            return done

    owner = await asyncpg.connect(made.owner_dsn, connection_class=Filling)
    file_rows = archive._file_rows

    async def reading_the_file(file: Path, scale: dict[int, int] | None) -> AsyncIterator[bytes]:
        await push()
        async for chunk in file_rows(file, scale):
            yield chunk

    monkeypatch.setattr(archive, "_file_rows", reading_the_file)
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    assert len(pushed) == 1
    await archive.restore(owner, JANUARY, NOW)
    assert len(pushed) == 2
    assert await audit.differences(store.conn) == []
    await owner.close()
    await store.conn.close()


async def test_what_a_crash_left_beside_is_in_nobodys_way(
    old: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    store, owner = old
    before = await rows(store)
    for _ in range(2):
        await owner.execute("CREATE TABLE reading_2013_01_next (LIKE reading)")
        await archive.archive(owner, tmp_path, JANUARY, NOW)
        await owner.execute("CREATE TABLE reading_2013_01_next (LIKE reading)")
        await archive.restore(owner, JANUARY, NOW)
    assert await rows(store) == before


async def test_it_goes_by_the_clock_and_not_by_the_machines(nats_server: TestNats) -> None:
    """In a simulated 2013 no month is a year old, whatever the machine's calendar says."""
    settings = Settings(
        environment="test",
        clock="simulated",
        nats_url=nats_server.url,
        nats_user="energy",
        nats_password=SecretStr(nats_server.passwords["energy"]),
    )
    with pytest.raises(archive.ArchiveError, match="has not been set"):
        await archive.clock_now(settings)
    gateway = await nats_server.jetstream()
    await gateway.publish("clock.now", b'{"now": "2013-03-15T00:00:00+00:00"}')
    assert await archive.clock_now(settings) == datetime(2013, 3, 15, tzinfo=UTC)


async def test_a_file_that_is_not_what_was_written_is_refused(
    old: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    store, owner = old
    done = await archive.archive(owner, tmp_path, JANUARY, NOW)
    before = await rows(store)
    content = bytearray(done.file.read_bytes())
    content[len(content) // 2] ^= 1
    done.file.write_bytes(content)
    with pytest.raises(archive.ArchiveError, match="sha256"):
        await archive.restore(owner, JANUARY, NOW)
    done.file.unlink()
    with pytest.raises(archive.ArchiveError, match="is not there"):
        await archive.restore(owner, JANUARY, NOW)
    assert await rows(store) == before


async def test_months_go_in_order_by_policy(old: tuple[Store, asyncpg.Connection], tmp_path: Path) -> None:
    _, owner = old
    assert await archive.due(owner, datetime(2014, 3, 15, tzinfo=UTC), 13) == [JANUARY]
    assert await archive.due(owner, datetime(2014, 2, 15, tzinfo=UTC), 13) == []
    with pytest.raises(archive.ArchiveError, match="2013-01 comes first"):
        await archive.archive(owner, tmp_path, FEBRUARY, NOW)
    for month in (JANUARY, FEBRUARY):
        await archive.archive(owner, tmp_path, month, NOW)
    assert await archive.restore(owner, JANUARY, NOW) == [FEBRUARY, JANUARY]
    assert await archive.due(owner, NOW, 13) == [JANUARY, FEBRUARY]


@pytest.mark.parametrize(("t", "month"), [(LINE, JANUARY), (LINE + 1, FEBRUARY)])
def test_midnight_belongs_to_the_month_before(t: int, month: date) -> None:
    assert archive.month_of(t) == month
    assert archive.end_of(JANUARY) == LINE
