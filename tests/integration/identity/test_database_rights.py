"""What each service's runtime role must not be able to do in PostgreSQL, tried on the real server."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from deploy import topology
from shared.clock import SystemClock
from shared.event_log import EventLog, NewEvent, StreamWrite
from tests.conftest import DatabaseFactory
from tests.kit.servers import Database, TestCluster

SERVICES = [row.name for row in topology.SERVICES]
SOURCED = [row.name for row in topology.SERVICES if row.stream is not None]
DENIED = asyncpg.InsufficientPrivilegeError

ON_THE_LOG = [
    "INSERT INTO event SELECT position + 1, stream, version + 1, type, schema_version, data, metadata, "
    "occurred_at, recorded_at, hash FROM event LIMIT 1",
    "UPDATE event SET data = '{}'",
    "UPDATE event SET position = position + 100",
    "DELETE FROM event",
    "TRUNCATE event",
    "TRUNCATE event CASCADE",
    "DROP TABLE event",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "ALTER TABLE event ADD COLUMN mine int",
    "ALTER TABLE event OWNER TO CURRENT_USER",
    "CREATE RULE quiet AS ON INSERT TO event DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON event EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "LOCK TABLE event IN ACCESS EXCLUSIVE MODE",
    "SELECT 1 FROM event FOR UPDATE",
    "UPDATE event_counter SET position = 0",
    "UPDATE event_counter SET hash = ''",
    "INSERT INTO event_counter DEFAULT VALUES",
    "DELETE FROM event_counter",
    "TRUNCATE event_counter",
    "SELECT 1 FROM event_counter FOR UPDATE",
    "UPDATE command SET answer = '{}'",
    "TRUNCATE command",
    "DROP FUNCTION append_events",
    "CREATE OR REPLACE FUNCTION event_digest(stream text, version int, type text, schema_version int, "
    "occurred_at timestamptz, recorded_at timestamptz, data text, metadata text) RETURNS bytea "
    "LANGUAGE sql AS $$ SELECT ''::bytea $$",
    "ALTER FUNCTION append_events SECURITY INVOKER",
]
ANYWHERE = [
    "CREATE TABLE mine (x int)",
    "CREATE TABLE public.mine (x int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE SEQUENCE mine",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE TYPE public.mine AS (x int)",
    "DROP EXTENSION plpgsql",
    "CREATE ROLE mine",
    "CREATE PUBLICATION mine FOR ALL TABLES",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION postgres",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "CHECKPOINT",
    "DELETE FROM alembic_version",
    "UPDATE alembic_version SET version_num = ''",
]


@pytest_asyncio.fixture(params=SERVICES)
async def own(request: pytest.FixtureRequest, database: DatabaseFactory) -> Database:
    """Each service's migrated database in turn."""
    made: Database = await database(request.param)
    if made.service in SOURCED:
        engine = made.engine()
        async with engine.begin() as conn:
            event = NewEvent("Thing", 1, {"n": 1}, SystemClock().now())
            await EventLog(SystemClock()).append(conn, [StreamWrite("thing-1", 0, [event])], {})
        await engine.dispose()
    return made


@pytest_asyncio.fixture
async def runtime(own: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the runtime role to its own database."""
    connection = await asyncpg.connect(own.dsn)
    yield connection
    await connection.close()


async def allowed(connection: asyncpg.Connection, statements: list[str]) -> list[str]:
    """Those that the server didn't refuse for want of a right; each is rolled back."""
    passed = []
    for statement in statements:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(statement)
            passed.append(statement)
        except DENIED:
            pass
        except asyncpg.PostgresError as other:
            passed.append(f"{statement}: {other!r}")
        finally:
            await transaction.rollback()
    return passed


async def test_the_log_is_appended_to_and_nothing_else(own: Database, runtime: asyncpg.Connection) -> None:
    if own.service not in SOURCED:
        assert await runtime.fetchval("SELECT to_regclass('public.event')") is None
        return
    assert await allowed(runtime, ON_THE_LOG) == []
    assert await runtime.fetchval("SELECT count(*) FROM event") == 1


async def test_nothing_is_made_changed_or_read_outside_the_own_tables(runtime: asyncpg.Connection) -> None:
    assert await allowed(runtime, ANYWHERE) == []
    for statement in ("CREATE DATABASE mine", "ALTER SYSTEM SET fsync = off"):  # in no transaction
        with pytest.raises(DENIED):
            await runtime.execute(statement)


async def test_no_table_is_more_open_than_the_migrations_say(
    own: Database, runtime: asyncpg.Connection
) -> None:
    """Nobody but the owner has rights beyond rows: no TRUNCATE, REFERENCES, TRIGGER, MAINTAIN; PUBLIC has none."""
    role = topology.service(own.service).runtime_role
    tables = await runtime.fetch(
        "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
        "AND n.nspname NOT LIKE 'pg_toast%'"
    )
    assert tables
    for table in tables:
        for privilege in ("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"):
            assert not await runtime.fetchval(
                "SELECT has_table_privilege($1, $2, $3)", role, table["name"], privilege
            ), f"{role} has {privilege} on {table['name']}"
    open_to_all = await runtime.fetch(
        "SELECT c.oid::regclass::text, a.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, "
        "aclexplode(c.relacl) a WHERE a.grantee = 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert open_to_all == []


async def test_no_role_is_a_member_of_another_and_none_is_privileged(runtime: asyncpg.Connection) -> None:
    members = await runtime.fetch(
        "SELECT m.member::regrole::text FROM pg_auth_members m "
        "WHERE m.member::regrole::text ~ '_(owner|runtime)$'"
    )
    assert members == []
    powers = await runtime.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname ~ '_(owner|runtime)$' AND "
        "(rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"
    )
    assert powers == []


async def test_no_owner_is_put_on_from_a_runtime_role(own: Database, runtime: asyncpg.Connection) -> None:
    statements = [
        f'SET ROLE "{role}"'
        for row in topology.SERVICES
        for role in (row.owner_role, row.runtime_role)
        if role != topology.service(own.service).runtime_role
    ]
    assert await allowed(runtime, [*statements, 'SET ROLE "postgres"']) == []


@pytest.mark.parametrize("home", SERVICES)
async def test_no_role_enters_anothers_database(
    cluster: TestCluster, database: DatabaseFactory, home: str
) -> None:
    """Neither with its runtime role nor with its owner, and by no other name of the database."""
    place = await database(home)
    for stranger in SERVICES:
        if stranger == home:
            continue
        theirs = await database(stranger)
        for url in (theirs.dsn, theirs.owner_dsn):
            with pytest.raises(DENIED, match="permission denied for database"):
                await asyncpg.connect(url.rpartition("/")[0] + f"/{place.name}")
    admin = await asyncpg.connect(cluster.server.admin_url)
    try:
        assert (
            await admin.fetchval(
                "SELECT count(*) FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = $1 AND a.grantee = 0",
                place.name,
            )
            == 0
        )
    finally:
        await admin.close()
