"""The eight probes that another system fails seven of (design notes on peers), at the store.

Each says what the figures must be; the ninth is golden vector G-9. Electricity, registers in kWh, 2013 in +08:00.
"""

from datetime import date, timedelta
from decimal import Decimal

from services.energy.common.conversion import Basis
from services.energy.readings import coefficients, ranks, sums
from services.energy.readings.sums import Sum
from tests.kit.energy_oracle import HOUR, Meter, Read
from tests.kit.energy_store import Store, at, moment, quarter_hours

MODULUS = 100_000_000_000
"""A register of five digits, in 1e-6."""
METER = Meter("m1", modulus=MODULUS, capacity=Decimal(1000))


def steady(start: int, slots: int, register: int = 0, step: int = 25_000_000) -> list[Read]:
    """A steady 100 kW: 25 kWh a quarter of an hour."""
    return quarter_hours("m1", start, (register + step * n for n in range(slots)))


async def day(store: Store, text: str = "01-05") -> Sum:
    """The enterprise's electricity of a day."""
    wanted = moment(at(f"{text} 12:00")).date()
    [found] = await sums.enterprise_days(store.conn, "e1", wanted, wanted)
    return found


async def hours(store: Store, text: str, first: int, last: int) -> list[Decimal | None]:
    """The enterprise's electricity by hour, hours `first` to `last` of a day."""
    start = moment(at(f"{text} {first:02}:00"))
    end = moment(at(f"{text} {last:02}:00")) + timedelta(hours=1)
    return [each.native for each in await sums.enterprise_hours(store.conn, "e1", start, end)]


async def test_1_processing_down_while_readings_arrive(store: Store) -> None:
    """The worker is away for five hours; what waited is then worked off. No hour is written as zero meanwhile."""
    await store.meter(METER)
    rows = steady(at("01-05 00:00"), 97)
    await store.push(rows[:20])
    assert await hours(store, "01-05", 5, 9) == [None] * 5
    store.steps.clear()
    await store.push(rows[20:])
    found = await day(store)
    assert (found.native, found.present, found.spread) == (Decimal(2400), 96, 0)
    assert await hours(store, "01-05", 0, 23) == [Decimal(100)] * 24


async def test_2_every_reading_twice(store: Store) -> None:
    await store.meter(METER)
    rows = steady(at("01-05 00:00"), 97)
    for row in rows:
        await store.push([row, row])
    done = await store.push(rows)
    assert done.outcomes["duplicate"] == 97
    found = await day(store)
    assert (found.native, found.present) == (Decimal(2400), 96)


async def test_3_six_hours_of_outage_and_reconnect(store: Store) -> None:
    """The register tells what passed: it is counted, spread over the gap, and marked; the slots stay missing."""
    await store.meter(METER)
    rows = steady(at("01-05 00:00"), 97)
    await store.push([row for row in rows if not at("01-05 10:00") < row.t < at("01-05 16:00")])
    found = await day(store)
    assert found.native == Decimal(2400)
    assert found.spread == Decimal(600)
    assert (found.present, found.expected) == (96 - 23, 96)
    assert await hours(store, "01-05", 9, 16) == [Decimal(100)] * 8


async def test_4_six_hours_that_come_five_days_late(store: Store) -> None:
    """They change only the hours between their neighbours, and end where the same readings in order end."""
    await store.meter(METER)
    rows = steady(at("01-05 00:00"), 96 * 6 + 1)
    late = [row for row in rows if at("01-05 10:00") < row.t < at("01-05 16:00")]
    burst = [Read(r.meter, r.t, r.v + (5_000_000 if r.t == at("01-05 12:00") else 0)) for r in late]
    await store.push([row for row in rows if row not in late])
    assert (await day(store)).spread == Decimal(600)
    await store.push(burst)
    found = await day(store)
    assert (found.native, found.spread, found.present) == (Decimal(2400), 0, 96)
    assert await hours(store, "01-05", 11, 12) == [Decimal(105), Decimal(95)]
    assert (await day(store, "01-06")).native == Decimal(2400)


