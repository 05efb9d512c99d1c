"""Heads of a log kept outside, and what the audit makes of them: forgery, truncation, restore."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cli.audit import Audit, audit_log
from shared import anchors
from shared.anchors import Anchor, AnchorError, Anchoring
from shared.asgi import HttpServer
from shared.clock import SteppedClock
from shared.event_log import EventLog, NewEvent, StreamWrite
from tests.conftest import DatabaseFactory

NOON = datetime(2013, 3, 1, 4, tzinfo=UTC)
SOURCE = "projects"


class Record:
    """A log with some events, as its owner: who could forge it."""

    def __init__(self, engine: AsyncEngine, url: str) -> None:
        self.engine, self.url = engine, url
        self.log = EventLog(SteppedClock(NOON))

    async def append(self, count: int = 1, said: str = "so it was") -> None:
        for _ in range(count):
            async with self.engine.begin() as conn:
                head = await self.log.head(conn)
                event = NewEvent("Happened", 1, {"said": said}, NOON)
                await self.log.append(conn, [StreamWrite(f"s-{head.position + 1}", 0, [event])], {})

    async def sql(self, statement: str) -> None:
        async with self.engine.begin() as conn:
            await conn.execute(text(statement))

    async def forget(self, after: int) -> None:
        """Take the log back to a position, its counter too: the chain of what is left is whole."""
        await self.sql(f"DELETE FROM event WHERE position > {after}")
        await self.sql(
            "UPDATE event_counter SET (position, hash) = "
            f"(SELECT position, hash FROM event WHERE position = {after})"
        )

    async def audit(self, *folders: Path) -> Audit:
        known = [each for folder in folders for each in anchors.read(folder, SOURCE)]
        return await audit_log(self.url, known)


@pytest_asyncio.fixture
async def record(database: DatabaseFactory) -> AsyncIterator[Record]:
    made = await database(SOURCE)
    engine = create_async_engine(made.owner_url)
    yield Record(engine, made.url)
    await engine.dispose()


def anchoring(record: Record, *folders: Path, url: str | None = None) -> Anchoring:
    return Anchoring(SOURCE, record.engine, record.log, folders=folders, url=url)


async def test_a_head_is_written_to_every_folder_once_and_only_if_it_has_moved(
    record: Record, tmp_path: Path
) -> None:
    folders = tmp_path / "here", tmp_path / "elsewhere"
    writing = anchoring(record, *folders)
    await writing.anchor()
    await record.append(3)
    first = await writing.anchor()
    assert await writing.anchor() is None
    await record.append()
    await writing.anchor()
    for folder in folders:
        assert [each.position for each in anchors.read(folder, SOURCE)] == [0, 3, 4]
    assert first is not None
    assert anchors.read(folders[1], SOURCE)[1] == first
    found = await record.audit(*folders)
    assert (found.sound, found.agreeing, found.contradicted) == (True, 6, ())


async def test_a_chain_forged_as_a_whole_is_found_by_its_anchors(record: Record, tmp_path: Path) -> None:
    await record.append(2)
    await anchoring(record, tmp_path).anchor()
    await record.forget(1)
    await record.append(said="so it was not")
    found = await record.audit(tmp_path)
    assert found.chain.broken_at is None, "the forged chain is a chain"
    assert not found.sound
    assert "position 2 had" in found.contradicted[0]


async def test_a_log_cut_off_is_found_by_its_anchors(record: Record, tmp_path: Path) -> None:
    await record.append(5)
    await anchoring(record, tmp_path).anchor()
    await record.forget(3)
    found = await record.audit(tmp_path)
    assert found.chain.broken_at is None
    assert "the log ends at 3" in found.contradicted[0]


async def test_after_a_restore_older_anchors_agree_and_later_ones_are_given_up(
    record: Record, tmp_path: Path
) -> None:
    writing = anchoring(record, tmp_path)
    await record.append(2)
    before = await writing.anchor()
    assert before is not None
    await record.append(3)
    await writing.anchor()
    await record.forget(2)
    await record.sql("UPDATE event_counter SET incarnation = gen_random_uuid()")
    unexplained = await record.audit(tmp_path)
    assert not unexplained.sound
    assert "no restore says" in unexplained.contradicted[0]

    async with record.engine.connect() as conn:
        head = await record.log.head(conn)
    anchors.write(tmp_path, anchors.of_head(SOURCE, head, restored_from=before.incarnation))
    await record.append(4)
    await writing.anchor()
    found = await record.audit(tmp_path)
    assert found.sound, found.contradicted
    assert found.agreeing == 3
    assert "position 5, given up by a restore to 2" in found.given_up[0]


async def test_an_anchor_goes_to_a_url_too_and_a_refusal_leaves_it_late(
    record: Record, tmp_path: Path
) -> None:
    taken: list[dict[str, Any]] = []
    status = 500

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        taken.append(json.loads(body))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    server = HttpServer(app, "127.0.0.1", 0)
    serving = asyncio.create_task(server.run_until_cancelled())
    await server.listening.wait()
    try:
        writing = anchoring(record, tmp_path, url=f"http://127.0.0.1:{server.port}/anchors")
        await record.append()
        with pytest.raises(AnchorError, match="answered 500"):
            await writing.anchor()
        status = 204
        await writing.anchor()
        assert [each["position"] for each in taken] == [1, 1]
        assert taken[1]["hash"] == anchors.read(tmp_path, SOURCE)[-1].hash
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def test_a_line_that_is_no_anchor_is_named(tmp_path: Path) -> None:
    anchor = Anchor(SOURCE, "i", 1, "00", None, "2026-01-01T00:00:00+00:00")
    anchors.write(tmp_path, anchor)
    anchors.write(tmp_path, replace(anchor, position=2))
    assert [each.position for each in anchors.read(tmp_path, SOURCE)] == [1, 2]
    assert anchors.read(tmp_path, "energy") == []
    with (tmp_path / f"{SOURCE}.jsonl").open("a") as file:
        file.write('{"source": "projects"')
    with pytest.raises(AnchorError, match="line 3"):
        anchors.read(tmp_path, SOURCE)
