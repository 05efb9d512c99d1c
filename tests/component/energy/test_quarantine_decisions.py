"""What a person decides about quarantined readings: in the log with a reason, in the store, and undone if need be."""

from datetime import timedelta
from typing import Any

from services.energy.readings import release, wire
from services.energy.readings.batch import BatchStep
from shared.clock import CHINA
from shared.identity import Actor
from tests.component.energy.conftest import FUQING, MILL, OPS, XIAMEN, Service

NAMED = {"enterprise_name": "示例纸业 MILL"}


async def ahead(mill: Service, count: int = 2) -> list[int]:
    """Readings a day ahead of the Clock: the device's clock is wrong. Answers their numbers in quarantine."""
    moments = [mill.clock.now() + timedelta(days=1, minutes=15 * n) for n in range(count)]
    local = [moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") for moment in moments]
    await mill.push([(text, 1000.0 + n) for n, text in enumerate(local)])
    return [row["id"] for row in await listed(mill)]


async def listed(mill: Service, state: str = "held", actor: Actor = OPS) -> list[dict[str, Any]]:
    page = await mill.ask(actor, "list-quarantine", enterprise="MILL", state=state)
    items: list[dict[str, Any]] = page["items"]
    return items


async def decide(mill: Service, what: str, readings: list[int], actor: Actor = OPS, **more: Any) -> Any:
    return await mill.ask(
        actor, f"{what}-quarantined", enterprise="MILL", readings=readings, reason="seen to", **more
    )


async def held(mill: Service) -> int:
    count: int = await mill.connection.fetchval("SELECT quarantine_held FROM feed WHERE enterprise = 'MILL'")
    return count


async def work_off_releases(mill: Service) -> None:
    """What the releaser would publish, straight to the worker's step."""
    async with mill.connection.transaction():
        rows = await release.take(mill.connection)
    for p, post in release.posts(rows):
        step = mill.steps.setdefault(p, BatchStep(p))
        await step.run(mill.connection, [wire.decode(wire.encode([post]))[0]], mill.clock.now())


async def test_a_drop_is_in_the_log_with_who_and_why_and_erases_nothing(mill: Service) -> None:
    first, second = await ahead(mill)
    answer = await decide(mill, "drop", [first], FUQING)
    assert answer == {"enterprise": "MILL", "decided": [first], "unchanged": 0, **NAMED}
    [event] = await mill.events("QuarantineDropped")
    assert event.data["readings"] == [{"id": first, "meter": "M-1", "why": "ahead_of_clock"}]
    assert event.data["reason"] == "seen to"
    assert event.metadata["actor"]["subject"] == FUQING.subject
    assert [row["id"] for row in await listed(mill)] == [second]
    assert [row["id"] for row in await listed(mill, "dropped")] == [first]
    assert (await mill.ask(OPS, "get-quarantined", reading=first))["state"] == "dropped"
    assert await held(mill) == 1


async def test_the_same_decision_again_changes_nothing(mill: Service) -> None:
    numbers = await ahead(mill)
    await decide(mill, "drop", numbers)
    again = await decide(mill, "drop", numbers)
    assert again == {"enterprise": "MILL", "decided": [], "unchanged": 2, **NAMED}
    assert len(await mill.events("QuarantineDropped")) == 1
    assert await held(mill) == 0


async def test_a_dropped_reading_sent_again_stays_dropped(mill: Service) -> None:
    numbers = await ahead(mill)
    await decide(mill, "drop", numbers)
    assert await ahead(mill) == []
    assert [row["id"] for row in await listed(mill, "dropped")] == numbers


async def test_a_released_reading_is_stored_once_its_time_has_come(mill: Service) -> None:
    numbers = await ahead(mill)
    mill.clock.set(mill.clock.now() + timedelta(days=2))
    await decide(mill, "release", numbers)
    await work_off_releases(mill)
    assert await listed(mill) == []
    assert [row["id"] for row in await listed(mill, "released")] == numbers
    assert await mill.connection.fetchval("SELECT count(*) FROM reading WHERE v >= 1000000000") == 2
    assert await held(mill) == 0


async def test_a_released_reading_that_is_still_wrong_comes_back(mill: Service) -> None:
    numbers = await ahead(mill)
    await decide(mill, "release", numbers)
    await work_off_releases(mill)
    assert [row["id"] for row in await listed(mill)] == numbers
    assert await held(mill) == 2


async def test_a_dropped_reading_can_be_released_after_all(mill: Service) -> None:
    numbers = await ahead(mill)
    await decide(mill, "drop", numbers)
    mill.clock.set(mill.clock.now() + timedelta(days=2))
    await decide(mill, "release", numbers)
    await work_off_releases(mill)
    assert [row["id"] for row in await listed(mill, "released")] == numbers
    assert await held(mill) == 0


async def test_what_is_released_can_not_be_dropped(mill: Service) -> None:
    numbers = await ahead(mill)
    await decide(mill, "release", numbers[:1])
    problem = await mill.refused(
        OPS, "drop-quarantined", enterprise="MILL", readings=numbers, reason="too late"
    )
    assert (problem.status, problem.code) == (409, "already-released")
    assert await mill.events("QuarantineDropped") == []


async def test_only_who_administers_the_enterprise_decides_and_only_on_its_readings(mill: Service) -> None:
    numbers = await ahead(mill)
    for actor in (MILL, XIAMEN):
        problem = await mill.refused(
            actor, "release-quarantined", enterprise="MILL", readings=numbers, reason="please"
        )
        assert problem.status in (403, 404), actor
    await mill.enterprise("OTHER")
    problem = await mill.refused(
        OPS, "drop-quarantined", enterprise="OTHER", readings=numbers, reason="not theirs"
    )
    assert (problem.status, problem.code) == (404, "not-found")
    assert (await mill.refused(XIAMEN, "get-quarantined", reading=numbers[0])).status == 404
    assert (await mill.refused(OPS, "get-quarantined", reading=10**9)).status == 404
    assert len(await listed(mill)) == 2
