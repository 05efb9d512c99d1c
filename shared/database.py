"""Connections, migrations and grants: one PostgreSQL database per service, an owner and a runtime role in it.

The owner migrates; the runtime role may do what the migrations grant it and nothing else.
"""

import asyncio
import time
from importlib import resources
from pathlib import Path
from typing import Protocol

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.util import await_only

from shared.deadline import left_ms

ANSWER_S = 35.0
"""A little more than `statement_timeout`: a server that is there has answered by then."""
RESTED_S = 1.0
"""A connection that was used within this time, in seconds, is taken to be there still, unless it was closed."""
HELD_S = 60.0
"""The longest that one piece of work may hold a connection, in seconds."""

# A stopped client must not hold the log's counter, and no statement may wait without end.
WATCHFUL = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""Lets the server find out within half a minute that a client's machine is gone, and give up its locks."""

_RUNTIME_LIMITS = {
    **WATCHFUL,
    "idle_in_transaction_session_timeout": "2s",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "timezone": "UTC",
}


def runtime_engine(
    url: str, *, application: str, pool: int = 8, schema: str | None = None, durable: bool = True
) -> AsyncEngine:
    """An engine for the runtime role. `application` shows in pg_stat_activity.

    `schema`: where unqualified names are looked up, for tables that stand in several versions side by side.
    Not `durable`: what is committed may be gone after a crash of the server; only for what can be rebuilt.
    """
    place = {} if schema is None else {"search_path": schema}
    if not durable:
        place["synchronous_commit"] = "off"
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        hide_parameters=True,  # an error that is logged must not carry what was to be stored
        connect_args={
            "timeout": 5,
            "command_timeout": ANSWER_S,
            "server_settings": {**_RUNTIME_LIMITS, "application_name": application, **place},
        },
    )
    _give_up_dead(engine.sync_engine.pool)
    _give_up_half_open(engine.sync_engine.pool)
    _end_with_the_question(engine)
    return engine


def _end_with_the_question(engine: AsyncEngine) -> None:
    """Give each transaction the deadline of the current work as its time limit, so that no statement outlives it even
    if this process dies."""

    @event.listens_for(engine.sync_engine, "begin")
    def limit(connection: Connection) -> None:
        if (left := left_ms()) is not None:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {left}")


def _give_up_dead(pool: Pool) -> None:
    """Replace connections that died while nobody used them.

    SQLAlchemy's own `pool_pre_ping` asks the server at every checkout, in three round trips: a fifth of a command.
    """

    @event.listens_for(pool, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        driver, returned_at = record.driver_connection, record.info.get("returned_at")
        if driver is None or returned_at is None:  # it has just been opened
            return
        if driver.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - returned_at > RESTED_S:
            try:
                connection.ping()
            except Exception as error:
                raise InvalidatePoolError from error

    @event.listens_for(pool, "checkin")
    def rests(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["returned_at"] = time.monotonic()


def _give_up_half_open(pool: Pool) -> None:
    """Cut connections that are held for too long.

    A connection whose other end is gone without a word never answers, not to a statement, not to the rollback after
    its time limit, and the kernel believes in it for a quarter of an hour. Once it is cut, the caller sees an ordinary
    outage.
    """
    timers: dict[int, asyncio.TimerHandle] = {}

    @event.listens_for(pool, "checkout")
    def held(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        driver = record.driver_connection
        if driver is not None:
            loop = asyncio.get_running_loop()
            timers[id(record)] = loop.call_later(HELD_S, driver.terminate)

    @event.listens_for(pool, "checkin")
    def given_back(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        if timer := timers.pop(id(record), None):
            timer.cancel()


async def migrate(owner_url: str, service: str, *, revision: str = "head") -> None:
    """Bring a service's database to `revision`, as its owner. One migration runs at a time."""
    engine = create_async_engine(owner_url, connect_args={"timeout": 10})
    try:
        async with engine.connect() as conn:
            # Two migrating processes must not meet: the second waits and finds nothing to do.
            await conn.execute(text("SELECT pg_advisory_lock(7305)"))
            await conn.execute(
                text("SELECT set_config('shengji.runtime_role', :role, false)"),
                {"role": f"{service}_runtime"},
            )
            await conn.commit()
            await conn.run_sync(_upgrade, service, revision)
            if revision == "head":
                await conn.run_sync(_grant_rights, service)
            await conn.commit()
            await conn.execute(text("SELECT pg_advisory_unlock(7305)"))
            await conn.commit()
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, service: str, revision: str) -> None:
    # Here and not above: a service that never migrates needs no Alembic, and starts sooner without.
    from alembic import command
    from alembic.config import Config

    root = Path(str(resources.files("shared"))).parent
    config = Config()
    config.set_main_option("script_location", str(root / "shared" / "alembic"))
    config.set_main_option("version_locations", str(root / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _grant_rights(connection: Connection, service: str) -> None:
    """Grant the processes' own roles what `services/<service>/rights.yaml` says: {role: {target: privileges}}.

    Again with each migration, and nothing is taken away: a process of the release before may still need it. A role
    that the server doesn't have is left out: then the process runs with the service's runtime role.
    """
    file = Path(str(resources.files("shared"))).parent / "services" / service / "rights.yaml"
    if not file.exists():
        return
    import yaml

    there = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    for role, rights in yaml.safe_load(file.read_text("utf-8")).items():
        if role in there:
            for target, privileges in rights.items():
                connection.execute(text(f'GRANT {privileges} ON {target} TO "{role}"'))


class Migration(Protocol):
    """What a migration uses: the module `alembic.op`."""

    def get_bind(self) -> Connection: ...


def run_script(op: Migration, sql: str) -> None:
    """Run several SQL statements in a migration (a driver's prepared statement takes only one)."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101
    await_only(driver.execute(sql))


def install(op: Migration, script: str) -> None:
    """Run a frozen script of `shared/schema/` in a migration, e.g. `event_log_v1.sql`, with its grants."""
    run_script(op, resources.files("shared").joinpath("schema", script).read_text("utf-8"))
    for privileges, target in _GRANTS[script]:
        grant(op, privileges, target)


def grant(op: Migration, privileges: str, target: str) -> None:
    """Grant to this service's runtime role; `target` is a table's name or "FUNCTION name"."""
    run_script(
        op,
        f"""DO $$ BEGIN EXECUTE format('GRANT {privileges} ON {target} TO %I',
            current_setting('shengji.runtime_role')); END $$""",
    )


_GRANTS = {
    "event_log_v1.sql": [
        ("SELECT", "event"),
        ("SELECT", "event_counter"),
        ("SELECT, INSERT, DELETE", "command"),
        ("EXECUTE", "FUNCTION append_events"),
        ("EXECUTE", "FUNCTION event_digest"),
    ],
    "checkpoint_v1.sql": [("SELECT, INSERT, UPDATE", "checkpoint")],
}


if __name__ == "__main__":
    import sys

    from shared.settings import Settings

    url = Settings().owner_database_url
    if url is None or len(sys.argv) != 2:
        raise SystemExit("usage: SHENGJI_OWNER_DATABASE_URL=… python -m shared.database SERVICE")
    asyncio.run(migrate(url.get_secret_value(), sys.argv[1]))
