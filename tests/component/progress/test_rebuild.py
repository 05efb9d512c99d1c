"""A rebuild from the streams: identical, beside the old one, then one switch."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.progress.rebuild.rebuild import RebuildFailed, go_back, rebuild
from tests.component.progress.world import Service, Sources, moment
from tests.kit.servers import wait_for


async def _a_year(sources: Sources) -> None:
    """Some of everything: corrections, lists, days, statistics, a breakdown."""
    await sources.plan()
    for month in (1, 2, 3):
        for city in ("350100", "350200", "350300"):
            await sources.report(city, f"2013-{month:02d}", 10 * month, moment(f"2013-{month + 1:02d}-04"))
    await sources.correct("350100", "2013-01", 44, moment("2013-04-20"))
    await sources.enterprise("steel", "350102", moment("2013-02-01"))
    await sources.key_users(moment("2013-02-01"), steel=("350102", "20000"), paper=("350200", "9000"))
    await sources.key_users(moment("2013-03-01"), 2, steel=("350102", "20000"), paper=("350200", "10000"))
    for day in range(1, 20):
        await sources.judged(
            "steel", "350102", f"2013-03-{day:02d}", day % 3 > 0, moment(f"2013-03-{day:02d}")
        )
        await sources.day("steel", "350102", f"2013-03-{day:02d}", "55.5", moment(f"2013-03-{day + 1:02d}"))
    part = {"target": "TR-6a:350102", "region": "350102", "name": "Gulou", "value": "100"}
    await sources.assessment.publish(
        "TargetDecomposed",
        {"plan": "fujian-2013", "target": "TR-6a", "region": "350100", "parts": [part], "reason": None},
        moment("2013-04-21"),
    )


async def _rebuild(service: Service, **options: Any):
    said: list[str] = []
    done = await rebuild(
        service.database.owner_url, service.database.url, service.js, say=said.append, **options
    )
    return done, said


async def test_a_rebuild_is_identical_and_the_service_goes_over_to_it(service: Service, sources: Sources):
    await _a_year(sources)
    service.clock.set(moment("2013-04-22"))
    await service.caught_up(sources)
    before = (await service.ask("figures", limit=200))["items"]
    last = (await service.ask("changes"))["last"]
    done, said = await _rebuild(service)
    assert (done.version, done.previous, done.differences) == (2, 1, ())
    assert done.events == sum(sources.positions.values())
    assert "both versions hold the same" in said
    await wait_for(lambda: service.model.version == 2)
    assert (await service.ask("figures", limit=200))["items"] == before
    # What was numbered by the old version means nothing to the new one.
    answer = await service.ask("changes", after=last)
    assert answer["reset"] is True
    assert answer["last"].startswith("v2:")
    await sources.report("350900", "2013-01", 1, moment("2013-04-22"))
    assert (await service.figure("TR-6i", at_least=sources.positions))["value"] == "1.0000"


async def test_queries_are_answered_while_it_is_built(service: Service, sources: Sources):
    await _a_year(sources)
    service.clock.set(moment("2013-04-22"))
    await service.caught_up(sources)
    building = asyncio.create_task(_rebuild(service))
    answers = 0
    while not building.done() or answers == 0:
        assert (await service.figure("TR-6a"))["value"] == "94.0000"
        answers += 1
    await building
    assert answers > 1


async def test_a_read_model_that_was_tampered_with_is_found_out_and_kept_until_told(
    service: Service, sources: Sources
):
    await _a_year(sources)
    service.clock.set(moment("2013-04-22"))
    await service.caught_up(sources)
    owner = create_async_engine(service.database.owner_url)
    async with owner.begin() as conn:
        await conn.execute(
            text(
                "UPDATE progress_v1.contribution SET value = value + 1 WHERE source = 'projects' AND position = 1"
            )
        )
    with pytest.raises(RebuildFailed, match="differs"):
        await _rebuild(service)
    assert service.model.version == 1
    done, said = await _rebuild(service, accept_differences=True)
    assert [difference.table for difference in done.differences] == ["contribution"]
    assert any("dropping progress_v2" in line for line in said)
    await wait_for(lambda: service.model.version == done.version)
    assert (await service.figure("TR-6a"))["value"] == "94.0000"
    async with owner.connect() as conn:
        rows = await conn.execute(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'progress_v%'"))
        assert sorted(name for (name,) in rows) == ["progress_v1", "progress_v3"]
    await owner.dispose()


async def test_an_event_that_can_not_be_read_fails_the_rebuild_and_the_old_version_serves_on(
    service: Service, sources: Sources
):
    await sources.plan()
    await sources.projects.publish("MonthlyReportFiled", {"region": "350100"}, moment("2013-02-04"))
    with pytest.raises(RebuildFailed, match="projects event 1"):
        await _rebuild(service)
    assert service.model.version == 1
    assert len((await service.ask("board"))["rows"]) == 10


async def test_the_version_before_can_serve_again_and_catches_up(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    with pytest.raises(RebuildFailed, match="no version before"):
        await go_back(service.database.owner_url, say=lambda _: None)
    await _rebuild(service)
    await wait_for(lambda: service.model.version == 2)
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await service.caught_up(sources)
    assert await go_back(service.database.owner_url, say=lambda _: None) == 1
    await wait_for(lambda: service.model.version == 1)
    assert (await service.figure("TR-6a", at_least=sources.positions))["value"] == "50.0000"
    # A number that stood for something is not used again.
    assert (await _rebuild(service))[0].version == 3


async def test_two_rebuilds_do_not_meet(service: Service, sources: Sources):
    await _a_year(sources)
    await service.caught_up(sources)
    results = await asyncio.gather(_rebuild(service), _rebuild(service), return_exceptions=True)
    assert [type(result) for result in results].count(RebuildFailed) == 1
    await wait_for(lambda: service.model.version == 2)
