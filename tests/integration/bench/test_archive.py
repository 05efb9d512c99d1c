"""Old months go into files and come back; sums stay, what follows is measured on, and nothing late is lost."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pyarrow.parquet as pq
import pytest
import pytest_asyncio

from services.energy import archive
from services.energy.readings import audit
from tests.conftest import DatabaseFactory
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import Store, at, quarter_hours

NOW = datetime(2014, 6, 1, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH = (date(2013, month, 1) for month in (1, 2, 3))
LINE = at("02-01 00:00")
SLOTS = 200
BEGIN = LINE - 900 * SLOTS
SUMS = "SELECT enterprise, carrier, h, native, spread, present FROM ent_hour ORDER BY enterprise, carrier, h"


@pytest_asyncio.fixture
async def old(database: DatabaseFactory) -> AsyncIterator[tuple[Store, asyncpg.Connection]]:
    """Two meters over the end of January 2013, one of which has fallen silent there; and the owner's connection."""
    made = await database("energy")
    conn, owner = await asyncpg.connect(made.dsn), await asyncpg.connect(made.owner_dsn)
    store = Store(conn)
    for name in ("m1", "m2"):
        await store.meter(Meter(name))
    await store.push(quarter_hours("m1", BEGIN, range(0, 25_000 * SLOTS * 2, 25_000)))
    await store.push(quarter_hours("m2", BEGIN, range(0, 7_000 * 100, 7_000)))
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
    await store.push([Read("m2", LINE + 900, 800_000)])
    total = "SELECT sum(native) FROM ent_day"
    assert await store.conn.fetchval(total) == 25_000 * (SLOTS * 2 - 1) + 800_000
    assert await audit.differences(store.conn) == []


async def test_a_reading_of_an_archived_month_waits_until_it_is_restored(
    old: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    store, owner = old
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    before = await rows(store)
    done = await store.push([Read("m1", BEGIN + 450, 12_500)])
    assert done.quarantined == {"archived": 1}
    assert await rows(store) == before
    await archive.restore(owner, JANUARY, NOW)
    state = "SELECT state FROM quarantine"
    assert await store.conn.fetchval(state) == "releasing"
    assert (await store.push([Read("m1", BEGIN + 450, 12_500)])).outcomes["accepted"] == 1
    assert await audit.differences(store.conn) == []


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
