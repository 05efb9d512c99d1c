"""Read-your-writes, changes with resume, a line that stands still, a read-model restored to before."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.progress.projection import project_events, readers
from shared.identity import Actor
from tests.component.progress.conftest import running
from tests.component.progress.world import Service, Sources, moment
from tests.kit.servers import PATIENCE_S, wait_for

FUZHOU = Actor("c", "city", "350100")
STEEL = Actor("e", "enterprise", None, "steel")


async def test_a_query_waits_for_what_its_caller_has_just_written(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    service.clock.set(moment("2013-02-06"))
    waiting = asyncio.create_task(service.figure("TR-6a", at_least={"projects": 1}))
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    assert (await waiting)["value"] == "50.0000"


async def test_a_query_for_what_does_not_come_is_told_to_come_again(service: Service, sources: Sources):
    problem = await service.problem("board", at_least={"projects": 99})
    assert problem["status"] == 503
    assert problem["retry_after"] == 1
    assert "99" in problem["detail"]


async def test_a_source_that_there_is_not_is_the_callers_mistake(service: Service, sources: Sources):
    assert (await service.problem("board", at_least={"weather": 1}))["status"] == 400


async def test_changes_are_numbered_and_resumed(service: Service, sources: Sources):
    start = await service.ask("changes")
    assert start["reset"] is True
    assert start["snapshot"]["rows"] == []
    await sources.plan()
    # There is no order between two sources: a target that came behind a report would have moved the figure last.
    await service.caught_up(sources)
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await sources.report("350200", "2013-01", 20, moment("2013-02-05"))
    await service.caught_up(sources)
    items: list[dict[str, Any]] = []
    last = start["last"]
    while True:
        answer = await service.ask("changes", after=last)
        assert answer["reset"] is False
        items, last = items + answer["items"], answer["last"]
        if not answer["more"]:
            break
    numbers = [int(item["id"].removeprefix("v1:")) for item in items]
    assert numbers == list(range(1, 78))  # the regions, 74 targets, two reports
    reports = [item for item in items if item["source"] == "projects"]
    assert [(item["region"], item["period"], item["measure"]) for item in reports] == [
        ("350100", "2013-01", "tech_renovation_investment"),
        ("350200", "2013-01", "tech_renovation_investment"),
    ]
    moved = {figure["target"]: figure["value"] for figure in reports[1]["figures"]}
    assert moved == {"TR-1": "70.0000", "TR-2": None, "TR-6b": "20.0000"}
    assert [figure["target"] for figure in reports[0]["figures"]] == ["TR-6a"]
    again = await service.ask("changes", after=last)
    assert (again["items"], again["last"]) == ([], last)


async def test_an_unknown_id_starts_over_from_a_snapshot(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    for unknown in ("v2:1", "v1:999999", "garbage", "v1:-1"):
        answer = await service.ask("changes", after=unknown)
        assert answer["reset"] is True, unknown
        assert len(answer["snapshot"]["rows"]) == 10
        assert answer["last"] == "v1:75"


async def test_who_was_away_for_too_long_starts_over_from_a_snapshot(
    service: Service, sources: Sources, monkeypatch: pytest.MonkeyPatch
):
    """Any old id was answered change by change from there: twenty streams, 11.6 s of CPU in 15 s."""
    await sources.plan()
    await service.caught_up(sources)
    monkeypatch.setattr("services.progress.board.feed.HISTORY", 10)
    assert (await service.ask("changes", after="v1:64"))["reset"] is True
    near = await service.ask("changes", after="v1:65")
    assert (near["reset"], len(near["items"])) == (False, 10)


async def test_a_waiting_reader_is_told_at_once(service: Service, sources: Sources):
    await sources.plan()
    await service.caught_up(sources)
    last = (await service.ask("changes"))["last"]
    waiting = asyncio.create_task(service.ask("changes", after=last, wait=2.5))
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    answer = await waiting
    assert [item["event_type"] for item in answer["items"]] == ["MonthlyReportFiled"]


async def test_changes_are_narrowed_to_scope_and_region(service: Service, sources: Sources):
    await sources.plan()
    await sources.enterprise("steel", "350102", moment("2013-02-01"))
    await service.caught_up(sources)
    last = (await service.ask("changes"))["last"]
    await sources.judged("steel", "350102", "2013-02-05", True, moment("2013-02-05"))
    await sources.judged("paper", "350200", "2013-02-05", True, moment("2013-02-05"))
    await sources.report("350200", "2013-01", 20, moment("2013-02-05"))
    await service.caught_up(sources)

    async def seen(actor: Actor, **body: object) -> list[tuple[str, str | None]]:
        answer = await service.ask("changes", actor, after=last, **body)
        return [(item["region"], item["enterprise"]) for item in answer["items"]]

    assert sorted(await seen(FUZHOU), key=str) == [("350102", "steel"), ("350200", None)]
    assert await seen(FUZHOU, region="350100") == [("350102", "steel")]
    assert await seen(STEEL) == [("350102", "steel")]
    assert len(await seen(Actor("p", "province"))) == 3


async def test_scope_narrows_every_query(service: Service, sources: Sources):
    await sources.plan()
    await sources.enterprise("steel", "350102", moment("2013-02-01"))
    await sources.key_users(
        moment("2013-02-01"), steel=("350102", "20000"), glass=("350102", "20000"), paper=("350200", "20000")
    )
    await sources.report("350100", "2013-01", 55, moment("2013-02-04"))
    await sources.report("350200", "2013-01", 20, moment("2013-02-05"))
    await service.caught_up(sources)
    assert len((await service.ask("board", FUZHOU))["rows"]) == 10
    assert [row["region"] for row in (await service.ask("board", STEEL))["rows"]] == ["350100"]
    assert {f["region"] for f in (await service.ask("figures", STEEL, limit=200))["items"]} == {"350100"}
    assert (await service.problem("figure", STEEL, target="TR-1"))["status"] == 404
    assert (await service.problem("evidence", FUZHOU, target="TR-6b"))["status"] == 403
    own = await service.ask("evidence", FUZHOU, target="TR-1")
    assert {i["region"] for i in own["items"] if i["source"] == "projects"} == {"350100"}
    users = await service.ask("evidence", FUZHOU, target="EN-14")
    assert {i["enterprise"] for i in users["items"]} == {None, "steel", "glass"}
    mine = await service.ask("evidence", STEEL, target="EN-14", region="350100")
    assert {i["enterprise"] for i in mine["items"] if i["source"] == "energy"} == {"steel"}
    nobody = Actor("n", "enterprise", None, "nobody")
    assert (await service.ask("board", nobody))["rows"] == []
    assert (await service.problem("board", Actor("v", "visitor")))["status"] == 403


async def test_a_poison_event_stops_its_line_only_and_goes_on_when_it_can_be_read(
    service: Service, sources: Sources, monkeypatch
):
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    report = dict(sources.projects.envelopes[0].data)
    newer = {**report, "region": "350200", "report": "350200:2013-01"}
    await sources.projects.publish("MonthlyReportFiled", newer, moment("2013-02-05"), version=2)
    await sources.report("350600", "2013-01", 30, moment("2013-02-05"))
    service.clock.set(moment("2013-02-06"))

    async def failing() -> dict[str, str]:
        checks = (await service.health.report())["checks"]
        return {name: c["detail"] for name, c in checks.items() if c["status"] == "failing"}

    (name, why), *others = (await wait_for(failing)).items()
    assert others == []
    assert name.endswith("< projects")
    assert "MonthlyReportFiled v2" in why
    known = {"assessment": sources.assessment.position, "projects": 1}
    page = await service.ask("figures", programme="TR", at_least=known)
    figures = {f["target"]: f["value"] for f in page["items"]}
    assert (figures["TR-6a"], figures["TR-6b"], figures["TR-6c"]) == ("50.0000", None, None)
    await sources.key_users(moment("2013-02-05"), steel=("350102", "20000"))
    assert (await service.figure("EN-14", at_least={"energy": 1}))["counts"]["designated"] == 1
    # The release that knows version 2 is deployed: the same line goes on by itself.
    newest = readers.Reader(
        project_events.MonthlyReportFiled, 2, {("MonthlyReportFiled", 1): lambda data: data}
    )
    monkeypatch.setattr(readers, "READERS", {**readers.READERS, ("projects", "MonthlyReportFiled"): newest})
    await service.caught_up(sources)
    figures = {f["target"]: f["value"] for f in (await service.ask("figures", programme="TR"))["items"]}
    assert (figures["TR-6b"], figures["TR-6c"]) == ("50.0000", "30.0000")


async def test_a_read_model_restored_to_before_catches_up_and_counts_nothing_twice(
    service: Service, sources: Sources
):
    """The whole read-model is put back to an older state, checkpoint and rows together, as a backup would."""
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await service.caught_up(sources)
    await sources.report("350100", "2013-02", 11, moment("2013-03-04"))
    await sources.report("350200", "2013-02", 22, moment("2013-03-04"))
    await service.caught_up(sources)
    owner = create_async_engine(service.database.owner_url)
    async with owner.begin() as conn:
        await conn.execute(text("SET LOCAL search_path = progress_v1"))
        for table in ("contribution", "change"):
            await conn.execute(text(f"DELETE FROM {table} WHERE source = 'projects' AND position > 1"))
        await conn.execute(
            text("UPDATE checkpoint SET position = 1, hash = :hash WHERE source = 'projects'"),
            {"hash": bytes.fromhex(sources.projects.envelopes[0].hash)},
        )
    await owner.dispose()
    await sources.report("350200", "2013-01", 5, moment("2013-03-05"))
    service.clock.set(moment("2013-03-06"))
    await service.caught_up(sources)
    assert (await service.figure("TR-1"))["value"] == "88.0000"


async def test_a_restarted_service_goes_on_from_its_checkpoint(
    service: Service, sources: Sources, nats_server, progress_database
):
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await service.caught_up(sources)
    js = await nats_server.jetstream("progress")
    await sources.live("steel", "350102", "2013-02-06", "12.5")
    async with running(progress_database, js, service.clock) as other:
        await sources.report("350200", "2013-01", 20, moment("2013-02-05"))
        other.clock.set(moment("2013-02-06"))
        assert (await other.figure("TR-1", at_least=sources.positions))["value"] == "70.0000"

        async def live_row() -> object:
            return (await other.ask("board"))["rows"][1]["energy_today"]

        # What was sent before this process began is read again from the stream.
        assert await wait_for(live_row)


async def test_a_snapshot_has_its_versions_positions_while_another_one_takes_over(
    service: Service, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version was read again after the connection was made: of a version that it isn't, there are no positions."""
    await sources.plan()
    await service.caught_up(sources)
    model = service.model
    expected = (await model.snapshot()).applied
    assert expected
    connect, version = model.engine.connect, model.version

    def switching() -> object:
        model.version = version + 1  # what `open` does in between
        return connect()

    monkeypatch.setattr(model, "_cached", {})
    monkeypatch.setattr(type(model.engine), "connect", lambda _engine: switching())
    try:
        found = await model._load(model.clock.now(), None, past=False)
    finally:
        model.version = version
    assert (found.version, found.applied.keys()) == (version, expected.keys())


async def test_who_waits_takes_a_snapshot_that_is_newer_than_asked_for(
    service: Service, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy feed the state has always moved on when a query's turn comes: each that waited would compute again."""
    await sources.plan()
    await service.caught_up(sources)
    model = service.model
    asked, made = asyncio.Semaphore(0), []
    state, load = model._state, model._load

    async def asking(now: datetime) -> Any:
        found = await state(now)
        asked.release()
        return found

    async def making(*moment: Any, **more: Any) -> Any:
        made.append(await load(*moment, **more))
        return made[-1]

    monkeypatch.setattr(model, "_state", asking)
    monkeypatch.setattr(model, "_load", making)
    service.clock.set(moment("2013-02-06"))
    async with model._computing:
        waiting = [asyncio.create_task(model.snapshot()) for _ in range(3)]
        for _ in waiting:
            await asked.acquire()
        # What all three asked for is older than what the first of them will find.
        await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
        assert await model.checkpoints.wait_for("projects", 1, PATIENCE_S)
    for snapshot in await asyncio.gather(*waiting):
        figure = snapshot.figure("TR-6a")
        assert figure is not None
        assert figure.value == 50
        assert snapshot.applied["projects"].position == 1
    assert len(made) == 1
