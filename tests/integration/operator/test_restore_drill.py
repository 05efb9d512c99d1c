"""The drill: a backup of a system at work, restored into an empty machine: same figures to the digit."""

import asyncio
import contextlib
import io
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from rich.console import Console

from cli import audit
from cli.status_facts import Status, gather
from deploy.databases import for_asyncpg
from deploy.local import backup, backup_restore
from deploy.local.attach import attach
from deploy.local.backup_manifest import BackupError
from deploy.local.backup_seal import SealError
from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from services.energy import archive
from shared import anchors
from shared.clock import CHINA
from tests.integration.operator.conftest import Mill, push
from tests.kit.portal import Portal, ok
from tests.kit.servers import server_folder, wait_for

KEY = "a key for the drill, long enough"
JANUARY = date(2013, 1, 1)
JANUARYS = "SELECT s, t, rk, v, e FROM reading_2013_01 ORDER BY s, t"
# What an answer says of the moment of asking: its age, and the number of the last change, which a reminder that falls
# due meanwhile moves on; and running figures, which are outside the log and come with the next push.
OF_THE_MOMENT = {"fresh", "as_of", "last_change", "energy_today", "online_now"}


async def figures(portal: Portal) -> Any:
    """Every figure of the province's view, and energy's own sums, as they are answered."""
    page = ok(await portal.province.get("/progress/figures", params={"limit": 200}))
    board = ok(await portal.province.get("/progress/board"))
    return _settled([page, board])


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _settled(each) for name, each in value.items() if name not in OF_THE_MOMENT}
    return [_settled(each) for each in value] if isinstance(value, list) else value


def differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Where two answers differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted({*one, *other})
        return [d for name in names for d in differences(one.get(name), other.get(name), f"{at}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [d for n, (a, b) in pairs for d in differences(a, b, f"{at}[{n}]")]
    return [] if one == other else [f"{at}: {one!r} != {other!r}"]


async def level(data: Path) -> Any:
    """The status, once streams and readers have all that the logs have."""
    found = await gather(attach(data))
    even = found.logs and all(each.published == each.head for each in found.logs)
    return found if even and not any(each.events for each in found.readers) else None


@pytest.mark.timeout(
    900
)  # two systems start and a year is restored: 140 s on a quiet machine, more than 300 s on a busy one
async def test_a_restored_machine_shows_the_same_figures_to_the_digit(
    mill: Mill, portal: Portal, local_system: LocalSystem
) -> None:
    data = local_system.settings.data
    january = await readings_of_january(portal, mill)
    with server_folder("drill") as folder:
        said: list[str] = []
        async with archived(data) as file:
            away = file.rename(folder / file.name)
            with pytest.raises(BackupError, match=r"reading_2013_01.parquet is not there"):
                await backup.make(attach(data), folder / "backups", KEY, said.append)
            assert list((folder / "backups").iterdir()) == []
            away.rename(file)
            while True:
                heads = ends(await wait_for(lambda: level(data), 60, "the system is level"))
                before, energy = await figures(portal), await sums(portal, mill)
                made = await backup.make(attach(data), folder / "backups", KEY, said.append)
                if ends(await gather(attach(data))) == heads:
                    break
                # The system is at work: a sweep recorded something meanwhile, so the figures are a moment too old.
                shutil.rmtree(made.folder)
        # From here on only the backup has January's file.
        assert {path.name for path in made.folder.iterdir()} == {
            *(f"{service}.dump.sealed" for service in backup.ORDER),
            "manifest.json",
            "manifest.json.mac",
            "secrets.json.sealed",
            "reading_2013_01.parquet.sealed",
        }
        assert json.loads((data / "backups" / "last.json").read_text())["folder"] == str(made.folder)
        assert (
            "shengji_backup_last_success_timestamp_seconds" in (data / "backups" / backup.METRIC).read_text()
        )

        settings = replace(
            local_system.settings,
            data=folder / "data",
            gateway_port=free_port(),
            intake_port=free_port(),
        )
        restored = await backup_restore.restore(made.folder, KEY, settings, said.append)
        assert restored.secrets
        assert restored.positions == {name: head for name, (head, _) in heads.items()}
        assert restored.checked == sum(restored.positions.values())

        async with LocalSystem(settings) as system:
            found = await wait_for(lambda: level(settings.data), 90, "the streams are filled again")
            assert ends(found) == heads
            second = Portal(system)
            try:
                assert differences(before, await figures(second)) == []
                assert await sums(second, mill) == energy
                # Life goes on: the old credential pushes, a repeat counts once, a new event follows the old ones.
                now = int((await second.now()).timestamp())
                for _ in range(2):
                    await push(second, mill, mill.meter, [(now - 900, "20000"), (now, "20001")])
                renamed = {"name": "运维纸业（新）", "region": "350181", "industry": "2221"}
                ok(
                    await second.province.post(
                        f"/enterprises/{mill.enterprise}/changes",
                        json={**renamed, "valid_from": mill.day.isoformat(), "reason": "after the restore"},
                    )
                )
                await wait_for(lambda: level(settings.data), 60, "the new event has arrived everywhere")
                async with energy_owner(settings.data) as owner:
                    assert len(await owner.fetch(JANUARYS)) < len(january)
                    await archive.restore(owner, JANUARY, await second.now())
                    assert await owner.fetch(JANUARYS) == january
            finally:
                await second.close()
            await new_incarnations(data, settings.data)
            console = Console(file=io.StringIO(), record=True)
            assert await audit.verify(settings.data, None, [data / "anchors"], console) == 0


def ends(status: Status) -> dict[str, tuple[int, str]]:
    """Each log's last position and its hash."""
    return {each.source: (each.head, each.hash) for each in status.logs}


async def readings_of_january(portal: Portal, mill: Mill) -> list[Any]:
    """A meter that counted in January and has been silent since; January's readings as they are stored."""
    meter = f"{mill.enterprise}-OLD"
    counter = {"meter": meter, "enterprise": mill.enterprise, "carrier": "electricity", "unit": "kWh"}
    since = {"kind": "register", "register_digits": 8, "valid_from": "2013-01-01T00:00:00+08:00"}
    more = {"serial": "A0", "capacity": "40000"}
    ok(await portal.province.post("/meters", json={**counter, **since, **more}))
    begin = int(datetime(2013, 1, 8, tzinfo=CHINA).timestamp())
    await push(portal, mill, meter, [(begin + 900 * n, str(100 + n)) for n in range(96)])
    async with energy_owner(portal.system.settings.data) as owner:

        async def published() -> bool:
            return not await owner.fetchval(
                "SELECT count(*) FROM dirty WHERE enterprise = $1", mill.enterprise
            )

        await wait_for(published, 60, "the days of January have left as events")
        found: list[Any] = await owner.fetch(JANUARYS)
    assert len(found) >= 96
    return found


@contextlib.asynccontextmanager
async def energy_owner(data: Path) -> AsyncIterator[Any]:
    """Energy's database, with the migrating role's rights."""
    url = attach(data).addresses.databases["energy"][1]
    assert url is not None
    connection = await asyncpg.connect(for_asyncpg(url))
    yield connection
    await connection.close()


@contextlib.asynccontextmanager
async def archived(data: Path) -> AsyncIterator[Path]:
    """January's readings, and what is older, lie in files, January's in this; then they are back, the files gone."""
    now = datetime(2013, 3, 1, tzinfo=CHINA)
    async with energy_owner(data) as owner:
        months = [each for each in await archive.due(owner, now, 0) if each <= JANUARY]
        files = [(await archive.archive(owner, data / "archive", month, now)).file for month in months]
        try:
            yield files[-1]
        finally:
            await archive.restore(owner, months[0], now)
            for file in files:
                file.unlink()


async def sums(portal: Portal, mill: Mill) -> Any:
    """The mill's energy of its day, as energy itself answers it."""
    query = {"from": mill.day.isoformat(), "to": mill.day.isoformat()}
    answer = await portal.province.get(f"/enterprises/{mill.enterprise}/energy", params=query)
    return answer.status_code, answer.json()


async def new_incarnations(old: Path, new: Path) -> None:
    """Each restored log has an id of its own, and its anchors say from which log it came."""
    for source in ("projects", "energy", "assessment"):
        ids = []
        for data in (old, new):
            url = for_asyncpg(attach(data).addresses.databases[source][0])
            connection = await asyncpg.connect(url)
            ids.append(str(await connection.fetchval("SELECT incarnation FROM event_counter")))
            await connection.close()
        assert ids[0] != ids[1], source
        note = anchors.read(new / "anchors", source)[0]
        assert (note.restored_from, note.incarnation) == tuple(ids)


async def test_a_backup_taken_while_readings_and_commands_arrive_is_consistent(
    mill: Mill, portal: Portal, local_system: LocalSystem
) -> None:
    data = local_system.settings.data
    now = int((await portal.now()).timestamp())
    stop = asyncio.Event()

    async def load() -> int:
        count = 0
        while not stop.is_set():
            count += 1
            await push(portal, mill, mill.meter, [(now + count, str(30_000 + count))])
            issue = {"label": f"box {count}"}
            key = {"Idempotency-Key": f"drill-{mill.enterprise}-{count}"}
            answer = await portal.province.post(
                f"/enterprises/{mill.enterprise}/credentials", json=issue, headers=key
            )
            assert answer.status_code in (201, 422), answer.text
        return count

    with server_folder("busy") as folder:
        busy = asyncio.create_task(load())
        try:
            made = [
                await backup.make(attach(data), folder / f"{n}", None, lambda line: None) for n in range(2)
            ]
        finally:
            stop.set()
        assert await busy > 0
        for each in made:
            manifest, key = backup_restore.open_backup(each.folder, None)
            assert key is None
            assert manifest.secrets is None
            progress = {p.source: p.position for p in manifest.database("progress").checkpoints}
            for source, position in progress.items():
                head = manifest.database(source).head
                assert head is not None
                assert position <= head.position
        assert manifest.database("energy").head != made[0].manifest.database("energy").head


async def test_a_sealed_or_damaged_backup_is_refused_and_says_why(
    mill: Mill, local_system: LocalSystem, tmp_path: Path
) -> None:
    made = await backup.make(attach(local_system.settings.data), tmp_path, KEY, lambda line: None)
    with pytest.raises(BackupError, match="sealed"):
        backup_restore.open_backup(made.folder, None)
    with pytest.raises(SealError, match="key is wrong"):
        backup_restore.open_backup(made.folder, "another key, as long as it")
    with pytest.raises(BackupError, match="not empty"):
        await backup_restore.restore(made.folder, KEY, local_system.settings, lambda line: None)
    dump = made.folder / "energy.dump.sealed"
    text = bytearray(dump.read_bytes())
    text[len(text) // 2] ^= 1
    dump.write_bytes(text)
    with pytest.raises(BackupError, match=r"energy.dump.sealed was changed"):
        backup_restore.open_backup(made.folder, KEY)


async def test_older_backups_go_when_asked(mill: Mill, local_system: LocalSystem, tmp_path: Path) -> None:
    for name in ("shengji-20130101T000000Z", "shengji-20130102T000000Z", "something-else"):
        (tmp_path / name).mkdir()
    said: list[str] = []
    made = await backup.make(attach(local_system.settings.data), tmp_path, None, said.append, keep=2)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["shengji-20130102T000000Z", made.folder.name, "something-else"]
