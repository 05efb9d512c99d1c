"""A works' year of quarter hours through the real endpoints: exact in every unit, as intervals and as a register."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from shared.clock import CHINA
from tests.kit.portal import Portal, ok
from tests.kit.works import Reading, Works

BEGIN = datetime(2018, 1, 1, tzinfo=CHINA)
QUARTER = timedelta(minutes=15)
QUARTERS = 365 * 96
WRAPS_AT = 100_000
"""A counter of five digits: the year's 960 MWh take it through nine rollovers."""
REPLACED, AWAY, BACK = 180 * 96, 250 * 96, 255 * 96
"""The quarter after which the device is replaced, and those between which nothing arrives."""


def quarters() -> list[Decimal]:
    """kWh of each quarter of the year, in the steps of 0.01 kWh that such a meter has."""
    dice = random.Random(2018)
    return [
        Decimal(dice.choice((dice.randrange(250, 600), dice.randrange(3_000, 8_500)))) / 100
        for _ in range(QUARTERS)
    ]


async def send_all(works: Works, meter: str, readings: Sequence[Reading], **options: object) -> None:
    """In POSTs of a fortnight; every reading must count."""
    for start in range(0, len(readings), 1344):
        part = readings[start : start + 1344]
        outcome = await works.send(meter, part, **options)
        assert outcome["counts"]["accepted"] == len(part), outcome


async def months(works: Works, meter: str) -> list[Decimal]:
    """kWh of each month of the year; AssertionError where one is unknown."""
    found = await works.periods(meter, date(2018, 1, 1), date(2018, 12, 31), grain="month")
    return [Decimal(each["native"]) for each in found]


def by_month(energy: Sequence[Decimal]) -> list[Decimal]:
    """The same from the quarters themselves."""
    sums = [Decimal()] * 12
    for n, amount in enumerate(energy):
        sums[(BEGIN + QUARTER * n).month - 1] += amount
    return sums


async def test_the_same_year_is_the_same_in_every_unit(in_real_time: Portal):
    """What a device sends in its unit is converted before it is rounded: 万kWh lost 2.4 % of a January."""
    works = await Works.registered(in_real_time)
    energy = quarters()
    for unit, per_kwh in (("Wh", "1000"), ("kWh", "1"), ("MWh", "0.001"), ("kWh_1e4", "0.0001")):
        meter = await works.meter(
            kind="interval", register_digits=None, unit=unit, valid_from=BEGIN.isoformat()
        )
        readings = [
            (BEGIN + QUARTER * (n + 1), format(amount * Decimal(per_kwh), "f"))
            for n, amount in enumerate(energy)
        ]
        await send_all(works, meter, readings)
        assert await months(works, meter) == by_month(energy), unit


async def test_a_register_year_with_rollovers_a_replacement_and_an_outage(in_real_time: Portal):
    """Registers telescope: whatever came between, last minus first is what was used, to the digit."""
    works = await Works.registered(in_real_time)
    energy = quarters()
    meter = await works.meter(register_digits=5, capacity="700", valid_from=BEGIN.isoformat())
    total = [Decimal(), *accumulate(energy)]
    first, second = Decimal("98765.43"), Decimal("12.50")

    def reads(start: int, stop: int, offset: Decimal) -> list[Reading]:
        return [
            (BEGIN + QUARTER * n, str((total[n] + offset) % WRAPS_AT))
            for n in range(start, stop)
            if not AWAY < n < BACK
        ]

    await send_all(works, meter, reads(0, REPLACED + 1, first))
    replaced = {
        "at": (BEGIN + QUARTER * REPLACED).isoformat(),
        "old_last": str((total[REPLACED] + first) % WRAPS_AT),
        "new_start": str(second),
        "serial": "S-2",
        "register_digits": 5,
        "capacity": "700",
        "reason": "示例：换表",
    }
    ok(await in_real_time.province.post(f"/meters/{meter}/replacements", json=replaced))
    await send_all(works, meter, reads(REPLACED + 1, QUARTERS + 1, second - total[REPLACED]))
    found = await months(works, meter)
    assert found == by_month(energy)
