"""Children are started in order, restarted when they die, and never left behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.process import StartError, rotate
from deploy.local.supervisor import Supervisor, stop_leftovers
from tests.integration.local.children import alive, failing, journal, never_ready, obedient, stubborn
from tests.kit.servers import wait_for


async def test_children_start_after_what_they_need_and_stop_before_it(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "run" / "children.json")
    await supervisor.start(
        [
            obedient("door", tmp_path, needs=("service",)),
            obedient("service", tmp_path, needs=("base",)),
            obedient("base", tmp_path),
        ]
    )
    pids = [supervisor.pid(name) for name in ("door", "service", "base")]
    assert all(alive(pid) for pid in pids)
    await supervisor.stop()
    assert journal(tmp_path) == ["up base", "up service", "up door", "down door", "down service", "down base"]
    assert not any(alive(pid) for pid in pids)


async def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    states: list[tuple[str, str]] = []
    supervisor = Supervisor(tmp_path / "r", lambda name, state, detail: states.append((name, state)))
    await supervisor.start([obedient("one", tmp_path), obedient("other", tmp_path)])
    try:
        before, other = supervisor.pid("one"), supervisor.pid("other")
        supervisor.signal("one", signal.SIGKILL)
        await wait_for(lambda: states.count(("one", "ready")) == 2)
        assert ("one", "died") in states
        assert supervisor.pid("one") != before
        assert not alive(before)
        assert supervisor.pid("other") == other
    finally:
        await supervisor.stop()


async def test_a_child_that_was_stopped_on_purpose_stays_stopped_until_it_is_started(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "r")
    await supervisor.start([obedient("one", tmp_path)])
    try:
        await supervisor.stop_one("one")
        assert not supervisor.running("one")
        assert await supervisor.ready("one") == "it isn't running"
        await supervisor.start_one("one")
        assert await supervisor.ready("one") is None
        assert journal(tmp_path) == ["up one", "down one", "up one"]
    finally:
        await supervisor.stop()


async def test_a_child_that_fails_to_start_is_named_with_its_last_words_and_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "r")
    with pytest.raises(StartError) as failure:
        await supervisor.start([obedient("base", tmp_path), failing("bad", tmp_path, "no such colour")])
    base = supervisor.pid("base") if "base" in supervisor.names() else None
    await supervisor.stop()
    assert failure.value.step == "start bad"
    assert "exit code 3" in failure.value.reason
    assert "no such colour" in failure.value.reason
    assert failure.value.log == tmp_path / "bad.log"
    assert base is None or not alive(base)


async def test_a_child_that_is_never_ready_says_what_is_missing(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "r")
    with pytest.raises(StartError, match="the moon is not full"):
        await supervisor.start([never_ready("slow", tmp_path)])
    pid = supervisor.pid("slow")
    await supervisor.stop()
    assert not alive(pid)


async def test_a_child_that_needs_an_unknown_one_is_refused(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "r")
    with pytest.raises(StartError, match="it needs ghost"):
        await supervisor.start([obedient("one", tmp_path, needs=("ghost",))])
    await supervisor.stop()


async def test_a_child_that_does_not_listen_is_killed_after_its_grace(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "r")
    await supervisor.start([stubborn("deaf", tmp_path)])
    pid = supervisor.pid("deaf")
    await supervisor.stop()
    assert not alive(pid)


_RUNNER = """
import asyncio, sys
from pathlib import Path
from deploy.local.supervisor import Supervisor
from tests.integration.local.children import obedient
async def main():
    folder = Path(sys.argv[1])
    supervisor = Supervisor(folder / "children.json")
    await supervisor.start([obedient("one", folder), obedient("two", folder, needs=("one",))])
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_children_do_not_survive_a_runner_that_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    runner = subprocess.Popen([sys.executable, "-c", _RUNNER, str(tmp_path)], env=environment)
    try:
        await wait_for(lambda: journal(tmp_path) == ["up one", "up two"], 30)
        pids = [
            int(line) for name in ("one", "two") for line in (tmp_path / f"{name}.pid").read_text().split()
        ]
        assert all(alive(pid) for pid in pids)
    finally:
        runner.kill()
        runner.wait()
    await wait_for(lambda: not any(alive(pid) for pid in pids))


async def test_the_next_run_stops_what_an_earlier_one_recorded(tmp_path: Path) -> None:
    record = tmp_path / "children.json"
    supervisor = Supervisor(record)
    await supervisor.start([obedient("one", tmp_path)])
    pid = supervisor.pid("one")
    rows = json.loads(record.read_text())
    # The runner is gone and its child is still there: here the keeper is taken away from it.
    supervisor._keepers.pop("one").cancel()

    # A process with the recorded id that began at another time is somebody else's.
    record.write_text(json.dumps([{**row, "began": row["began"] - 60} for row in rows]))
    assert stop_leftovers(record) == []
    assert alive(pid)

    record.write_text(json.dumps(rows))
    assert stop_leftovers(record) == ["one"]
    assert not alive(pid)
    assert stop_leftovers(record) == []
    await supervisor.stop()


def test_a_log_that_has_grown_too_long_is_moved_aside(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    with log.open("ab") as writer:
        writer.write(b"0123456789")
        writer.flush()
        rotate(log, limit=10)
        assert log.read_bytes() == b"0123456789"
        writer.write(b"0")
        writer.flush()
        rotate(log, limit=10)
        writer.write(b"new")
        writer.flush()
    assert (tmp_path / "x.log.1").read_bytes() == b"01234567890"
    assert log.read_bytes() == b"new"
