"""Each process of energy has a role of its own in the database: it may what it needs, and nothing of the others'.

Intake faces the internet. Until 517f57c it had the rights of the whole service: with its credentials one could rewrite
the hashes of all device credentials and delete readings.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
import yaml

from deploy import topology
from tests.conftest import DatabaseFactory
from tests.integration.identity.test_database_rights import ANYWHERE, DENIED, ON_THE_LOG, allowed
from tests.kit.servers import Database, TestCluster

RIGHTS = yaml.safe_load((Path(__file__).parents[3] / "services/energy/rights.yaml").read_text("utf-8"))
OWN = [each.name for each in topology.PROCESSES if each.own_role]

NEEDED = {
    "energy": [
        "INSERT INTO feed (enterprise, region, p) VALUES ('e', '350100', 0)",
        "INSERT INTO device_credential (enterprise, hash, valid_from) VALUES ('e1', sha256('x'), now())",
        "SELECT 1 / has_function_privilege(max(oid), 'EXECUTE')::int FROM pg_proc WHERE proname = 'append_events'",
        "SELECT data FROM event",
        "UPDATE meter SET enterprise = enterprise",
        "DELETE FROM dirty",
        "SELECT credential_changes(0, 1)",
    ],
    "energy-intake": [
        "SELECT f.p, d.hash FROM feed f LEFT JOIN device_credential d USING (enterprise)",
        "SELECT position FROM event_counter",
        "SELECT credential_changes(0, 1)",
        "SELECT key FROM receipt_key",
        "SELECT * FROM receipt",
        "SELECT item FROM quarantine WHERE receipt = gen_random_uuid() AND state = 'released'",
    ],
    "energy-worker": [
        "SELECT generation, writer FROM reading_partition WHERE p = 0 FOR UPDATE",
        "UPDATE reading_partition SET writer = gen_random_uuid() WHERE p = 0",
        "SELECT ensure_reading_month('2013-01-01')",
        "INSERT INTO dirty (enterprise, day, marked_at) VALUES ('e1', '2013-01-01', now())",
        "DELETE FROM receipt",
        "UPDATE feed SET quarantine_held = 0",
        "INSERT INTO undecodable (p, sequence, reason, body, quarantined_at) VALUES (0, 1, 'x', '', now())",
    ],
}
FORBIDDEN = {
    "energy-intake": [
        *ON_THE_LOG,
        "SELECT data FROM event",
        "SELECT * FROM command",
        "UPDATE device_credential SET hash = '\\x00'",
        "INSERT INTO device_credential (enterprise, hash, valid_from) VALUES ('e1', '\\x00', now())",
        "UPDATE feed SET p = 0",
        "DELETE FROM reading",
        "SELECT * FROM reading",
        "INSERT INTO reading SELECT * FROM reading",
        "DELETE FROM receipt",
        "UPDATE quarantine SET state = 'released'",
        "SELECT v FROM quarantine",
        "SELECT * FROM ent_day",
        "SELECT ensure_reading_month('2013-01-01')",
        "CREATE TEMPORARY TABLE mine (x int)",
    ],
    "energy-worker": [
        *ON_THE_LOG,
        "SELECT data FROM event",
        "SELECT hash FROM device_credential",
        "UPDATE device_credential SET hash = '\\x00'",
        "SELECT key FROM receipt_key",
        "UPDATE feed SET p = 0",
        "UPDATE series SET valid_to = now()",
        "INSERT INTO coefficient (carrier) VALUES ('x')",
        "DELETE FROM ent_day",
        "DELETE FROM quarantine",
        "SELECT * FROM command",
        "UPDATE meter SET enterprise = enterprise",
    ],
}


@pytest_asyncio.fixture
async def made(database: DatabaseFactory) -> Database:
    """Energy's database with one sender in it."""
    made = await database("energy")
    owner = await asyncpg.connect(made.owner_dsn)
    await owner.execute("INSERT INTO feed (enterprise, region, p) VALUES ('e1', '350100', 0)")
    await owner.close()
    return made


@pytest_asyncio.fixture
async def connection(made: Database, process: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as that process has it."""
    connection = await asyncpg.connect(made.dsn_of(process))
    yield connection
    await connection.close()


@pytest.mark.parametrize("process", NEEDED)
async def test_a_process_may_what_it_needs(connection: asyncpg.Connection, process: str) -> None:
    refused = []
    for statement in NEEDED[process]:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(statement)
        except asyncpg.PostgresError as error:
            refused.append(f"{statement}: {error!r}")
        finally:
            await transaction.rollback()
    assert refused == []


@pytest.mark.parametrize("process", FORBIDDEN)
async def test_a_process_may_nothing_of_the_others(connection: asyncpg.Connection, process: str) -> None:
    assert await allowed(connection, [*FORBIDDEN[process], *ANYWHERE]) == []


@pytest.mark.parametrize("process", OWN)
async def test_a_process_has_the_rights_that_are_written_down_and_no_more(
    made: Database, process: str
) -> None:
    role = topology.process(process).database_role
    owner = await asyncpg.connect(made.owner_dsn)
    try:
        found = await owner.fetch(
            """SELECT c.relname AS target, a.privilege_type AS right FROM pg_class c, aclexplode(c.relacl) a
               WHERE a.grantee = $1::regrole AND c.relkind IN ('r', 'p', 'v')
               UNION SELECT c.relname, t.privilege_type || ' (column)' FROM pg_attribute k
               JOIN pg_class c ON c.oid = k.attrelid, aclexplode(k.attacl) t WHERE t.grantee = $1::regrole
               UNION SELECT 'FUNCTION ' || p.proname, a.privilege_type FROM pg_proc p, aclexplode(p.proacl) a
               WHERE a.grantee = $1::regrole""",
            role,
        )
    finally:
        await owner.close()
    written = {
        (target, right.strip().split(" (")[0] + (" (column)" if "(" in right else ""))
        for target, privileges in RIGHTS[role].items()
        for right in _split(privileges)
    }
    assert {(row["target"], row["right"]) for row in found} == written


def _split(privileges: str) -> list[str]:
    """The privileges of a list whose columns have commas, too."""
    parts: list[str] = []
    for part in privileges.split(","):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += "," + part
        else:
            parts.append(part)
    return parts


async def test_every_role_that_is_written_down_is_a_process_of_its_own() -> None:
    assert set(RIGHTS) == {topology.process(name).database_role for name in OWN}


@pytest.mark.parametrize("role", [role for row in topology.SERVICES for role in row.roles])
async def test_no_role_enters_a_database_that_is_not_its_own(
    cluster: TestCluster, made: Database, role: str
) -> None:
    places = ["postgres", "template1"]
    if role not in topology.service("energy").roles:
        places.append(made.name)
    for place in places:
        with pytest.raises(DENIED, match="permission denied for database"):
            await asyncpg.connect(cluster.server.url(role, cluster._passwords[role], place))
