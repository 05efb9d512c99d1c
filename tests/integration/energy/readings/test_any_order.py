"""Any permutation, duplication and batching of a set of readings ends in the same store: that of the oracle."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.energy.readings import audit, ranks
from tests.kit.energy_oracle import LONGEST, VOID, Meter, Read, expected
from tests.kit.energy_store import MIDNIGHT, Store, fresh

METERS = (
    Meter("plain"),
    Meter("ratio", factor=Decimal(40)),
    Meter("fraction", factor=Decimal("0.024")),
    Meter("watt-hours", factor=Decimal("0.001")),
    Meter("gigawatt-hours", factor=Decimal(1_000_000)),
    Meter("rolls", modulus=1_000_000_000, capacity=Decimal(400)),
    Meter("limited", capacity=Decimal(100)),
    Meter("quantity", register=False, capacity=Decimal(50)),
    Meter("half-hours", slot=1800, factor=Decimal(3)),
    Meter("process", scope=2),
)

times = st.one_of(
    st.integers(0, 12).map(lambda n: MIDNIGHT + 900 * n),
    st.integers(0, 3 * 86_400).map(lambda n: MIDNIGHT + n),
    st.sampled_from([0, LONGEST, LONGEST + 900, 40 * 86_400, 70 * 86_400]).map(lambda n: MIDNIGHT + n),
)
values = st.one_of(
    st.integers(0, 200_000_000),
    st.integers(0, 999_999_999),
    st.sampled_from([0, 1, 999_999_999, 950_000_000, 10_000_000, 20_000_000]),
)
CORRECTED = ranks.correction(1_388_534_400_000_000)
correction = st.sampled_from([False, False, False, False, True])


@st.composite
def readings(draw: st.DrawFn, meters: tuple[Meter, ...]) -> list[Read]:
    """Each has its own place in the queue, or its own time of report."""
    rows = draw(
        st.lists(
            st.builds(Read, st.sampled_from([m.name for m in meters]), times, values), min_size=1, max_size=30
        )
    )
    later = draw(st.lists(st.builds(replace, st.sampled_from(rows), v=values), max_size=10))
    back = draw(st.lists(st.sampled_from(rows), max_size=5))
    queue = [
        replace(row, rank=CORRECTED + n if draw(correction) else ranks.place(0, n))
        for n, row in enumerate([*rows, *later, *back], 1)
    ]
    voids = draw(st.lists(st.sampled_from(queue), max_size=2))
    return queue + [replace(row, v=VOID, rank=CORRECTED + 1000 + n) for n, row in enumerate(voids)]


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[Read]]:
    """A set of readings in any order, some more than once, cut into batches anywhere."""
    meters = tuple(draw(st.lists(st.sampled_from(METERS), min_size=1, max_size=3, unique=True)))
    rows = draw(readings(meters))
    again = draw(st.lists(st.sampled_from(rows), max_size=10))
    order = draw(st.permutations(rows + again))
    cuts = sorted(draw(st.lists(st.integers(1, len(order)), max_size=5)))
    return [batch for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True) if (batch := order[a:b])]


async def check(store: Store, batches: list[list[Read]], *, forget: bool = False) -> None:
    """Push the batches and compare the whole store with the oracle's."""
    enterprise, prefix = fresh(), fresh("m")
    used = {row.meter for batch in batches for row in batch}
    meters = [
        replace(meter, name=f"{prefix}-{meter.name}", enterprise=enterprise)
        for meter in METERS
        if meter.name in used
    ]
    for meter in meters:
        await store.meter(meter)
    named = [[replace(row, meter=f"{prefix}-{row.meter}") for row in batch] for batch in batches]
    for batch in named:
        await store.push(batch, enterprise=enterprise)
        if forget:
            store.steps.clear()
    wanted = expected(meters, [row for batch in named for row in batch])
    if any(meter.scope != 1 for meter in meters):
        counting = [meter for meter in meters if meter.scope == 1]
        wanted.hour = expected(counting, [row for batch in named for row in batch]).hour
    found = await store.content(enterprise)
    assert found.reading == wanted.reading
    assert found.history == wanted.history
    assert found.irregular == wanted.irregular
    assert found.meter_hour == wanted.meter_hour
    assert found.hour == wanted.hour


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deliveries())
async def test_the_store_does_not_depend_on_the_order_of_arrival(
    store: Store, batches: list[list[Read]]
) -> None:
    await check(store, batches)


@pytest.mark.parametrize("seed", range(6))
async def test_a_month_of_faulty_feeds(store: Store, seed: int) -> None:
    """Long series: mostly in order, with duplicates, late days, corrections, gaps, spikes and rollovers."""
    rng = random.Random(seed)
    rows: list[Read] = []
    for meter in METERS:
        register = rng.randrange(1_000_000_000)
        for n in range(1200):
            step = rng.choice([0, 900_000, 1_000_001, 1_500_000, 20_000_000])
            register = (register + step) % 1_000_000_000 if meter.register else step
            t = MIDNIGHT + 900 * n + rng.choice([0, 0, 0, 7])
            row = Read(meter.name, t, register, rank=ranks.place(0, len(rows) + 1))
            if rng.random() < 0.03:
                continue
            rows.append(row)
            if rng.random() < 0.05:
                rows.append(row)
            if rng.random() < 0.01:
                rows.append(replace(row, v=rng.randrange(1_000_000_000), rank=ranks.place(0, len(rows) + 1)))
            if rng.random() < 0.01:
                rows.append(replace(row, v=rng.randrange(1_000_000_000), rank=CORRECTED + n))
            if rng.random() < 0.003:
                rows.append(replace(row, v=VOID, rank=CORRECTED + 10_000 + n))
    rows.sort(
        key=lambda row: row.t + (rng.randrange(5 * 86_400) if rng.random() < 0.05 else rng.randrange(900))
    )
    batches = []
    while rows:
        size = rng.choice([1, 50, 400, 3000])
        batches.append(rows[:size])
        rows = rows[size:]
    await check(store, batches, forget=seed % 2 == 1)
    assert await audit.differences(store.conn) == []