async def test_5_rollover(store: Store) -> None:
    await store.meter(METER)
    values = [(MODULUS - 100_000_000 + 25_000_000 * n) % MODULUS for n in range(9)]
    await store.push(quarter_hours("m1", at("01-05 08:00"), values))
    assert await hours(store, "01-05", 8, 9) == [Decimal(100), Decimal(100)]


async def test_5_rollover_onto_exactly_zero(store: Store) -> None:
    await store.meter(METER)
    values = [MODULUS - 50_000_000, MODULUS - 25_000_000, 0, 25_000_000, 50_000_000]
    assert 0 in values
    await store.push(quarter_hours("m1", at("01-05 08:00"), values))
    assert await hours(store, "01-05", 8, 8) == [Decimal(100)]
    assert await store.conn.fetchval("SELECT count(*) FROM suspect") == 0


async def test_6_one_spike_and_its_correction(store: Store) -> None:
    """300 kWh too high within 25 kWh a slot. Two intervals are parked, the others are believed; the
    correction puts both right and keeps the wrong value in the history."""
    await store.meter(Meter("m1", modulus=MODULUS, capacity=Decimal(200)))
    rows = steady(at("01-05 00:00"), 97)
    spike = rows[40]
    wrong = Read("m1", spike.t, spike.v + 300_000_000)
    await store.push([*rows[:40], wrong, *rows[41:]])
    parked = await store.conn.fetch("SELECT reason, e FROM suspect ORDER BY t")
    assert [tuple(row) for row in parked] == [("jump", 325), ("backwards", -275)]
    assert (await day(store)).native == Decimal(2400 - 50)
    await store.push([Read("m1", spike.t, spike.v, rank=ranks.correction(1_357_400_000_000_000))])
    found = await day(store)
    assert (found.native, found.present) == (Decimal(2400), 96)
    assert await store.conn.fetchval("SELECT count(*) FROM irregular") == 0
    assert await store.conn.fetchval("SELECT v FROM history") == wrong.v


async def test_7_the_hour_boundary(store: Store) -> None:
    """04:45 to 05:45: a quarter of it belongs to the hour from 4, three quarters to the hour from 5."""
    await store.meter(METER)
    await store.push([Read("m1", at("01-05 04:45"), 0), Read("m1", at("01-05 05:45"), 100_000_000)])
    assert await hours(store, "01-05", 4, 5) == [Decimal(25), Decimal(75)]


async def test_7_a_reading_at_midnight_belongs_to_the_day_before(store: Store) -> None:
    await store.meter(METER)
    await store.push(steady(at("01-05 23:45"), 3))
    assert (await day(store, "01-05")).native == Decimal(25)
    assert (await day(store, "01-06")).native == Decimal(25)


async def test_8_an_edited_factor_does_not_move_the_past(store: Store) -> None:
    """Also not for what comes late to a day that has a figure. Only a restatement does, and says so."""
    await store.coefficient("0.1229")
    await store.meter(METER)
    rows = steady(at("01-05 00:00"), 97)
    await store.push(rows[:90])
    await store.coefficient("0.1300", recorded_at=store.now + timedelta(hours=1))
    await store.push(rows[90:])
    await store.push(steady(at("01-06 00:15"), 96, 2_425_000_000))
    old, new = await day(store, "01-05"), await day(store, "01-06")
    assert old.tce_equal == Decimal(2400) * Decimal("0.1229") / 1000
    assert [each.value for each in old.coefficients] == [Decimal("0.1229")]
    assert new.tce_equal == Decimal(2400) * Decimal("0.1300") / 1000
    await store.conn.execute("DELETE FROM dirty")
    async with store.conn.transaction():
        done = await coefficients.restate(
            store.conn, "electricity", date(2013, 1, 1), date(2013, 1, 31), store.now
        )
    assert list(done.days) == [("e1", date(2013, 1, 5))]
    assert (await day(store)).tce_equal == Decimal(2400) * Decimal("0.1300") / 1000
    assert [r["day"] for r in await store.conn.fetch("SELECT day FROM dirty")] == [date(2013, 1, 5)]


