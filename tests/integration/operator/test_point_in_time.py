"""Recovery to a point in time, tried: what was written before the moment is there, what came after is not."""

import asyncpg
import pytest

from deploy.local.backup_archive import archiving
from deploy.local.backup_wal import base_backup, recover
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, small
from deploy.local.process import Child, StartError
from tests.kit.servers import server_folder, wait_for

PASSWORD = "drill"


async def test_a_cluster_comes_back_as_it_was_at_a_moment() -> None:
    with server_folder("wal") as folder:
        archive = folder / "wal archive"
        settings = {**small(), **archiving(archive)}
        server = PostgresServer(folder / "one", free_port(), PASSWORD, folder / "one.log", settings)
        await server.prepare()
        child = Child(server.spec())
        await child.start()
        try:
            await child.wait_ready()
            connection = await asyncpg.connect(server.admin_url)
            await connection.execute("CREATE TABLE fact (what text)")
            await connection.execute("INSERT INTO fact VALUES ('before the base')")
            base = base_backup(server.admin_url, folder / "bases")
            await connection.execute("INSERT INTO fact VALUES ('before the moment')")
            moment = await connection.fetchval("SELECT clock_timestamp()::text")
            await connection.execute("INSERT INTO fact VALUES ('after the moment')")
            last = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")

            async def archived() -> bool:
                found = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")
                return found is not None and found >= last

            await wait_for(archived, 30, "the log up to the switch is in the archive")
            await connection.close()
        finally:
            await child.stop()

        again = PostgresServer(folder / "two", free_port(), PASSWORD, folder / "two.log", settings)
        await recover(base, archive, again, moment)
        with pytest.raises(StartError, match="move it away"):
            await recover(base, archive, again, moment)
        child = Child(again.spec())
        await child.start()
        try:
            await child.wait_ready()
            connection = await asyncpg.connect(again.admin_url)
            rows = await connection.fetch("SELECT what FROM fact ORDER BY what")
            assert [row[0] for row in rows] == ["before the base", "before the moment"]
            await connection.execute("INSERT INTO fact VALUES ('and it goes on')")
            await connection.close()
        finally:
            await child.stop()

        late = PostgresServer(folder / "three", free_port(), PASSWORD, folder / "three.log", settings)
        with pytest.raises(StartError, match="before configured recovery target was reached"):
            await recover(base, archive, late, "2100-01-01 00:00:00+00")
