"""The one-machine runner, with the part of the system that has no business: servers and provisioner."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import topology
from deploy.local.clean import clean
from deploy.local.folder import DataFolder
from deploy.local.ports import free_port
from deploy.local.process import StartError
from deploy.local.runner import LocalSystem, running_system
from deploy.local.secrets import load_or_create
from deploy.local.settings import Clock, LocalSettings
from tests.integration.local.children import alive
from tests.kit.servers import TestNats, server_folder, wait_for


def only_provisioner(data: Path, **options: object) -> LocalSettings:
    return LocalSettings(
        data=data,
        processes=("provisioner",),
        environment="test",
        small=True,
        **options,  # type: ignore[arg-type]
    )


async def test_it_starts_in_order_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    steps: list[tuple[str, str]] = []
    settings = only_provisioner(tmp_path / "data")
    async with LocalSystem(settings, lambda step, state, detail: steps.append((step, state))) as system:
        assert steps.index(("nats", "ready")) < steps.index(("provisioner", "starting"))
        pids = [system.supervisor.pid(name) for name in ("nats", "provisioner")]
        found = running_system(tmp_path / "data")
        assert found is not None
        assert found["gateway"] == system.urls.gateway
        assert await system.supervisor.ready("provisioner") is None
    assert steps.index(("provisioner", "stopped")) < steps.index(("nats", "stopping"))
    assert not any(alive(pid) for pid in pids)
    assert running_system(tmp_path / "data") is None


async def test_a_second_run_on_the_same_folder_is_told_who_has_it(tmp_path: Path) -> None:
    async with LocalSystem(only_provisioner(tmp_path / "data")):
        with pytest.raises(StartError, match=f"in use by process {os.getpid()}"):
            await LocalSystem(only_provisioner(tmp_path / "data")).start()


async def test_ports_are_remembered_and_a_taken_one_is_refused(tmp_path: Path) -> None:
    async with LocalSystem(only_provisioner(tmp_path / "data")) as system:
        first = system.urls
    async with LocalSystem(only_provisioner(tmp_path / "data")) as system:
        assert (system.urls.nats, system.urls.gateway) == (first.nats, first.gateway)
        taken = int(system.urls.nats.rpartition(":")[2])
        with pytest.raises(StartError, match=f"port {taken} is taken"):
            await LocalSystem(only_provisioner(tmp_path / "other", nats_port=taken)).start()


async def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    made = load_or_create(tmp_path)
    path = tmp_path / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create(tmp_path) == made
    assert set(made.nats) == {user.name for user in (*topology.USERS, topology.ADMIN)}
    assert len(set(made.nats.values()) | set(made.roles.values())) == len(made.nats) + len(made.roles)
    # A user that a later version adds gets a password; the others keep theirs.
    stored = json.loads(path.read_text())
    del stored["nats"]["gateway"]
    path.write_text(json.dumps(stored))
    again = load_or_create(tmp_path)
    assert again.nats["gateway"] not in made.nats.values()
    assert again.nats["projects"] == made.nats["projects"]
    assert again.signing_key == made.signing_key


async def test_a_lost_stream_comes_back_and_readiness_tells(tmp_path: Path, bare_nats: TestNats) -> None:
    settings = only_provisioner(
        tmp_path / "data",
        nats_url=bare_nats.url,
        nats_logins={"provisioner": ("provisioner", bare_nats.passwords["provisioner"])},
        extra_env={"SHENGJI_RECONCILE_EVERY": "0.1"},
    )
    async with LocalSystem(settings) as system:
        assert "nats" not in system.supervisor.names()
        assert system.urls.nats == bare_nats.url
        js = await bare_nats.jetstream()
        await js.delete_stream("LIVE")
        await js.delete_consumer("READINGS", "worker-1")

        async def names() -> set[str]:
            return {str(info.config.name) for info in await js.streams_info()}

        async def workers() -> set[str]:
            return {str(info.config.durable_name) for info in await js.consumers_info("READINGS")}

        wanted = {str(stream.name) for stream in topology.streams()}

        async def streams_are_back() -> bool:
            return await names() == wanted

        async def workers_are_back() -> bool:
            return len(await workers()) == topology.READINGS_PARTITIONS

        await wait_for(streams_are_back)
        await wait_for(workers_are_back)


async def test_a_missing_outside_server_is_named(tmp_path: Path) -> None:
    port = free_port()
    settings = only_provisioner(tmp_path / "data", postgres_url=f"postgresql://x:y@127.0.0.1:{port}/postgres")
    settings = LocalSettings.from_environment(
        {
            "SHENGJI_POSTGRES_URL": str(settings.postgres_url),
            "SHENGJI_DATA_DIR": str(settings.data),
        }
    )
    system = LocalSystem(settings)
    with pytest.raises(StartError, match="make databases") as failure:
        await system.start()
    assert str(port) in failure.value.reason
    assert system.supervisor.names() == []


def test_settings_come_from_the_environment() -> None:
    env = {
        "SHENGJI_DATA_DIR": "/srv/shengji",
        "SHENGJI_GATEWAY_PORT": "9000",
        "SHENGJI_CLOCK": "simulated",
        "SHENGJI_INTAKE_PORT": "9001",
        "SHENGJI_INTAKE_BODY_LIMIT": "1000",
        "SHENGJI_LOG_LEVEL": "debug",
        "SHENGJI_NATS_URL": "nats://nats.example:4222",
        "SHENGJI_NATS_PASSWORD_ENERGY_WORKER": "w",
        "SHENGJI_NATS_USER": "one",
        "SHENGJI_NATS_PASSWORD": "p",
        **{
            f"SHENGJI_{service.name.upper()}_DATABASE_URL": f"postgresql://{service.name}@db/x"
            for service in topology.SERVICES
        },
    }
    settings = LocalSettings.from_environment(env)
    assert (settings.data, settings.gateway_port, settings.clock) == (Path("/srv/shengji"), 9000, "simulated")
    assert settings.nats_logins["energy-worker"] == ("energy-worker", "w")
    assert settings.nats_logins["gateway"] == ("one", "p")
    assert settings.databases["energy"].url == "postgresql://energy@db/x"
    assert settings.databases["energy"].owner_url is None
    # A process gets its own settings, not the runner's, and nobody else's secrets.
    assert settings.extra_env == {"SHENGJI_INTAKE_BODY_LIMIT": "1000", "SHENGJI_LOG_LEVEL": "debug"}
    assert not settings.needs_postgres()
    assert LocalSettings.from_environment({}).needs_postgres()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHENGJI_GATEWAY_PORT", "80a"),
        ("SHENGJI_NATS_PORT", "70000"),
        ("SHENGJI_CLOCK", "sundial"),
        ("SHENGJI_ENVIRONMENT", "moon"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        LocalSettings.from_environment({name: value})


def test_an_unknown_process_is_named() -> None:
    with pytest.raises(ValueError, match="no such process: ghost"):
        LocalSettings(processes=("ghost", "gateway")).chosen()


_UP = """
import asyncio, sys
from pathlib import Path
from deploy.local.runner import LocalSystem
from deploy.local.settings import Clock, LocalSettings
async def main():
    settings = LocalSettings(data=Path(sys.argv[1]), processes=("provisioner",), environment="test", small=True)
    async with LocalSystem(settings) as system:
        waiting = asyncio.create_task(system.run_until_signal())
        await asyncio.sleep(0)  # It listens for signals now.
        print(*(system.supervisor.pid(name) for name in system.supervisor.names()), flush=True)
        await waiting
