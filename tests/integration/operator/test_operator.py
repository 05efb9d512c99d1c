"""What an operator sees and decides, on the running system: status, metrics, traces, figures back to the push."""

import asyncio
import io
import json
import re
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli import quarantine, status, traces, why
from cli.main import app
from cli.rebuild import rebuild
from cli.status_facts import gather
from cli.trace_store import TraceStore
from deploy import topology
from deploy.local.attach import attach
from deploy.local.runner import LocalSystem
from tests.integration.operator.conftest import Mill, push
from tests.kit.alerts import RULES, firing, scrape
from tests.kit.portal import Portal, ok
from tests.kit.promql import Labels, evaluate, metrics
from tests.kit.servers import wait_for

# Made by Prometheus itself, and by `shengji backup` (its own test).
FROM_ELSEWHERE = {"up", "shengji_backup_last_success_timestamp_seconds"}
ONLY_IN_TROUBLE = ('outcome="quarantined"', '"5.."')


async def told(work: Any) -> str:
    """What a command prints; `work(console)` may be awaitable."""
    console = Console(width=220, record=True, file=io.StringIO())
    result = work(console)
    if isinstance(result, Awaitable):
        await result
    return console.export_text()


async def test_every_metric_that_an_alert_reads_is_served(mill: Mill, local_system: LocalSystem) -> None:
    served = await scrape(local_system.urls.health)
    wanted = {name for rule in RULES.values() for name in metrics(rule["expr"])} - FROM_ELSEWHERE
    assert wanted - served.keys() == set()
    assert len(wanted) > 12


async def test_the_labels_that_an_alert_chooses_and_tells_by_are_served(
    mill: Mill, local_system: LocalSystem
) -> None:
    """A matcher that fits nothing, or a summary with an empty place, is an alert that nobody understands or gets."""
    served = await scrape(local_system.urls.health)
    for alert, rule in RULES.items():
        expression = rule["expr"]
        if metrics(expression) & FROM_ELSEWHERE:
            continue
        chosen: list[Labels] = []
        for selector in re.findall(r"[a-z][a-z0-9_]*(?:\{[^}]*\}|(?=\[| [<>=/]| unless ))", expression):
            found = evaluate(f"{selector} >= 0", served)
            assert found or any(each in selector for each in ONLY_IN_TROUBLE), (alert, selector)
            chosen += found
        for name in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert any(name in dict(labels) for labels in chosen), (alert, name)


async def test_status_tells_of_everything_and_all_is_well(
    mill: Mill, portal: Portal, local_system: LocalSystem
) -> None:
    async def level() -> Any:
        found = await gather(attach(local_system.settings.data))
        even = all(each.published == each.head for each in found.logs)
        return found if even and not any(each.events for each in found.readers) else None

    found = await wait_for(level, 60, "streams and readers are level with the logs")
    assert found.missing == {}
    assert not found.failing
    assert {each.process for each in found.processes} == {each.name for each in topology.PROCESSES}
    assert {each.source for each in found.logs} == {"projects", "energy", "assessment"}
    assert all(len(each.hash) == 64 and each.head > 0 for each in found.logs)
    names = {each.reader for each in found.readers}
    assert {f"worker-{p}" for p in range(topology.READINGS_PARTITIONS)} <= names
    assert any(name.startswith("progress_v") for name in names)
    assert all(each.age_s is not None and each.age_s < 60 for each in found.readers)
    # January's reports were due in February; nobody has filed them. Other duties are late as well.
    reports = ok(await portal.ops.get("/duties/calendar", params={"duty": "TR-12", "standing": "missing"}))
    duties = ok(await portal.ops.get("/duties/calendar"))["counts"]["missing"]
    assert found.overdue.count == duties >= reports["counts"]["missing"] > 0
    assert found.overdue.first[0]["standing"] == "missing"
    text = await told(lambda console: console.print(status.render(found)))
    for part in ("energy-intake", "worker-0", "overdue", "last backup", found.logs[0].hash[:16]):
        assert part in text, part


async def test_status_says_so_in_its_exit_code_when_a_process_is_gone(
    mill: Mill, local_system: LocalSystem, tmp_path: Path
) -> None:
    data = local_system.settings.data
    quiet = Console(file=io.StringIO())
    assert await status.show(tmp_path, False, False, quiet) == 2
    await local_system.supervisor.stop_one("energy-intake")
    try:
        assert await status.show(data, False, False, quiet) == 1
        found = await gather(attach(data))
        [gone] = [each for each in found.processes if each.status == "failing"]
        assert gone.process == "energy-intake"
        [down] = await firing(local_system.urls.health, "ProcessDown")
        assert ("instance", "energy-intake") in down
    finally:
        await local_system.supervisor.start_one("energy-intake")

    async def well() -> bool:
        return await status.show(data, False, False, quiet) == 0

    await wait_for(well, 60, "all is well again")


async def test_status_is_watched_until_told_to_stop(mill: Mill, local_system: LocalSystem) -> None:
    """Redrawn every two seconds: what changes meanwhile is seen."""
    console = Console(width=220, file=io.StringIO(), force_terminal=True)
    data = local_system.settings.data
    watching = asyncio.create_task(status.show(data, True, False, console))
    file = console.file
    assert isinstance(file, io.StringIO)
    await wait_for(lambda: "Shengji" in file.getvalue(), 30, "it is drawn")
    drawn = len(file.getvalue())
    await wait_for(lambda: len(file.getvalue()) > drawn, 30, "and drawn again")
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