async def test_g9_the_same_reading_three_times(store: Store) -> None:
    """One effect, three acknowledgements."""
    await store.meter(METER)
    first, second = steady(at("01-05 08:00"), 2)
    await store.push([first])
    outcomes = [(await store.push([second])).outcomes for _ in range(3)]
    assert [(each["accepted"], each["duplicate"]) for each in outcomes] == [(1, 0), (0, 1), (0, 1)]
    assert (await day(store)).native == Decimal(25)
    assert await store.conn.fetchval("SELECT count(*) FROM reading") == 2


async def test_both_bases_and_the_edition_stand_beside_the_figure(store: Store) -> None:
    await store.coefficient("0.1229")
    await store.coefficient("0.404", Basis.EQUIVALENT, provisional=True)
    await store.meter(METER)
    await store.push(steady(at("01-05 00:00"), 97))
    found = await day(store)
    assert (found.tce_equal, found.tce_equivalent) == (Decimal("0.29496"), Decimal("0.9696"))
    assert [(c.basis, c.edition, c.provisional) for c in found.coefficients] == [
        ("equal", "GB/T 2589-2008", False),
        ("equivalent", "GB/T 2589-2008", True),
    ]


async def test_a_day_without_a_coefficient_has_no_standard_coal_until_one_is_known(store: Store) -> None:
    await store.meter(METER)
    await store.push(steady(at("01-05 00:00"), 97))
    assert (await day(store)).tce_equal is None
    await store.coefficient("0.1229")
    assert (await day(store)).tce_equal == Decimal("0.29496")


async def test_a_missing_day_is_missing_and_not_zero(store: Store) -> None:
    await store.meter(METER)
    await store.push(steady(at("01-05 00:00"), 97))
    found = await day(store, "01-07")
    assert (found.native, found.tce_equal, found.present, found.expected) == (None, None, 0, 96)
    assert found.completeness == 0


async def test_statistic_types_and_scopes_are_never_added(store: Store) -> None:
    """The day's own figure (statistic type 1) and a process's meter are the same energy once more (X-10)."""
    await store.meter(METER)
    await store.meter(Meter("m1", register=False, slot=86_400), statistic_type=1)
    await store.meter(Meter("oven", scope=2))
    await store.push(steady(at("01-05 00:00"), 97))
    await store.push([Read("m1", at("01-06 00:00"), 2_400_000_000)], statistic_type=1)
    await store.push([Read("oven", row.t, row.v) for row in steady(at("01-05 00:00"), 97)])
    found = await day(store)
    assert (found.native, found.present, found.expected) == (Decimal(2400), 96, 96)
    daily = await sums.meter_hours(store.conn, "m1", 1, moment(at("01-05 00:00")), moment(at("01-06 00:00")))
    assert [each.native for each in daily if each.native is not None] == [Decimal(2400)]


async def test_one_meter_by_hour(store: Store) -> None:
    await store.meter(METER)
    rows = steady(at("01-05 08:00"), 17)
    await store.push([row for row in rows if row.t != at("01-05 10:00")])
    found = await sums.meter_hours(store.conn, "m1", 0, moment(at("01-05 08:00")), moment(at("01-05 12:00")))
    assert [(each.native, each.spread, each.present, each.expected) for each in found] == [
        (Decimal(100), 0, 4, 4),
        (Decimal(100), Decimal(25), 3, 4),
        (Decimal(100), Decimal(25), 4, 4),
        (Decimal(100), 0, 4, 4),
    ]
    assert HOUR == 3600


async def test_a_month_is_the_sum_of_its_days(store: Store) -> None:
    await store.coefficient("0.1229")
    await store.meter(METER)
    await store.push(steady(at("01-30 00:00"), 4 * 96 + 1))
    january, february = await sums.enterprise_months(store.conn, "e1", date(2013, 1, 30), date(2013, 2, 2))
    assert (january.native, february.native) == (Decimal(4800), Decimal(4800))
    assert (january.expected, january.present) == (31 * 96, 2 * 96)
    assert january.tce_equal == Decimal("0.58992")
