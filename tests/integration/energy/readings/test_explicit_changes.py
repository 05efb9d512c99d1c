"""Replacement, ratio change, retirement, verdict and void: explicit, exact, and in any order with the readings."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.energy.common.registers import Verdict
from services.energy.readings import audit, ranks, reference, revise, sums
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import Store, at, moment, quarter_hours, spec_of

METER = Meter("m1", modulus=100_000_000_000, capacity=Decimal(200))
NEXT_DEVICE = replace(METER, factor=Decimal(2))
NOON = at("01-05 12:00")


async def totals(store: Store) -> dict[str, int]:
    """Counted energy, and what stands apart, over all series, in 1e-6 kWh."""
    counted = await store.conn.fetchval("SELECT coalesce(sum(native), 0) FROM ent_hour")
    apart = await store.conn.fetchval("SELECT coalesce(sum(e), 0) FROM irregular")
    return {"counted": int(counted * 10**6), "apart": int(apart * 10**6)}


async def replace_at_noon(store: Store, **registers: int | None) -> None:
    spec = spec_of(NEXT_DEVICE, valid_from=moment(NOON))
    async with store.conn.transaction():
        await revise.replace_register(store.conn, spec, store.now, **registers)


OLD = quarter_hours("m1", at("01-05 11:00"), [1_000_000_000 + 10_000_000 * n for n in range(4)])
NEW = quarter_hours("m1", at("01-05 12:15"), [5_000_000 + 5_000_000 * n for n in range(4)])


@pytest.mark.parametrize("known_late", [False, True], ids=["known before", "known after"])
async def test_a_replacement_counts_to_the_digit(store: Store, known_late: bool) -> None:
    """Old register 1000.000 → 1040.000 at noon, new one from 0 at twice the ratio: 40 + 2 × 20 kWh."""
    await store.meter(METER)
    await store.push(OLD)
    if known_late:
        await store.push(NEW)
    await replace_at_noon(store, closing=1_040_000_000, opening=0)
    if not known_late:
        await store.push(NEW)
    assert await totals(store) == {"counted": 40_000_000 + 40_000_000, "apart": 0}
    assert await store.conn.fetchval("SELECT count(*) FROM series") == 2
    assert await audit.differences(store.conn) == []
    await store.push(OLD + NEW)
    assert await totals(store) == {"counted": 80_000_000, "apart": 0}


async def test_what_passed_at_a_replacement_without_registers_is_unknown(store: Store) -> None:
    """The readings' neighbours of the change have no common register: nothing is made up between them."""
    await store.meter(METER)
    await store.push(OLD)
    await replace_at_noon(store, closing=None, opening=None)
    await store.push(NEW)
    assert await totals(store) == {"counted": 30_000_000 + 30_000_000, "apart": 0}


async def test_the_worker_hears_of_a_replacement_with_its_next_batch(store: Store) -> None:
    await store.meter(METER)
    await store.push(OLD)
    await replace_at_noon(store, closing=1_040_000_000, opening=0)
    done = await store.push([*NEW, replace(OLD[-1], t=OLD[-1].t + 60, v=OLD[-1].v + 1)])
    assert done.outcomes["accepted"] == 5
    rows = await store.conn.fetch("SELECT s, count(*) FROM reading GROUP BY s ORDER BY s")
    assert [row["count"] for row in rows] == [6, 5]


async def test_readings_after_retirement_are_kept_apart(store: Store) -> None:
    await store.meter(METER)
    await store.push(OLD + NEW)
    async with store.conn.transaction():
        removed = await revise.close_meter(
            store.conn, "m1", 0, moment(NOON), store.now, closing=1_035_000_000
        )
    assert [each.t for each in removed] == [row.t for row in NEW]
    done = await store.push(NEW)
    assert done.quarantined == {"outside_valid_period": 4}
    assert await totals(store) == {"counted": 35_000_000, "apart": 0}
    assert await audit.differences(store.conn) == []


async def test_closing_a_meter_that_is_not_there(store: Store) -> None:
    with pytest.raises(LookupError):
        async with store.conn.transaction():
            await revise.close_meter(store.conn, "m1", 0, moment(NOON), store.now)


JUMP = quarter_hours("m1", at("01-05 08:00"), [0, 10_000_000, 400_000_000, 410_000_000])


async def verdict(store: Store, verdict: Verdict, start: int, end: int) -> None:
    async with store.conn.transaction():
        await revise.give_verdict(
            store.conn, "m1", 0, moment(start), moment(end), verdict, "someone", store.now
        )


async def test_a_confirmed_jump_counts(store: Store) -> None:
    await store.meter(METER)
    await store.push(JUMP)
    assert await totals(store) == {"counted": 20_000_000, "apart": 390_000_000}
    await verdict(store, Verdict.SO, JUMP[1].t, JUMP[2].t)
    assert await totals(store) == {"counted": 410_000_000, "apart": 0}
    await store.push(JUMP)
    assert await totals(store) == {"counted": 410_000_000, "apart": 0}


