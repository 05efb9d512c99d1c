"""From stored readings to `EnterpriseDayMeasured`, on the real database."""

import asyncio

from sqlalchemy import text

from tests.component.energy.conftest import FUZHOU, MILL, OPS, OTHER, XIAMEN, Service, local


async def test_a_day_leaves_at_its_close_and_not_before(mill: Service) -> None:
    await mill.day_of_readings("2013-01-14", 1000, 25)
    mill.clock.set(local("2013-01-15 11:00"))
    await mill.push([("2013-01-15 00:15", 3425), ("2013-01-15 00:30", 3450)])
    await mill.flusher.sweep()
    (event,) = await mill.events("EnterpriseDayMeasured")
    assert event.data == {
        "enterprise": "MILL",
        "region": "350181",
        "day": "2013-01-14",
        "revision": 1,
        "carriers": [
            {
                "carrier": "electricity",
                "native": "2400",
                "unit": "kWh",
                "tce_equal": "0.29496",
                "tce_equivalent": "0.9696",
                "present": 96,
                "expected": 96,
                "spread": "0",
                "parked": "0",
                "parked_intervals": 0,
            }
        ],
        "tce_equal": "0.29496",
        "tce_equivalent": "0.9696",
        "coefficients": [
            {
                "carrier": "electricity",
                "basis": "equal",
                "value": "0.1229",
                "edition": "GB/T 2589-2008",
                "provisional": False,
            },
            {
                "carrier": "electricity",
                "basis": "equivalent",
                "value": "0.404",
                "edition": "GB/T 2589-2008",
                "provisional": True,
            },
        ],
        "completeness": "1.0000",
    }
    assert (event.stream, event.metadata["actor"]["role"]) == ("day-MILL-2013-01-14", "system")
    mill.clock.set(local("2013-01-16 00:00"))
    await mill.flusher.sweep()
    events = await mill.events("EnterpriseDayMeasured")
    assert [event.data["day"] for event in events] == ["2013-01-14", "2013-01-15"]


async def test_late_data_make_a_revision_with_absolute_totals(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 12:00", 2200)])
    await mill.flusher.sweep()
    await mill.day_of_readings("2013-01-14", 1000, 25)
    mill.clock.set(local("2013-01-15 12:06"))
    await mill.flusher.sweep()
    first, second = await mill.measured()
    assert (first["revision"], first["carriers"][0]["native"]) == (1, "1200")
    assert first["carriers"][0]["spread"] == "1200"
    assert (second["revision"], second["carriers"][0]["native"]) == (2, "2400")
    assert second["completeness"] == "1.0000"
    event = (await mill.events())[-1]
    assert (event.stream, event.version) == ("day-MILL-2013-01-14", 2)


async def test_data_that_change_no_figure_make_no_revision(mill: Service) -> None:
    await mill.day_of_readings("2013-01-14", 1000, 25)
    await mill.flusher.sweep()
    async with mill.engine.begin() as conn:
        await conn.execute(
            text("INSERT INTO dirty (enterprise, day, marked_at) VALUES ('MILL', '2013-01-14', now())")
        )
    mill.clock.set(local("2013-01-15 13:00"))
    assert await mill.flusher.sweep() == 0
    assert len(await mill.measured()) == 1
    async with mill.engine.connect() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM dirty")) == 0


async def test_a_day_is_revised_at_most_every_few_minutes_of_the_clock(mill: Service) -> None:
    flusher = mill.flusher
    await mill.push([("2013-01-14 00:15", 1000), ("2013-01-14 12:00", 2200)])
    await flusher.sweep()
    await mill.push([("2013-01-14 13:00", 2300)])
    mill.clock.set(local("2013-01-15 12:04"))
    assert await flusher.sweep() == 0
    mill.clock.set(local("2013-01-15 12:05"))
    assert await flusher.sweep() == 1


async def test_a_day_measured_by_a_clock_that_was_set_back_waits_for_no_future(mill: Service) -> None:
    flusher = mill.flusher
    await mill.push([("2013-01-14 00:15", 1000), ("2013-01-14 12:00", 2200)])
    await flusher.sweep()
    async with mill.engine.begin() as conn:
        await conn.execute(text("UPDATE measured_day SET measured_at = measured_at + interval '2 hours'"))
    await mill.push([("2013-01-14 13:00", 2300)])
    mill.clock.set(local("2013-01-15 12:01"))
    assert await flusher.sweep() == 1


async def test_under_a_clock_that_stands_still_late_data_still_leave(mill: Service) -> None:
    """A demo's clock stops at its end: what came last must not be stuck. A new flusher has waited for ever."""
    await mill.push([("2013-01-14 00:15", 1000), ("2013-01-14 12:00", 2200)])
    await mill.flusher.sweep()
    await mill.push([("2013-01-14 13:00", 2300)])
    assert await mill.flusher.sweep() == 1


async def test_a_batch_that_commits_while_the_flusher_works_marks_the_day_again(mill: Service) -> None:
    """By hand: the flusher has taken the mark and read the sums; then a batch changes them; nothing is lost."""
    await mill.push([("2013-01-14 00:15", 1000), ("2013-01-14 12:00", 2200)])
    async with mill.engine.begin() as conn:
        taken = await conn.execute(text("DELETE FROM dirty WHERE day = '2013-01-14' RETURNING enterprise"))
        assert taken.scalar() == "MILL"
        batch = asyncio.create_task(mill.push([("2013-01-14 13:00", 2300)]))
        async with mill.engine.connect() as look:
            while not await look.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
            ):
                assert not batch.done()
    await batch
    assert await mill.flusher.sweep() == 1
    (measured,) = await mill.measured()
    assert measured["carriers"][0]["native"] == "1300"