asyncio.run(main())
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
async def test_after_the_end_of_a_run_nothing_lives_and_the_next_one_starts(
    tmp_path: Path, ending: signal.Signals
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    run = subprocess.Popen(
        [sys.executable, "-c", _UP, str(tmp_path / "data")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    try:
        pids = [int(pid) for pid in run.stdout.readline().split()]
        assert len(pids) == 2
        run.send_signal(ending)
        assert run.wait(30) == (0 if ending == signal.SIGINT else -ending)
    finally:
        run.kill()
        run.stdout.close()
    async with LocalSystem(only_provisioner(tmp_path / "data")) as system:
        assert not any(alive(pid) for pid in pids)
        assert await system.supervisor.ready("provisioner") is None


async def test_databases_are_made_on_an_outside_server(tmp_path: Path) -> None:
    """SHENGJI_POSTGRES_URL: roles and databases are made there, and no server is started here."""
    import asyncpg

    from deploy.databases import for_asyncpg
    from tests.kit.servers import TestCluster

    async with TestCluster.running() as cluster:
        settings = LocalSettings.from_environment(
            {"SHENGJI_POSTGRES_URL": cluster.server.admin_url, "SHENGJI_DATA_DIR": str(tmp_path / "data")}
        )
        system = LocalSystem(settings)
        system.folder.lock()
        system._secrets = load_or_create(tmp_path / "data")
        await system._make_databases(cluster.server.admin_url, list(topology.SERVICES))
        # A second run finds everything there.
        await system._make_databases(cluster.server.admin_url, list(topology.SERVICES))
        addresses = system._choose_addresses(None, None)
        for url, owner_url in addresses.databases.values():
            for each in (url, owner_url):
                assert each is not None
                connection = await asyncpg.connect(for_asyncpg(each))
                await connection.close()
        await system.stop()


async def test_the_folder_forgets_nothing_when_a_port_is_busy(tmp_path: Path) -> None:
    with server_folder("ports") as root:
        folder = DataFolder(root).lock()
        try:
            one = folder.port("one", 0)
            assert folder.port("two", 0) != one
            assert folder.port("one", 0) == one
            assert folder.remembered("one") == one
        finally:
            folder.unlock()


async def test_clean_data_removes_only_what_the_runner_made_and_not_under_a_running_system(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    assert "not there" in clean(DataFolder(data))
    async with LocalSystem(only_provisioner(data)):
        with pytest.raises(StartError, match="in use"):
            clean(DataFolder(data))
    (data / "thesis.txt").write_text("mine")
    with pytest.raises(StartError, match=r"thesis\.txt"):
        clean(DataFolder(data))
    (data / "thesis.txt").unlink()
    assert "removed" in clean(DataFolder(data))
    assert not data.exists()


@pytest.mark.parametrize(
    ("lives_by", "asked", "way_on"),
    [("simulated", "system", "make demo"), ("system", "simulated", "make up")],
)
async def test_a_folder_is_not_started_by_the_other_clock(
    tmp_path: Path, lives_by: str, asked: Clock, way_on: str
) -> None:
    """`make up` on a demo's folder jumped thirteen years: every day and duty in between was closed, for good."""
    DataFolder(tmp_path).lock().unlock()
    DataFolder(tmp_path).keep_clock(lives_by)
    system = LocalSystem(LocalSettings(data=tmp_path, clock=asked))
    with pytest.raises(StartError, match=f"{way_on}.*SHENGJI_DATA_DIR="):
        await system.start()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anchors", "logs", "run", "traces"]


async def test_a_demo_of_a_release_that_kept_no_note_is_known_by_its_journal(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    folder = DataFolder(tmp_path).lock()
    folder.check_clock("simulated")
    with pytest.raises(StartError, match="make demo"):
        folder.check_clock("system")
    folder.unlock()
