"""The eight probes that another system fails seven of, through the public doors of the whole running system.

Every meter counts 25 kWh a quarter of an hour, 100 kWh an hour, 2,400 kWh a day; a probe's figures are exact.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.kit.portal import Portal, ok
from tests.kit.servers import wait_for
from tests.kit.works import QUARTER, Reading, Works, batch, register

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLOTS = 96


def whole_day(day: datetime, start: int = 1000) -> list[Reading]:
    """97 readings: from 00:00 to 24:00."""
    return list(register(day, SLOTS + 1, start))


def even(day: datetime, hours: Iterable[int]) -> dict[datetime, Decimal]:
    """100 kWh in each of these hours of the day."""
    return {day + HOUR * hour: Decimal(100) for hour in hours}


async def works_with_a_meter(portal: Portal, **options: Any) -> tuple[Works, str]:
    works = await Works.registered(portal)
    return works, await works.meter(**options)


async def past_day(portal: Portal, back: int = 3) -> datetime:
    """00:00 of a day that is over: nothing about it depends on when its readings come."""
    return (await portal.now()).replace(hour=0, minute=0, second=0) - DAY * back


async def test_1_processing_is_down_while_readings_arrive(portal: Portal):
    """The door takes every reading while nobody works them off; no hour turns into zero; then all is right."""
    works, meter = await works_with_a_meter(portal)
    day = await past_day(portal)
    rows = whole_day(day)
    await works.send(meter, rows[:21])
    supervisor = portal.system.supervisor
    await supervisor.stop_one("energy-worker")
    try:
        receipts = [await works.push(meter, rows[n : n + 4]) for n in range(21, len(rows), 4)]
        waiting = ok(await works.door.get(f"/v1/receipts/{receipts[-1]}"))
        assert waiting["state"] == "pending"
        assert await works.hours(meter, day.date()) == even(day, range(5))
        missing = [each for each in await works.periods(meter, day.date()) if each["native"] is None]
        assert [each["present"] for each in missing] == [0] * 19
    finally:
        await supervisor.start_one("energy-worker")
    for receipt in receipts:
        assert (await works.outcome(receipt))["counts"]["accepted"] > 0
    assert await works.hours(meter, day.date()) == even(day, range(24))
    found = await works.day(day.date())
    assert (found["native"], found["spread"], found["present"], found["expected"]) == ("2400", "0", 96, 96)


async def test_2_every_reading_comes_twice(portal: Portal):
    """Within one batch, and the whole day once more."""
    works, meter = await works_with_a_meter(portal)
    day = await past_day(portal)
    rows = whole_day(day)
    twice = await works.send(meter, [row for row in rows for _ in range(2)])
    assert (twice["counts"]["accepted"], twice["counts"]["duplicate"]) == (97, 97)
    again = await works.send(meter, rows)
    assert (again["counts"]["accepted"], again["counts"]["duplicate"]) == (0, 97)
    assert await works.hours(meter, day.date()) == even(day, range(24))
    assert (await works.day(day.date()))["native"] == "2400"


async def test_3_six_hours_of_outage_and_the_backfill_after_it(portal: Portal):
    """Missing until the device is back, not zero; exact when it has sent what it kept."""
    works, meter = await works_with_a_meter(portal)
    day = await portal.next_day()
    rows = whole_day(day)
    await portal.step(day + HOUR * 10)
    await works.send(meter, rows[:41])
    await portal.step(day + HOUR * 16)
    assert await works.hours(meter, day.date()) == even(day, range(10))
    live = ok(await portal.province.get(f"/enterprises/{works.enterprise}/live"))
    assert (live["present"], live["expected"]) == (40, 64)
    await portal.step(day + DAY)
    await works.send(meter, rows[64:])  # back on line: the newest first, as devices do
    assert Decimal((await works.day(day.date()))["spread"]) == 600
    await works.send(meter, rows[41:64])  # and then what it kept
    assert await works.hours(meter, day.date()) == even(day, range(24))
    found = await works.day(day.date())
    assert (found["native"], found["spread"], found["present"]) == ("2400", "0", 96)


async def test_3_an_outage_without_a_memory_is_counted_spread_and_marked(portal: Portal):
    """The register tells what passed meanwhile: nothing is lost, and what isn't known is said."""
    works, meter = await works_with_a_meter(portal)
    day = await past_day(portal)
    rows = whole_day(day)
    await works.send(meter, rows[:41] + rows[65:])
    found = await works.day(day.date())
    assert (found["native"], found["spread"], found["present"]) == ("2400", "625", 72)
    assert await works.hours(meter, day.date()) == even(day, range(24))


