"""What the registry decides about a meter, carried into the readings' store in the same transaction."""

from sqlalchemy import text

from services.energy.readings import release
from tests.component.energy.conftest import FUZHOU, OPS, XIAMEN, Service, local


async def _native(service: Service, day: str = "2013-01-14") -> str | None:
    found = await service.ask(OPS, "meter-energy", meter="M-1", **{"from": day, "to": day})
    return found["periods"][0]["native"] if found["periods"] else None


async def test_a_replacement_keeps_the_energy_around_it(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 999_000), ("2013-01-14 10:00", 999_100), ("2013-01-14 12:00", 70)])
    await mill.ask(
        FUZHOU,
        "replace-meter",
        meter="M-1",
        at="2013-01-14T11:00:00+08:00",
        serial="B2",
        old_last="999110",
        new_start="50",
        reason="17号",
    )
    assert await _native(mill) == "130"
    replaced = await mill.ask(OPS, "get-meter", meter="M-1")
    assert (replaced["serial"], replaced["counting_since"]) == ("B2", "2013-01-14T03:00:00Z")
    (event,) = await mill.events("MeterReplaced")
    assert (event.data["replaced_serial"], event.data["old_last"]) == ("A1", "999110")


async def test_a_ratio_change_counts_from_its_moment_on(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 10:00", 1100), ("2013-01-14 12:00", 1120)])
    body = {"meter": "M-1", "at": "2013-01-14T11:00:00+08:00", "ratio": "2", "reason": "互感器"}
    assert (await mill.refused(OPS, "change-meter-ratio", **body)).code == "ratio-change-without-register"
    await mill.ask(OPS, "change-meter-ratio", **body, register_value="1110")
    assert await _native(mill) == "130"


async def test_a_jump_is_parked_until_a_person_confirms_it(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 9000), ("2013-01-14 00:30", 9010)])
    assert await _native(mill) == "10"
    suspect = (await mill.ask(FUZHOU, "list-suspects", enterprise="MILL"))["items"][0]
    assert (suspect["why"], suspect["energy"], suspect["at"]) == ("jump", "8000", "2013-01-13T16:15:00Z")
    assert (await mill.ask(XIAMEN, "list-suspects"))["items"] == []
    said = {"meter": "M-1", "at": suspect["at"], "verdict": "confirm", "reason": "试车"}
    assert (await mill.refused(XIAMEN, "resolve-suspect", **said)).status == 404
    await mill.ask(FUZHOU, "resolve-suspect", **said)
    assert await _native(mill) == "8010"
    assert (await mill.refused(FUZHOU, "resolve-suspect", **said)).code == "nothing-parked"
    mill.clock.set(local("2013-01-15 13:00"))
    await mill.flusher.sweep()
    (measured,) = await mill.measured()
    assert measured["carriers"][0]["native"] == "8010"


async def test_a_void_joins_the_neighbours_of_a_spike(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 900_000), ("2013-01-14 00:30", 1010)])
    found = (await mill.ask(OPS, "list-suspects"))["items"]
    assert [one["why"] for one in found] == ["jump", "backwards"]
    await mill.ask(OPS, "resolve-suspect", meter="M-1", at=found[0]["at"], verdict="void", reason="传输错误")
    assert await _native(mill) == "10"
    assert (await mill.ask(OPS, "list-suspects"))["items"] == []


async def test_a_rollover_that_nothing_bears_out_is_confirmed_by_a_person(service: Service) -> None:
    await service.enterprise()
    await service.meter(capacity=None, register_digits=6)
    await service.push([("2013-01-14 00:00", 999_990), ("2013-01-14 00:15", 5)])
    suspect = (await service.ask(OPS, "list-suspects"))["items"][0]
    assert suspect["why"] == "backwards"
    said = {"meter": "M-1", "at": suspect["at"], "reason": "照片"}
    assert (await service.refused(OPS, "resolve-suspect", verdict="confirm", **said)).code == "register-fell"
    await service.ask(OPS, "confirm-rollover", **said)
    assert await _native(service) == "15"


async def test_registering_a_meter_releases_what_waited_for_it(service: Service) -> None:
    await service.enterprise()
    done = await service.push([("2013-01-14 00:00", 1000), ("2013-01-14 00:15", 1010)])
    assert done.quarantined == {"unknown_meter": 2}
    held = (await service.ask(FUZHOU, "list-quarantine", reason="unknown_meter"))["items"]
    assert [(one["meter"], one["value"], one["at"]) for one in held] == [
        ("M-1", "1000", "2013-01-13T16:00:00Z"),
        ("M-1", "1010", "2013-01-13T16:15:00Z"),
    ]
    assert (await service.ask(XIAMEN, "list-quarantine"))["items"] == []
    await service.meter(valid_from="2013-01-14T00:05:00+08:00")
    async with service.engine.begin() as conn:
        states = await conn.execute(text("SELECT t, state FROM quarantine ORDER BY t"))
        assert [row.state for row in states] == ["held", "releasing"]
        from services.energy.readings.reference import driver

        leaving = await release.take(await driver(conn))
    assert [row["t"] for row in leaving] == [int(local("2013-01-14 00:15").timestamp())]


async def test_a_meter_is_not_retired_before_its_last_reading(mill: Service) -> None:
    await mill.push([("2013-01-14 00:00", 1000), ("2013-01-14 12:00", 1100)])
    problem = await mill.refused(
        OPS, "retire-meter", meter="M-1", at="2013-01-14T06:00:00+08:00", reason="拆除"
    )
    assert problem.code == "readings-after-retirement"
    retired = await mill.ask(OPS, "retire-meter", meter="M-1", at="2013-01-14T12:00:00+08:00", reason="拆除")
    assert retired["retired_at"].startswith("2013-01-14T04:00:00")
    done = await mill.push([("2013-01-14 13:00", 1200)])
    assert done.quarantined == {"outside_valid_period": 1}
    assert (
        await mill.refused(
            OPS, "replace-meter", meter="M-1", at="2013-01-15T00:00:00+08:00", serial="x", reason="x"
        )
    ).code == "meter-retired"
