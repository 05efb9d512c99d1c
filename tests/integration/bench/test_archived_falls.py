"""A register's fall that is open where a month is taken out is judged on as though nothing had been taken out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from services.energy import archive
from services.energy.readings import audit
from tests.conftest import DatabaseFactory
from tests.kit.energy_oracle import Meter, Read, expected
from tests.kit.energy_store import Store, at

NOW = datetime(2014, 6, 1, tzinfo=UTC)
DECEMBER, JANUARY = date(2012, 12, 1), date(2013, 1, 1)
LINE, NEW_YEAR = at("02-01 00:00"), at("01-01 00:00")
DAY = 96
METER = Meter("m1")
Slots = list[tuple[int, float]]
"""(quarter-hours from a line on, register in kWh)"""

OPEN: Slots = [(-6, 1000), (-5, 1001), (-4, 5), (-3, 5.2)]
AFTERWARDS: dict[str, Slots] = {
    "the level comes back": [(1, 1002), (2, 1003)],
    "it goes on from below": [(1, 5.4), (2, 5.6), (3, 5.8), (4, 6.0)],
    "it waits on": [(1, 5.4)],
    "it falls further, then comes back": [(1, 2), (2, 2.5), (3, 1004)],
    "a week has passed": [(8 * DAY, 7), (8 * DAY + 1, 7.2), (8 * DAY + 2, 900)],
    "what was missing comes late": [(2, 5.4), (3, 1002), (1, 5.3)],
}


@pytest_asyncio.fixture
async def pair(database: DatabaseFactory) -> AsyncIterator[tuple[Store, asyncpg.Connection]]:
    """A store with one register meter, and the owner's connection."""
    made = await database("energy")
    conn, owner = await asyncpg.connect(made.dsn), await asyncpg.connect(made.owner_dsn)
    store = Store(conn)
    await store.meter(METER)
    yield store, owner
    await conn.close()
    await owner.close()


def readings(line: int, slots: Slots) -> list[Read]:
    return [Read("m1", line + 900 * n, round(kwh * 1_000_000)) for n, kwh in slots]


async def same_as_never_archived(store: Store, reads: list[Read]) -> None:
    """Sums and doubtful intervals are the oracle's, which knows of no archive."""
    right = expected([METER], [replace(each, rank=n) for n, each in enumerate(reads, 1)])
    found = await store.content("e1")
    assert found.irregular == right.irregular
    assert found.hour == right.hour


@pytest.mark.parametrize("afterwards", AFTERWARDS.values(), ids=AFTERWARDS)
@pytest.mark.parametrize("restarted", [False, True], ids=["", "restarted"])
async def test_a_fall_that_is_open_at_the_line(
    pair: tuple[Store, asyncpg.Connection], tmp_path: Path, afterwards: Slots, restarted: bool
) -> None:
    store, owner = pair
    before, after = readings(LINE, OPEN), readings(LINE, afterwards)
    await store.push(before)
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    if restarted:
        store.steps.clear()
    for each in after:
        await store.push([each])
        assert await audit.differences(store.conn) == []
    await same_as_never_archived(store, [*before, *after])
    await archive.restore(owner, JANUARY, NOW)
    await same_as_never_archived(store, [*before, *after])
    assert len((await store.content("e1")).reading) == len(before) + len(after)
    assert await audit.differences(store.conn) == []


@pytest.mark.parametrize("afterwards", AFTERWARDS.values(), ids=AFTERWARDS)
async def test_a_fall_that_was_open_over_a_whole_month(
    pair: tuple[Store, asyncpg.Connection], tmp_path: Path, afterwards: Slots
) -> None:
    """The level from which it fell lies in the month before: January has nothing but readings that wait."""
    store, owner = pair
    before = [*readings(NEW_YEAR, OPEN), *readings(NEW_YEAR, [(1, 5.2), (2, 5.3)])]
    after = readings(LINE, afterwards)
    await store.push(before)
    for month in (DECEMBER, JANUARY):
        await archive.archive(owner, tmp_path, month, NOW)
    store.steps.clear()
    for each in after:
        await store.push([each])
    await same_as_never_archived(store, [*before, *after])
    await archive.restore(owner, DECEMBER, NOW)
    await same_as_never_archived(store, [*before, *after])


async def test_of_a_fall_stays_what_it_is_judged_by_and_no_more(
    pair: tuple[Store, asyncpg.Connection], tmp_path: Path
) -> None:
    """From the level before the fall on; of a meter whose fall has ended its last reading alone."""
    store, owner = pair
    await store.meter(Meter("m2"))
    await store.push(readings(LINE, [(-8, 998), (-7, 999), *OPEN]))
    ended = [(-8, 1000.0), (-7, 5), (-6, 1002), (-5, 1003)]
    await store.push([replace(each, meter="m2") for each in readings(LINE, ended)])
    await archive.archive(owner, tmp_path, JANUARY, NOW)
    left = sorted((meter, (t - LINE) // 900) for meter, t in (await store.content("e1")).reading)
    assert left == [("m1", -5), ("m1", -4), ("m1", -3), ("m2", -5)]
