"""What can't be accepted is kept apart with the reason, blocks nothing, and leaves when the reason is gone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.energy.readings import quarantine, receipts, release
from services.energy.readings.wire import column
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import Store, at, moment, post, quarter_hours

METER = Meter("m1", modulus=100_000_000_000, capacity=Decimal(200))
ROWS = quarter_hours("m1", at("01-05 08:00"), [0, 10_000_000, 20_000_000])
KEY = b"k" * 32


async def reasons(store: Store) -> list[str]:
    rows = await store.conn.fetch("SELECT reason FROM quarantine WHERE state = 'held' ORDER BY item, id")
    return [row["reason"] for row in rows]


@pytest.mark.parametrize(
    ("reading", "more", "reason"),
    [
        (Read("nobody's", ROWS[0].t, 1), {}, "unknown_meter"),
        (Read("m1", at("01-05 08:00"), -5), {}, "impossible_value"),
        (Read("m1", at("01-05 08:00"), -1), {}, "impossible_value"),
        (Read("m1", at("01-05 08:00"), 100_000_000_000), {}, "impossible_value"),
        (Read("m1", at("01-05 08:00"), 2**62), {}, "impossible_value"),
        (Read("m1", at("01-05 08:00"), 1), {"unit": "MWh"}, "wrong_unit"),
        (Read("m1", at("01-05 08:00"), 1), {"kind": "interval"}, "wrong_kind"),
        (Read("m1", at("01-05 08:00"), 1), {"interval_seconds": 3600}, "wrong_interval"),
        (Read("m1", at("01-05 08:00"), 1), {"quality": "B"}, "faulty"),
        (Read("m1", 0, 1), {}, "odd_time"),
        (Read("m1", at("01-05 08:00"), 1), {"statistic_type": 1}, "unknown_meter"),
    ],
)
async def test_reasons(store: Store, reading: Read, more: dict, reason: str) -> None:
    await store.meter(METER)
    done = await store.push([reading], **more)
    assert done.quarantined == {reason: 1}
    assert await reasons(store) == [reason]
    assert await store.conn.fetchval("SELECT count(*) FROM reading") == 0


async def test_unit_and_kind_that_agree_are_no_reason(store: Store) -> None:
    await store.meter(METER)
    done = await store.push(ROWS, unit="kWh", kind="register", interval_seconds=900, quality="NSF")
    assert done.outcomes["accepted"] == 3


async def test_ahead_of_the_clock(store: Store) -> None:
    """Five minutes are granted to a device's clock, not one second more."""
    await store.meter(METER)
    received = moment(ROWS[0].t)
    good, bad = Read("m1", ROWS[0].t + 300, 1), Read("m1", ROWS[0].t + 301, 1)
    done = await store.push([good, bad], received_at=received)
    assert (done.outcomes["accepted"], done.quarantined) == (1, {"ahead_of_clock": 1})


async def test_the_same_reading_is_kept_once(store: Store) -> None:
    await store.feed("e1")
    for _ in range(3):
        await store.push(ROWS)
    assert await reasons(store) == ["unknown_meter"] * 3
    assert await store.conn.fetchval("SELECT quarantine_held FROM feed") == 3


async def test_a_meter_of_another_enterprise(store: Store) -> None:
    await store.meter(METER)
    p = await store.partition("e1")
    await store.conn.execute("INSERT INTO feed (enterprise, region, p) VALUES ('e9', '350100', $1)", p)
    await store.conn.execute("UPDATE reading_partition SET generation = generation + 1")
    done = await store.push(ROWS, enterprise="e9")
    assert done.quarantined == {"other_enterprise": 3}


async def test_beyond_the_quota_nothing_is_kept_and_the_receipt_says_so(store: Store) -> None:
    await store.feed("e1")
    await store.conn.execute("UPDATE feed SET quarantine_quota = 2")
    receipt = uuid4()
    await store.push(ROWS, receipt=receipt)
    assert len(await reasons(store)) == 2
    found = await receipts.read(store.conn, "e1", receipt)
    assert found is not None
    assert found["counts"]["quarantined"] == 3


async def released(store: Store) -> list[UUID]:
    """Publish what is leaving, as the releaser does, straight into the next batch; answers with the receipts."""
    rows = await release.take(store.conn)
    posts = release.posts(rows)
    for _, each in posts:
        await store.run([each], await store.partition(each.enterprise))
    return [UUID(bytes=each.receipt) for _, each in posts]


async def test_registering_the_meter_releases_what_waited_for_it(store: Store) -> None:
    """With its first receipt and time of receipt, in the valid period only, and once."""
    await store.feed("e1")
    receipt, came = uuid4(), moment(at("01-05 08:31"))
    await store.push(ROWS, receipt=receipt, received_at=came)
    await store.meter(METER, valid_from=moment(ROWS[0].t + 1))
    # Of the reading before its valid_from it isn't said any more that nobody knows the meter.
    assert await reasons(store) == ["outside_valid_period"]
    assert await released(store) == [receipt]
    assert await released(store) == []
    rows = await store.conn.fetch("SELECT t FROM reading ORDER BY t")
    assert [row["t"] for row in rows] == [ROWS[1].t, ROWS[2].t]
    day = await store.conn.fetchrow("SELECT * FROM feed_day")
    assert day["first_received_at"] == came
    found = await receipts.read(store.conn, "e1", receipt)
    assert found is not None
    assert (found["counts"]["quarantined"], found["counts"]["released"], found["released"]) == (3, 2, [1, 2])
    assert await store.conn.fetchval("SELECT quarantine_held FROM feed") == 1