async def test_4_six_hours_come_five_days_late(portal: Portal):
    """They change the hours between their neighbours only, and the day gets another revision."""
    works, meter = await works_with_a_meter(portal)
    day = await portal.next_day()
    rows = list(register(day, SLOTS * 5 + 1))
    late = [(moment, 1010 + 25 * n if n == 48 else value) for n, (moment, value) in enumerate(rows)][41:64]
    for number in range(5):
        await portal.step(day + DAY * (number + 1))
        begin = SLOTS * number
        await works.send(
            meter, [row for n, row in enumerate(rows[begin : begin + 97], begin) if not 41 <= n < 64]
        )
    before = await works.hours(meter, day.date(), (day + DAY * 4).date())
    assert Decimal((await works.day(day.date()))["spread"]) == 600
    done = await works.send(meter, late)
    assert done["counts"]["accepted"] == 23
    after = await works.hours(meter, day.date(), (day + DAY * 4).date())
    assert {hour for hour in after if after[hour] != before[hour]} == {day + HOUR * 11, day + HOUR * 12}
    assert (after[day + HOUR * 11], after[day + HOUR * 12]) == (Decimal(110), Decimal(90))
    found = await works.day(day.date())
    assert (found["native"], found["spread"], found["present"]) == ("2400", "0", 96)


async def test_5_the_counter_rolls_over(portal: Portal):
    """999,950 … 999,975, 0, 25: and once past zero without touching it."""
    day = await past_day(portal)
    for begin, lands_on_zero in ((999_900, True), (999_910, False)):
        works, meter = await works_with_a_meter(portal)
        values = [(begin + 25 * n) % 1_000_000 for n in range(9)]
        assert (0 in values) == lands_on_zero
        await works.send(meter, [(day + QUARTER * n, value) for n, value in enumerate(values)])
        assert await works.hours(meter, day.date()) == even(day, range(2))
        assert not ok(await portal.province.get("/suspects", params={"enterprise": works.enterprise}))[
            "items"
        ]


async def test_6_one_spike_and_its_correction(portal: Portal):
    """300 kWh too high: two intervals wait for a review, the other 94 are believed; the correction cures both."""
    works, meter = await works_with_a_meter(portal, capacity="200")
    day = await past_day(portal)
    rows = whole_day(day)
    moment, good = rows[40]
    await works.send(meter, [*rows[:40], (moment, int(good) + 300), *rows[41:]])
    suspects = ok(await portal.province.get("/suspects", params={"enterprise": works.enterprise}))["items"]
    assert len(suspects) == 2
    assert (await works.day(day.date()))["native"] == "2350"
    reported = (await portal.now()).isoformat()
    done = await works.send(meter, [(moment, good)], correction=True, reported_at=reported)
    assert done["counts"]["revised"] == 1
    found = await works.day(day.date())
    assert (found["native"], found["present"], found["spread"]) == ("2400", 96, "0")
    assert await works.hours(meter, day.date()) == even(day, range(24))
    assert not ok(await portal.province.get("/suspects", params={"enterprise": works.enterprise}))["items"]


async def test_7_the_hour_boundary(portal: Portal):
    """100 kWh from 04:45 to 05:45: a quarter belongs to the hour from 4, the rest to the hour from 5."""
    works, meter = await works_with_a_meter(portal)
    day = await past_day(portal)
    await works.send(meter, [(day + HOUR * 4.75, 0), (day + HOUR * 5.75, 100)])
    expected = {day + HOUR * 4: Decimal(25), day + HOUR * 5: Decimal(75)}
    assert await works.hours(meter, day.date()) == expected


async def test_8_an_edited_factor_moves_no_past_figure_until_it_is_restated(portal: Portal):
    """The day that has a figure keeps it; the next day takes the new one; a restatement is a command with a reason."""
    works, meter = await works_with_a_meter(portal)
    day = await portal.next_day()
    await portal.step(day + DAY)
    rows = list(register(day, SLOTS * 2 + 1))
    await works.send(meter, rows[:97])
    assert (await works.day(day.date()))["tce"]["equal"] == "0.29496"
    edited = {
        "carrier": "electricity",
        "basis": "equal",
        "kgce": "0.1300",
        "edition": "edited for a test",
        "valid_from": "2013-01-01",
        "enterprise": works.enterprise,
        "source": "示例",
    }
    ok(await portal.province.post("/coefficients", json=edited))
    await portal.step(day + DAY * 2)
    await works.send(meter, rows[97:])
    assert (await works.day(day.date()))["tce"]["equal"] == "0.29496"
    assert (await works.day((day + DAY).date()))["tce"]["equal"] == "0.312"
    restatement = {
        "carrier": "electricity",
        "first": day.date().isoformat(),
        "last": day.date().isoformat(),
        "enterprise": works.enterprise,
        "reason": "the laboratory's value",
    }
    ok(await portal.province.post("/coefficients/restatements", json=restatement))

    async def restated() -> bool:
        return bool((await works.day(day.date()))["tce"]["equal"] == "0.312")

    await wait_for(restated, 20, "the restated day")


async def test_a_reading_that_says_the_same_energy_in_another_unit_is_refused_loudly(portal: Portal):
    """A wrong unit in the POST is no reading of this meter: the batch says which, and nothing is summed."""
    works, meter = await works_with_a_meter(portal)
    day = await past_day(portal)
    response = await works.post(batch(meter, register(day, 5), unit="t"))
    assert response.status_code == 202
    done = await works.outcome(response.json()["receipt"])
    assert done["counts"]["quarantined"] == 5
    assert {item["reason"] for item in done["exceptions"]} == {"wrong_unit"}
    assert await works.hours(meter, day.date()) == {}