async def test_a_reading_inside_a_confirmed_interval_opens_the_question_again(store: Store) -> None:
    """What was confirmed was that interval; its parts are others."""
    await store.meter(METER)
    await store.push(JUMP)
    await verdict(store, Verdict.SO, JUMP[1].t, JUMP[2].t)
    await store.push([Read("m1", JUMP[1].t + 300, 20_000_000)])
    assert await totals(store) == {"counted": 30_000_000, "apart": 380_000_000}
    assert await audit.differences(store.conn) == []


async def test_a_rollover_that_only_a_person_can_know(store: Store) -> None:
    await store.meter(replace(METER, capacity=None))
    rows = quarter_hours("m1", at("01-05 08:00"), [99_990_000_000, 5_000_000])
    await store.push(rows)
    assert await totals(store) == {"counted": 0, "apart": -99_985_000_000}
    await verdict(store, Verdict.ROLLOVER, rows[0].t, rows[1].t)
    assert await totals(store) == {"counted": 15_000_000, "apart": -100_000_000_000}
    assert await store.conn.fetchval("SELECT count(*) FROM suspect") == 0


async def test_a_verdict_on_an_interval_that_is_not_parked(store: Store) -> None:
    await store.meter(METER)
    await store.push(JUMP)
    with pytest.raises(LookupError):
        await verdict(store, Verdict.SO, JUMP[0].t, JUMP[1].t)


async def test_a_voided_reading_counts_no_more_and_stays_void(store: Store) -> None:
    await store.meter(METER)
    await store.push(JUMP)
    async with store.conn.transaction():
        await revise.void_reading(store.conn, "m1", 0, moment(JUMP[2].t), store.now)
    # 10 → 410 kWh in half an hour is still too much: one interval is parked instead of one.
    assert await totals(store) == {"counted": 10_000_000, "apart": 400_000_000}
    await store.push([JUMP[2]])
    store.steps.clear()
    await store.push(JUMP)
    assert await totals(store) == {"counted": 10_000_000, "apart": 400_000_000}
    assert await audit.differences(store.conn) == []


async def test_the_last_reading_voided_the_next_one_follows_the_one_before(store: Store) -> None:
    await store.meter(METER)
    rows = quarter_hours("m1", at("01-05 08:00"), [0, 10_000_000, 20_000_000])
    await store.push(rows)
    async with store.conn.transaction():
        await revise.void_reading(store.conn, "m1", 0, moment(rows[2].t), store.now)
    assert await totals(store) == {"counted": 10_000_000, "apart": 0}
    await store.push([Read("m1", rows[2].t + 900, 40_000_000)])
    assert await totals(store) == {"counted": 40_000_000, "apart": 0}
    found = await sums.meter_hours(store.conn, "m1", 0, moment(at("01-05 08:00")), moment(at("01-05 09:00")))
    assert [(each.native, each.present) for each in found] == [(Decimal(40), 2)]


async def test_a_void_by_the_device_itself(store: Store) -> None:
    await store.meter(METER)
    await store.push(JUMP)
    await store.push([replace(JUMP[2], v=-1, rank=ranks.correction(1_357_400_000_000_000))])
    assert await totals(store) == {"counted": 10_000_000, "apart": 400_000_000}


async def test_half_the_capacity_from_a_moment_on(store: Store) -> None:
    """A change of capacity holds from its moment; what was believed before stays believed."""
    await store.meter(METER)
    rows = quarter_hours("m1", at("01-05 11:00"), [45_000_000 * n for n in range(9)])
    await store.push(rows[:5])
    spec = spec_of(replace(METER, capacity=Decimal(100)), valid_from=moment(NOON))
    register = rows[4].v
    async with store.conn.transaction():
        await revise.replace_register(store.conn, spec, store.now, closing=register, opening=register)
    await store.push(rows[5:])
    assert await totals(store) == {"counted": 180_000_000, "apart": 180_000_000}


async def test_a_feed_keeps_its_partition_when_it_moves(store: Store) -> None:
    await store.meter(METER)
    p = await store.partition("e1")
    async with store.conn.transaction():
        assert await reference.add_feed(store.conn, "e1", "350200") == p
    await store.push(OLD)
    assert store.steps[p].memory.regions["e1"] == "350200"


async def test_a_series_needs_a_feed(store: Store) -> None:
    with pytest.raises(LookupError):
        async with store.conn.transaction():
            await revise.open_meter(store.conn, spec_of(METER), store.now)


async def test_an_opening_register_counts_from_the_first_moment(store: Store) -> None:
    await store.feed("e1")
    start = moment(at("01-05 08:00"))
    async with store.conn.transaction():
        spec = spec_of(METER, valid_from=start)
        await revise.open_meter(store.conn, spec, store.now, opening=1_000_000)
    await store.push([Read("m1", at("01-05 08:15"), 11_000_000)])
    assert await totals(store) == {"counted": 10_000_000, "apart": 0}
    assert start + timedelta(minutes=15) == moment(at("01-05 08:15"))