async def test_a_release_that_ends_in_quarantine_again_is_held_again(store: Store) -> None:
    await store.feed("e1")
    await store.push([replace(ROWS[0], v=-7)])
    held = await store.conn.fetchval("SELECT reason FROM quarantine")
    assert held == "impossible_value"
    async with store.conn.transaction():
        assert await quarantine.release(store.conn, "e1", [held], store.now) == 1
    await released(store)
    assert await reasons(store) == ["impossible_value"]


async def test_one_that_had_left_and_comes_back_counts_towards_the_quota_again(store: Store) -> None:
    """As when a month was archived after its reading was stored, and the device sends it once more."""
    await store.feed("e1")
    await store.push(ROWS)
    await store.conn.execute("UPDATE quarantine SET state = 'released' WHERE t <= $1", ROWS[1].t)
    await store.conn.execute("UPDATE feed SET quarantine_held = 1")
    await store.push(ROWS)
    assert await reasons(store) == ["unknown_meter"] * 3
    assert await store.conn.fetchval("SELECT quarantine_held FROM feed") == 3
    await store.conn.execute("UPDATE quarantine SET state = 'dropped' WHERE t = $1", ROWS[0].t)
    await store.conn.execute("UPDATE feed SET quarantine_held = 2")
    await store.push(ROWS)
    assert await store.conn.fetchval("SELECT quarantine_held FROM feed") == 2


async def test_a_reading_ahead_of_the_clock_is_judged_by_the_clock_of_its_release(store: Store) -> None:
    await store.meter(METER)
    early = moment(ROWS[0].t) - timedelta(hours=2)
    await store.push([ROWS[0]], received_at=early)
    async with store.conn.transaction():
        await quarantine.release(store.conn, "e1", ["ahead_of_clock"], moment(ROWS[0].t))
    await released(store)
    assert await reasons(store) == []
    assert await store.conn.fetchval("SELECT count(*) FROM reading") == 1


async def test_a_release_whose_message_was_lost_is_published_again(store: Store) -> None:
    await store.feed("e1")
    await store.push(ROWS)
    await store.meter(METER)
    assert len(await release.take(store.conn)) == 3
    assert await release.take(store.conn) == []
    await store.conn.execute("UPDATE quarantine SET published_at = published_at - interval '2 minutes'")
    assert len(await released(store)) == 1
    assert await reasons(store) == []


class TestReceipts:
    async def test_each_outcome_is_told_by_index(self, store: Store) -> None:
        await store.meter(METER)
        await store.push(ROWS)
        receipt = uuid4()
        batch = [
            Read("m1", ROWS[2].t + 900, 30_000_000),
            ROWS[0],
            ROWS[1],
            replace(ROWS[2], v=21_000_000),
            replace(ROWS[2], v=19_000_000),
            Read("m2", ROWS[0].t, 1),
        ]
        await store.push(batch, receipt=receipt)
        found = await receipts.read(store.conn, "e1", receipt)
        assert found is not None
        assert found["counts"] == {
            "accepted": 1,
            "duplicate": 2,
            "revised": 1,
            "superseded": 1,
            "quarantined": 1,
            "parked": 0,
            "released": 0,
        }
        assert [tuple(each.values()) for each in found["exceptions"]] == [
            (1, 2, "duplicate", "same_value"),
            (3, 3, "superseded", "later_value"),
            (4, 4, "revised", "other_value_before"),
            (5, 5, "quarantined", "unknown_meter"),
        ]

    async def test_a_message_delivered_again_keeps_the_first_receipt(self, store: Store) -> None:
        await store.meter(METER)
        receipt = uuid4()
        for _ in range(2):
            await store.push(ROWS, receipt=receipt)
        found = await receipts.read(store.conn, "e1", receipt)
        assert found is not None
        assert (found["counts"]["accepted"], found["counts"]["duplicate"]) == (3, 0)

    async def test_one_enterprise_does_not_see_anothers(self, store: Store) -> None:
        await store.meter(METER)
        receipt = uuid4()
        await store.push(ROWS, receipt=receipt)
        assert await receipts.read(store.conn, "e2", receipt) is None

    async def test_old_ones_are_forgotten(self, store: Store) -> None:
        await store.meter(METER)
        await store.push(ROWS)
        assert await receipts.forget_old(store.conn, store.now + timedelta(days=30)) == 0
        assert await receipts.forget_old(store.conn, store.now + timedelta(days=30, seconds=1)) == 1

    def test_a_made_up_id_is_told_from_a_given_one(self) -> None:
        given = receipts.new_id(KEY, "e1")
        assert receipts.is_ours(KEY, "e1", given)
        assert not receipts.is_ours(KEY, "e2", given)
        assert not receipts.is_ours(KEY, "e1", uuid4())
        assert receipts.new_id(KEY, "e1", b"same") == receipts.new_id(KEY, "e1", b"same")


async def test_several_posts_of_several_enterprises_share_a_batch(store: Store) -> None:
    names = ["e1"]
    p = await store.feed("e1")
    n = 2
    while len(names) < 3:
        if await store.feed(f"e{n}") == p:
            names.append(f"e{n}")
        n += 1
    for name in names:
        await store.meter(Meter(f"{name}-m", enterprise=name))
    posts = [
        post([replace(row, meter=f"{name}-m") for row in ROWS], enterprise=name, received_at=store.now)
        for name in names
    ]
    done = await store.run(posts, p)
    assert done.outcomes["accepted"] == 9
    rows = await store.conn.fetch("SELECT enterprise, native FROM ent_day ORDER BY enterprise")
    assert [tuple(row) for row in rows] == [(name, 20) for name in sorted(names)]
    assert column([1]) == b"\x01" + bytes(7)