async def test_a_reading_is_followed_from_its_push_to_the_figure_and_back(
    mill: Mill, local_system: LocalSystem
) -> None:
    data = local_system.settings.data

    def written() -> Any:
        store = TraceStore.of(data / "traces")
        if mill.trace not in store.traces:
            return None
        story = store.story(store.traces[mill.trace])
        names = {(span.service, span.name) for trace in story.all for span in trace.spans}
        return names if {("progress", "consume ENERGY")} <= names else None

    names = await wait_for(written, 30, "the push's story has reached the projection")
    assert {
        ("energy-intake", "POST /v1/readings"),
        ("energy-worker", "readings batch"),
        ("energy", "energy coverage sweep"),
    } <= names
    forth = await told(lambda console: traces.show(data, mill.trace[:20], console))
    assert "POST /v1/readings" in forth
    assert "consume ENERGY" in forth
    back = await told(lambda console: why.why(data, "fujian-2013/EN-14", None, None, 5, console))
    assert "CoverageChanged" in back
    assert mill.enterprise in back
    assert mill.trace in back
    assert "POST /v1/readings" in back


async def test_the_slowest_and_the_failed_are_listed(mill: Mill, local_system: LocalSystem) -> None:
    data = local_system.settings.data
    slow = await told(lambda console: traces.slowest(data, 5, "readings batch", console))
    assert slow.count("energy-worker") >= 1
    store = TraceStore.of(data / "traces")
    failed = store.failed(1000)
    assert all(any(span.failed for span in trace.spans) for trace in failed)
    with pytest.raises(ValueError, match="no trace"):
        store.find("zz")


async def test_quarantined_readings_are_listed_dropped_and_released(
    mill: Mill, portal: Portal, local_system: LocalSystem
) -> None:
    data = local_system.settings.data
    now = int((await portal.now()).timestamp())
    unknown = f"{mill.meter}-NEW"
    await push(portal, mill, unknown, [(now - 900, "1"), (now, "2")])
    listed = await told(
        lambda console: quarantine.show_list(
            data, console, 50, enterprise=mill.enterprise, meter=unknown, reason=None, state="held"
        )
    )
    assert listed.count("unknown_meter") == 2
    numbers = await _numbers(portal, mill, unknown, "held")
    one = await told(lambda console: quarantine.show_one(data, numbers[0], console))
    assert unknown in one
    await told(
        lambda console: quarantine.decide(data, "drop", numbers[:1], {}, "an installer's test", console)
    )
    named: dict[str, str | None] = {"enterprise": mill.enterprise, "meter": unknown, "reason": None}
    said = await told(lambda console: quarantine.decide(data, "release", [], named, "once more", console))
    assert "1 of 1 readings released" in said
    assert await _numbers(portal, mill, unknown, "dropped") == numbers[:1]

    async def back() -> bool:
        return await _numbers(portal, mill, unknown, "held") == numbers[1:]

    await wait_for(back, 60, "its meter is as unknown as before: the released one is back")
    with pytest.raises(ValueError, match="numbers"):
        await quarantine.decide(data, "drop", [], {}, "all of them", Console())


async def _numbers(portal: Portal, mill: Mill, meter: str, state: str) -> list[int]:
    query = {"enterprise": mill.enterprise, "meter": meter, "state": state}
    page = ok(await portal.ops.get("/quarantine", params=query))
    return [item["id"] for item in page["items"]]


async def test_a_rebuild_beside_the_serving_version_changes_no_figure_and_can_be_undone(
    mill: Mill, portal: Portal, local_system: LocalSystem
) -> None:
    data = local_system.settings.data

    async def version() -> str | None:
        found = await gather(attach(data))
        return next((each.reader for each in found.readers if each.reader.startswith("progress_v")), None)

    async def figure() -> Any:
        return ok(await portal.province.get("/progress/figures/EN-14"))["figure"]

    before, figures = await version(), await figure()
    assert before is not None
    said = await told(lambda console: rebuild(data, "progress", console))
    assert "both versions hold the same" in said
    assert "progress is rebuilt" in said
    number = int(before.removeprefix("progress_v"))

    async def switched() -> bool:
        return await version() not in (before, None)

    await wait_for(switched, 30, f"a version after {number} serves")
    assert await figure() == figures
    said = await told(lambda console: rebuild(data, "progress", console, back=True))
    assert f"{before} serves again" in said

    async def again() -> bool:
        return await version() == before

    await wait_for(again, 30, f"{before} serves again")
    assert await figure() == figures


def test_the_commands_are_there_and_explain_themselves(tmp_path: Path) -> None:
    runner = CliRunner()
    for command in (
        ("status",),
        ("traces", "slowest"),
        ("traces", "failed"),
        ("traces", "show"),
        ("why",),
        ("quarantine", "list"),
        ("quarantine", "show"),
        ("quarantine", "release"),
        ("quarantine", "drop"),
        ("audit", "verify"),
        ("backup",),
        ("restore",),
        ("rebuild",),
    ):
        assert runner.invoke(app, [*command, "--help"]).exit_code == 0, command
    answer = runner.invoke(app, ["status", "--data", str(tmp_path)])
    assert answer.exit_code == 2
    assert json.dumps(str(tmp_path)).strip('"') in answer.output.replace("\n", "")