async def test_an_edited_coefficient_moves_no_past_day_until_a_restatement(mill: Service) -> None:
    await mill.day_of_readings("2013-01-14", 1000, 25)
    await mill.flusher.sweep()
    await mill.ask(
        OPS,
        "publish-coefficient",
        carrier="electricity",
        basis="equivalent",
        kgce="0.32",
        edition="final 2013",
        valid_from="2013-01-01",
        valid_to="2013-12-31",
        source="年度公报",
    )
    mill.clock.set(local("2013-01-15 13:00"))
    assert await mill.flusher.sweep() == 0
    restated = await mill.ask(
        OPS,
        "restate-coefficients",
        carrier="electricity",
        first="2013-01-01",
        last="2013-01-31",
        reason="final value",
    )
    assert restated["enterprise_days"] == 1
    mill.clock.set(local("2013-01-15 14:00"))
    assert await mill.flusher.sweep() == 1
    _, second = await mill.measured()
    assert (second["revision"], second["tce_equal"], second["tce_equivalent"]) == (2, "0.29496", "0.768")
    again = await mill.ask(
        OPS,
        "restate-coefficients",
        carrier="electricity",
        first="2013-01-01",
        last="2013-01-31",
        reason="final value",
    )
    assert again["enterprise_days"] == 0


async def test_a_days_energy_belongs_to_the_region_of_that_day(mill: Service) -> None:
    await mill.ask(
        OPS, "change-enterprise", enterprise="MILL", region="350203", valid_from="2013-01-15", reason="搬迁"
    )
    mill.clock.set(local("2013-01-16 00:00"))
    await mill.day_of_readings("2013-01-14", 1000, 25)
    await mill.day_of_readings("2013-01-15", 3400, 25)
    await mill.flusher.sweep()
    events = await mill.events("EnterpriseDayMeasured")
    assert [(event.data["day"], event.data["region"]) for event in events] == [
        ("2013-01-14", "350181"),
        ("2013-01-15", "350203"),
    ]


async def test_sums_answer_with_coefficients_completeness_and_scope(mill: Service) -> None:
    await mill.day_of_readings("2013-01-14", 1000, 25)
    await mill.push([("2013-01-15 00:15", 3425), ("2013-01-15 11:30", 4550)])
    asked = {"enterprise": "MILL", "from": "2013-01-13", "to": "2013-01-15"}
    found = await mill.ask(FUZHOU, "enterprise-energy", **asked, basis="equal")
    (carrier,) = found["carriers"]
    assert [(p["native"], p["expected"]) for p in carrier["periods"]] == [
        (None, 96),
        ("2400", 96),
        ("1150", 48),
    ]
    assert [p["completeness"] for p in carrier["periods"]] == ["0", "1", "0.0417"]
    assert carrier["periods"][1]["tce"] == {"equal": "0.29496", "equivalent": None}
    assert [one["basis"] for one in carrier["coefficients"]] == ["equal"]
    one_day = {"meter": "M-1", "from": "2013-01-14", "to": "2013-01-14"}
    hours = await mill.ask(MILL, "meter-energy", grain="hour", **one_day)
    assert [p["native"] for p in hours["periods"]] == ["100"] * 24
    days = await mill.ask(MILL, "meter-energy", **one_day)
    assert [(p["native"], p["completeness"]) for p in days["periods"]] == [("2400", "1")]
    live = await mill.ask(MILL, "enterprise-live", enterprise="MILL")
    assert (live["tce"]["equal"], live["present"], live["expected"]) == ("0.141335", 2, 48)
    assert live["last_reading_at"] == "2013-01-15T03:30:00Z"
    for actor in (XIAMEN, OTHER):
        assert (await mill.refused(actor, "enterprise-energy", **asked)).status == 404
        assert (await mill.refused(actor, "enterprise-live", enterprise="MILL")).status == 404
        refused = await mill.refused(actor, "meter-energy", **one_day)
        assert refused.status == 404
    assert (
        await mill.refused(MILL, "enterprise-energy", **{**asked, "from": "2012-01-13"})
    ).code == "bad-span"
