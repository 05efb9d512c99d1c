"""Recovery to a point in time, by the runbook's commands: what was before it is there, what came after isn't."""

import asyncio
import contextlib
import io
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from rich.console import Console

from cli import audit
from deploy.databases import for_asyncpg
from deploy.local.attach import attach
from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from shared import anchors
from tests.kit.portal import Portal, ok, problem
from tests.kit.servers import server_folder, wait_for

PROCESSES = ("provisioner", "assessment", "progress", "gateway")
BEFORE, AFTER = "2010", "2011"
HEAD = "SELECT position FROM event_counter"


def by_hand(settings: LocalSettings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`python -m deploy.local.backup_wal …`, with the settings that the runbook names."""
    folders = {"SHENGJI_DATA_DIR": str(settings.data), "SHENGJI_WAL_ARCHIVE": str(settings.wal_archive)}
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.backup_wal", *arguments],
        env={**os.environ, **folders},
        capture_output=True,
        text=True,
        check=False,
    )


def energy_used(period: str) -> Mapping[str, Any]:
    """A statistic of a year."""
    return {
        "indicator": "total_energy",
        "region": "350100",
        "period": period,
        "value": "19864000",
        "unit": "tce",
        "source": "synthetic figure",
    }


async def test_the_system_comes_back_as_it_was_at_a_moment() -> None:
    with server_folder("wal") as folder:
        settings = LocalSettings(
            data=folder / "data",
            gateway_port=free_port(),
            environment="test",
            small=True,
            processes=PROCESSES,
            wal_archive=folder / "wal archive",
            extra_env={"SHENGJI_ANCHOR_EVERY": "0.2"},
        )
        async with LocalSystem(settings) as system:
            portal = Portal(system)
            await portal.load_part("assessment")
            made = by_hand(settings, "base", str(folder / "bases"))
            assert made.returncode == 0, made.stderr
            base = made.stdout.strip()
            moment = await recorded(portal, settings.data)
            await portal.close()
        (settings.data / "nats").rename(folder / "nats before")
        await recovered(settings, base, moment, folder)

        async with LocalSystem(settings) as system:
            portal = Portal(system)
            ok(await portal.province.get(f"/statistics/total_energy/350100/{BEFORE}"))
            problem(await portal.province.get(f"/statistics/total_energy/350100/{AFTER}"), 404)
            await wait_for(
                lambda: level(settings.data), 60, "the stream is filled again, the read-model follows"
            )
            # The anchors know what was given up, and say so.
            told = Console(file=io.StringIO(), width=200, record=True)
            assert await audit.verify(settings.data, "assessment", [], told) == 1
            assert "but the log ends at" in told.export_text()
            ok(await portal.province.post("/statistics", json=energy_used(AFTER)))
            await wait_for(lambda: level(settings.data), 60, "and it goes on")
            await portal.close()


async def recorded(portal: Portal, data: Path) -> str:
    """Report a year's statistic, note the moment, report another's; the moment, once all of it is safe outside."""
    ok(await portal.province.post("/statistics", json=energy_used(BEFORE)))
    async with database(data, "assessment") as connection:
        moment = str(await connection.fetchval("SELECT clock_timestamp()::text"))
        ok(await portal.province.post("/statistics", json=energy_used(AFTER)))
        head = await connection.fetchval(HEAD)
    await wait_for(lambda: level(data), 60, "the read-model has all of it")
    await wait_for(
        lambda: anchors.read(data / "anchors", "assessment")[-1].position == head, 30, "its head is anchored"
    )
    return moment


async def recovered(settings: LocalSettings, base: str, moment: str, folder: Path) -> None:
    """The runbook's second step, after two mistakes that say what they are."""
    refused = await asyncio.to_thread(by_hand, settings, "recover", base, "--to", moment)
    assert "move it away first" in refused.stderr
    (settings.data / "postgres").rename(folder / "postgres before")
    late = await asyncio.to_thread(by_hand, settings, "recover", base, "--to", "2100-01-01 00:00:00+00")
    assert "before configured recovery target was reached" in late.stderr
    (settings.data / "postgres").rename(folder / "postgres too late")
    done = await asyncio.to_thread(by_hand, settings, "recover", base, "--to", moment)
    assert done.returncode == 0, done.stderr


async def level(data: Path) -> bool:
    """Whether the read-model has all that the log has: then the stream between them has it too."""
    async with database(data, "assessment") as log, database(data, "progress") as read_model:
        schema = f"progress_v{await read_model.fetchval('SELECT version FROM serving')}"
        applied = f"SELECT max(position) FROM {schema}.checkpoint WHERE source = 'assessment'"
        return bool(await read_model.fetchval(applied) == await log.fetchval(HEAD))


@contextlib.asynccontextmanager
async def database(data: Path, service: str) -> AsyncIterator[Any]:
    """A service's database, with its own rights."""
    url = attach(data).addresses.databases[service][0]
    connection = await asyncpg.connect(for_asyncpg(url))
    yield connection
    await connection.close()


def test_a_folder_that_is_no_base_backup_is_refused(tmp_path: Path) -> None:
    settings = LocalSettings(data=tmp_path / "data", wal_archive=tmp_path / "wal")
    refused = by_hand(settings, "recover", str(tmp_path), "--to", "2026-01-01 00:00:00+00")
    assert refused.returncode != 0
    assert "is no base backup" in refused.stderr


def test_without_an_archive_there_is_nothing_to_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHENGJI_WAL_ARCHIVE", raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.backup_wal", "base", str(tmp_path)],
        env={**os.environ, "SHENGJI_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "set SHENGJI_WAL_ARCHIVE" in done.stderr
